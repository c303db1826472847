"""The end of the demo on the console: scripts side by side, scores with evidence, sources, times, places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from cluster.demo.marked import as_rich
from cluster.demo.record import DemoRecord, PriceChange, Written

WIDTH = 140  # columns, where the console is no terminal
EVIDENCE_SHOWN = 3  # a criterion; the report has them all


def scripts(console: Console, record: DemoRecord) -> None:
    """Print every script, then the price change."""
    for written in record.scripts:
        console.rule(f"{written.product['title']}", style="cyan")
        console.print(_side_by_side(written.answer))
        console.print(_scores(written.answer["scorecard"]))
        console.print(_sources(written))
    if record.change:
        console.rule("the same script after a price change", style="cyan")
        console.print(_change(record.change))


def times(console: Console, record: DemoRecord) -> None:
    """Print where the time went."""
    total = sum(step.seconds for step in record.steps)
    table = Table("step", "seconds", "", title=f"{total:.0f} s in all", title_justify="left", box=None)
    for step in record.steps:
        table.add_row(step.title, f"{step.seconds:.1f}", "█" * round(40 * step.seconds / total))
    console.print(table)


def links(console: Console, places: Mapping[str, object], stop_command: str | None) -> None:
    """Print where everything is; the last lines of the demo."""
    if stop_command:
        console.print(f"The cluster and the routes stay up; end them with: {stop_command}", markup=False)
    for name, place in places.items():
        ended = "" if stop_command or name in ("report", "scripts") else "  (ended with the demo; KEEP=1 leaves it up)"
        console.print(f"{name:<10} {place}{ended}", markup=False)


def _table(*headers: str, title: str | None = None, show_lines: bool = False) -> Table:
    """A table as wide as the console whose cells are folded, never cut: Chinese has no spaces to break at."""
    table = Table(title=title, title_justify="left", show_lines=show_lines, expand=True)
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def _side_by_side(answer: dict[str, Any]) -> Table:
    table = _table("section", "written", "spoken", show_lines=True)
    table.columns[0].width = 16
    for section in answer["sections"]:
        who = section["source"] + (f"\n{section['reason']}" if section["reason"] else "")
        sentences = section["sentences"]
        table.add_row(
            f"[bold]{section['kind']}[/]\n[dim]{who}[/]",
            "\n".join(as_rich(s, "written") for s in sentences),
            "\n".join(as_rich(s, "spoken") for s in sentences),
        )
    return table


def _scores(card: dict[str, Any]) -> Table:
    title = f"score {card['total']:.2f} · safe: {'yes' if card['safe'] else 'NO'} · judge: {card['judge']}"
    table = _table("criterion", "score", "evidence", title=title)
    for criterion in card["criteria"]:
        lines = [f"{e['words']} · {e['rule']}: {e['note']}".strip(" ·:") for e in criterion["evidence"]]
        more = [f"… {len(lines) - EVIDENCE_SHOWN} more in the report"] if len(lines) > EVIDENCE_SHOWN else []
        table.add_row(criterion["name"], f"{criterion['score']:.2f}", "\n".join(lines[:EVIDENCE_SHOWN] + more))
    return table


def _sources(written: Written) -> Table:
    title = f"{len(written.numbers)} numbers said, {len(written.untraced)} without a fact; the facts and their sources"
    table = _table("fact", "value", "source", title=title)
    for fact in written.answer["facts"]:
        table.add_row(fact["label"], fact["value"], place_of(fact["provenance"]))
    return table


def place_of(provenance: dict[str, Any]) -> str:
    """Where a fact came from, in words: table and row, picture and box, review."""
    row = f", row {provenance['row']}" if provenance["row"] is not None else ""
    box = ""
    if provenance["box"]:
        x, y = provenance["box"][0]
        box = f", box at {x:.0f},{y:.0f}"
    quote = f" «{provenance['quote']}»" if provenance["quote"] else ""
    return f"{provenance['source']} {provenance['place']}{row}{box}{quote}"


def _change(change: PriceChange) -> Table:
    title = f"{change.title}: {change.before} → {change.after} 元, rendered in {change.milliseconds} ms"
    table = _table("before", "now", title=title, show_lines=True)
    for before, after in change.lines:
        table.add_row(before, after)
    return table
