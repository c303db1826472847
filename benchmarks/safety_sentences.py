"""Safety on labelled sentences: precision and recall of the rules beside a plain list of words, in the same run.

    python -m benchmarks.safety_sentences                              prints the tables
    python -m benchmarks.safety_sentences --out docs/benchmarks        writes safety.json and safety.md as well
    python -m benchmarks.safety_sentences --sentences FILE             another labelled set

A row of the set: id, text, unsafe, category, near_miss_of, phenomenon, group, half. The halves: `seen` while rules were
written; `unseen` then, opened later and tuned on; `third`, by another author, which the rules never saw. A sentence is
marked where a breach of severity `unsafe` is found. Paraphrases share a group: intervals are 95% by bootstrap of
groups. Sentences that went wrong are listed for the seen half only.

Two more sides add the layer of likely breaches (koubo/rubric/likely_breaches.py) at the thresholds of rubric.yaml: what
is a finding (`with likely`), and what the writing model may not say (`as refused`). The file that ships was trained on
all halves, so each half is judged by a model that is trained here without it. False alarms on ordinary sentences are by
cross-validation over texts.

The peer marks a sentence that holds a listed word, as open word filters do: the words of
../shared/data/adlaw where they are, else benchmarks/data/ad_words.txt.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from benchmarks.likely_held_out import WITH_LIKELY, false_alarms, sides_of
from koubo.rubric.safety import find_breaches
from train.comparing import Share

ROOT = Path(__file__).parents[1]
SENTENCES = ROOT / "benchmarks/data/safety_sentences.jsonl"
ADLAW = ROOT.parent / "shared/data/adlaw"
OWN_WORDS = ROOT / "benchmarks/data/ad_words.txt"
RESAMPLES = 2000
SEED = 6
SEEN = "seen"


class Row(BaseModel):
    """A labelled sentence; `near_miss_of` names the category that a fine one resembles."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str
    unsafe: bool
    category: str
    near_miss_of: str | None
    phenomenon: str
    group: int
    half: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence and whether each side marks it."""

    row: Row
    by: dict[str, bool]


class SentencesError(ValueError):
    """A set of sentences that cannot be used: says which file, line and field."""


def read_rows(path: Path) -> tuple[Row, ...]:
    """Read a labelled set. Raises `SentencesError` naming file and line, `FileNotFoundError` where it is absent."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(Row.model_validate_json(line))
        except ValidationError as error:
            raise SentencesError(f"{path}:{number}: {error}") from error
    if not rows:
        raise SentencesError(f"{path}: holds no sentence")
    return tuple(rows)


def koubo(text: str) -> bool:
    """Ours: a breach that keeps a script off air."""
    return any(breach.severity == "unsafe" for breach in find_breaches(text))


def word_list() -> tuple[str, tuple[str, ...]]:
    """Where the peer's words are from, and the words."""
    if ADLAW.exists():
        texts = ((ADLAW / name).read_text(encoding="utf-8") for name in ("words.json", "words_by_category.json"))
        words = {word.casefold() for text in texts for word in _leaves(json.loads(text)) if "X" not in word}
        return "the lists of ../shared/data/adlaw", tuple(sorted(words))
    lines = OWN_WORDS.read_text(encoding="utf-8").splitlines()
    return "benchmarks/data/ad_words.txt", tuple(w.casefold() for w in lines if w and not w.startswith("#"))


def _leaves(value: Any) -> Iterator[str]:
    """Words of nested lists; texts outside lists (the source, the licence) and expressions with a reason are none."""
    if isinstance(value, dict):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))


def sides() -> dict[str, Callable[[str], bool]]:
    """Ours and the peer."""
    words = word_list()[1]
    return {"koubo": koubo, "word list": lambda text: any(word in text.casefold() for word in words)}


