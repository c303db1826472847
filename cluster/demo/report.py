"""The demo's one-page report: a single HTML file with its pictures inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cluster.demo.marked import as_html
from cluster.demo.record import DemoRecord, Written
from cluster.demo.show import place_of
from koubo.catalog.snapshot import Snapshot
from koubo.versions import current


def write_report(record: DemoRecord) -> Path:
    """Write `report.html` into the run's folder; returns its path."""
    out = record.out
    graph = Snapshot.load(current(out / "material" / "snapshots")).stats()
    page = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    html = page.get_template("report.html.j2").render(
        record=record,
        tiles=_tiles(record, graph),
        longest=max(step.seconds for step in record.steps),
        scripts=[_script(written) for written in record.scripts],
    )
    path = out / "report.html"
    path.write_text(html, encoding="utf8")
    return path


def _tiles(record: DemoRecord, graph: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (f"{sum(step.seconds for step in record.steps):.0f} s", "from nothing to scripts"),
        (f"{graph['rows']['products']}", "products"),
        (f"{graph['rows']['facts']}", "facts with a source"),
        (f"{len(record.scripts)}", "scripts"),
        (f"{sum(len(s.numbers) for s in record.scripts)}", "numbers said"),
        (f"{sum(len(s.untraced) for s in record.scripts)}", "numbers without a fact"),
    ]


def _script(written: Written) -> dict[str, Any]:
    """A script as the page shows it: sentences marked up, facts with their source in words."""
    answer = written.answer
    sections = [
        section
        | {"sentences": [{form: as_html(s, form) for form in ("written", "spoken")} for s in section["sentences"]]}
        for section in answer["sections"]
    ]
    facts = [fact | {"source": place_of(fact["provenance"])} for fact in answer["facts"]]
    return {
        "written": written,
        "title": written.product["title"],
        "as_of": answer["as_of"],
        "sections": sections,
        "dropped": answer["dropped"],
        "card": answer["scorecard"],
        "facts": facts,
    }