def mark(rows: Sequence[Row], labelled: Sequence[Row]) -> tuple[Marked, ...]:
    """Let every side read every sentence; models are trained on ``labelled`` without the half that they judge."""
    by_half = {half: sides() | sides_of(half, labelled) for half in sorted({row.half for row in rows})}
    return tuple(Marked(row, {name: side(row.text) for name, side in by_half[row.half].items()}) for row in rows)


def counts(marked: Sequence[Marked], side: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Rows of true positives, false positives, false negatives, a group of paraphrases each."""
    groups: dict[int, list[int]] = {}
    for one in marked:
        cell = groups.setdefault(one.row.group, [0, 0, 0])
        cell[0] += one.row.unsafe and one.by[side]
        cell[1] += not one.row.unsafe and one.by[side]
        cell[2] += one.row.unsafe and not one.by[side]
    return np.array([groups[group] for group in sorted(groups)])


def scores(marked: Sequence[Marked], side: str) -> dict[str, Any]:
    """Precision, recall and F1, each with its interval by bootstrap of groups, and the counts."""
    table = counts(marked, side)
    draws = np.random.default_rng(SEED).integers(0, len(table), (RESAMPLES, len(table)))
    sampled = _rates(table[draws].sum(axis=1))
    low, high = np.percentile(sampled, [2.5, 97.5], axis=0)
    point = _rates(table.sum(axis=0)[None])[0]
    named = {
        name: {"value": round(float(v), 4), "low": round(float(a), 4), "high": round(float(b), 4)}
        for name, v, a, b in zip(("precision", "recall", "f1"), point, low, high, strict=True)
    }
    found, wrong, missed = (int(n) for n in table.sum(axis=0))
    return {**named, "sentences": len(marked), "found": found, "wrongly_marked": wrong, "missed": missed}


def _rates(sums: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Precision, recall and F1 of rows of counts; 0 where a share is of nothing."""
    found, wrong, missed = sums[:, 0], sums[:, 1], sums[:, 2]
    precision = found / np.maximum(found + wrong, 1)
    recall = found / np.maximum(found + missed, 1)
    f1 = 2 * found / np.maximum(2 * found + wrong + missed, 1)
    return np.stack([precision, recall, f1], axis=1)


def kinds(marked: Sequence[Marked], side: str) -> dict[str, dict[str, Any]]:
    """Share of sentences judged right, by category and by phenomenon; fine ones by what they resemble."""
    cells: dict[str, list[bool]] = {}
    for one in marked:
        row, right = one.row, one.by[side] == one.row.unsafe
        label = f"unsafe: {row.category}" if row.unsafe else f"fine, like {row.near_miss_of or 'nothing'}"
        cells.setdefault(label, []).append(right)
        cells.setdefault(f"{'unsafe' if row.unsafe else 'fine'}, {row.phenomenon}", []).append(right)
    shares = {label: Share.of(outcomes) for label, outcomes in sorted(cells.items())}
    return {
        label: {"right": s.right, "of": s.total, "low": round(s.low, 3), "high": round(s.high, 3)}
        for label, s in shares.items()
    }


def run(rows: Sequence[Row], source: str) -> dict[str, Any]:
    """Measure everything; returns the report."""
    began = time.process_time()
    labelled = tuple({row.id: row for row in (*read_rows(SENTENCES), *rows)}.values())
    marked = mark(rows, labelled)
    where, words = word_list()
    report: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="minutes"), "sentences": source}
    report |= {"cores": os.cpu_count(), "python": platform.python_version()}
    report |= {"cpu_s": round(time.process_time() - began, 1)}
    report |= {"peer_words": len(words), "peer_source": where, "halves": {}, "kinds": {}}
    for half in sorted({row.half for row in rows}):
        part = [one for one in marked if one.row.half == half]
        report["halves"][half] = {side: scores(part, side) for side in part[0].by}
        report["kinds"][half] = {side: kinds(part, side) for side in part[0].by}
    report["false_alarms"] = false_alarms(labelled)
    report["wrong_seen"] = [_wrong(one) for one in marked if one.row.half == SEEN and one.by["koubo"] != one.row.unsafe]
    return report


def _wrong(one: Marked) -> dict[str, Any]:
    rules = sorted({b.rule for b in find_breaches(one.row.text) if b.severity == "unsafe"})
    return {"id": one.row.id, "unsafe": one.row.unsafe, "text": one.row.text, "rules": rules}


def as_markdown(report: dict[str, Any]) -> str:
    """The report as tables."""
    lines = [
        "# Safety on labelled sentences",
        "",
        f"Written by `python -m benchmarks.safety_sentences --out docs/benchmarks` on {report['date']}: "
        f"{report['sentences']}, Python {report['python']}, {report['cpu_s']} s of CPU time with the training.",
        f"The word list: {report['peer_words']} words of {report['peer_source']}. Intervals are 95%, by bootstrap of "
        "groups of paraphrases; shares by kind have Wilson's.",
        "",
        "`seen`: rules were written on it. `unseen`: it was not seen then, but opened later and tuned on. `third`: by "
        "another author, the rules never saw it. `with likely` adds findings of likely breaches to the rules, `as "
        "refused` what the writing model may not say; on each half by a model trained without that half.",
        "",
        "| half | side | sentences | precision | recall | F1 |",
        "|---|---|---|---|---|---|",
    ]
    for half, by_side in report["halves"].items():
        lines += [_line(half, side, one) for side, one in by_side.items()]
    for half, by_side in report["kinds"].items():
        lines += [
            "",
            f"## Judged right by kind, {half} half",
            "",
            f"| kind | koubo | {WITH_LIKELY} | word list |",
            "|---|---|---|---|",
        ]
        shown = [by_side[side] for side in ("koubo", WITH_LIKELY, "word list")]
        lines += [f"| {label} | {' | '.join(_share(cells[label]) for cells in shown)} |" for label in shown[0]]
    lines += _alarms(report["false_alarms"])
    lines += ["", "## What went wrong on the seen half", ""]
    lines += [f"- {_told(one)}" for one in report["wrong_seen"]] or ["Nothing."]
    return "\n".join(lines) + "\n"


def _alarms(by_file: dict[str, Any]) -> list[str]:
    """The table of ordinary sentences that are marked."""
    lines = ["", "## Ordinary sentences that are marked", "", "Each judged by a model that its text did not train.", ""]
    lines += ["| sentences of | rules | likely: a finding | likely: the model's words refused |", "|---|---|---|---|"]
    for name, cells in by_file.items():
        shown = (f"{c['marked']} of {c['of']} ({c['low']:.3f} to {c['high']:.3f})" for c in cells.values())
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    return lines


def _line(half: str, side: str, one: dict[str, Any]) -> str:
    rates = (one[name] for name in ("precision", "recall", "f1"))
    cells = (f"{rate['value']:.3f} ({rate['low']:.3f} to {rate['high']:.3f})" for rate in rates)
    return f"| {half} | {side} | {one['sentences']} | " + " | ".join(cells) + " |"


def _share(cell: dict[str, Any]) -> str:
    return f"{cell['right']} of {cell['of']} ({cell['low']:.2f} to {cell['high']:.2f})"


def _told(one: dict[str, Any]) -> str:
    return f"missed: {one['text']}" if one["unsafe"] else f"wrongly marked ({', '.join(one['rules'])}): {one['text']}"


def main() -> int:
    """Command line; returns 2 where the sentences are not there or cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=Path, default=SENTENCES, help="labelled sentences, a JSON object a line")
    parser.add_argument("--out", type=Path, help="folder for safety.json and safety.md")
    given = parser.parse_args()
    try:
        rows = read_rows(given.sentences)
    except (FileNotFoundError, SentencesError) as error:
        print(f"benchmarks.safety_sentences: {error}", file=sys.stderr)
        return 2
    report = run(rows, given.sentences.name)
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, ensure_ascii=False, indent=1)
        (given.out / "safety.json").write_text(text + "\n", encoding="utf-8")
        (given.out / "safety.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
