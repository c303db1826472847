"""Does the rubric rank a script above its corruptions, and by the criterion that is meant to notice?

    python -m benchmarks.rubric_ranking --half dev                    prints the tables of the tuning half
    python -m benchmarks.rubric_ranking --out docs/benchmarks         both halves; writes rubric_ranking.json and .md

Scripts are the project's own (benchmarks/data/scripts.jsonl) and, where ../shared/data/live is present, real hosts'.
Each is spoiled in eight ways (benchmarks/corruptions.py), three times each. A pair is won when the score of the spoiled
script is lower: of the criterion that is meant to notice, and of the total. Two peers are asked in the same run: the
rubric of an earlier revision (--before, by git archive), and a baseline that knows distinct-2 and length alone.
Intervals are 95%, by a bootstrap over scripts, since pairs of one script are alike.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import numpy as np

from benchmarks import rubric_scores
from benchmarks.corruptions import CORRUPTIONS
from benchmarks.rubric_scores import brief_of
from benchmarks.sample_scripts import OWN, Half, Sample, Section, own_scripts, real_scripts
from koubo.reading import read

TIMES = 3
RESAMPLES = 2000
BEFORE = "246a325"
"""The rubric in its first form."""
ROOT = Path(__file__).parents[1]
CHARS_PER_SECOND = 4.5
Scores = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A script and a spoiled one, as jobs for `rubric_scores`."""

    script: str
    half: Half
    kind: str
    corruption: str
    good: dict[str, Any]
    bad: dict[str, Any]


def pairs_of(samples: Sequence[Sample]) -> Iterator[Pair]:
    """Every script with each of its corruptions."""
    for sample in samples:
        brief, good = brief_of(sample.row), job(sample, sample.sections)
        for name, corruption in CORRUPTIONS.items():
            for turn in range(TIMES if name != "dropped_closing" else 1):
                spoiled = corruption.spoil(sample, brief, random.Random(f"{sample.id}/{name}/{turn}"))
                if spoiled is not None:
                    kind = sample.kind.partition(":")[0]
                    yield Pair(sample.id, sample.half, kind, name, good, job(sample, spoiled))


def job(sample: Sample, sections: Sequence[Section]) -> dict[str, Any]:
    """A text as `rubric_scores` takes it."""
    return {"row": sample.row, "sections": [[kind, text, read(text).spoken] for kind, text in sections]}


def baseline(text: Mapping[str, Any]) -> Scores:
    """Distinct-2 of all characters, times how near the length is to the one asked for (nothing asked: 1)."""
    said = "".join(c for _, written, _ in text["sections"] for c in written if c.isalnum())
    runs = [said[i : i + 2] for i in range(len(said) - 1)]
    near = 1.0
    if text["row"]:
        near = max(0.0, 1 - abs(len(said) / CHARS_PER_SECOND / text["row"]["seconds"] - 1))
    return {"total": near * len(set(runs)) / max(len(runs), 1), "criteria": {}}


def earlier(revision: str, jobs: Sequence[Mapping[str, Any]]) -> list[Scores] | None:
    """What the rubric of a revision says, in a process of its own; None where git does not hold the revision."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", revision, "koubo"], cwd=ROOT, capture_output=True, check=False)
        if archive.returncode:
            return None
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        done = subprocess.run(
            [sys.executable, str(Path(rubric_scores.__file__))],
            input="\n".join(json.dumps(one) for one in jobs) + "\n",
            env=os.environ | {"PYTHONPATH": folder},
            cwd=folder,
            capture_output=True,
            check=True,
            text=True,
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(samples: Sequence[Sample], before: str) -> dict[str, Any]:
    """Score every pair with ours and with both peers; returns the report."""
    pairs = list(pairs_of(samples))
    texts = {json.dumps(one): one for pair in pairs for one in (pair.good, pair.bad)}
    asked = list(texts.values())
    answers = {
        "ours": [rubric_scores.scores(one) for one in asked],
        f"rubric at {before}": earlier(before, asked),
        "distinct-2 and length": [baseline(one) for one in asked],
    }
    scorers = {name: None if found is None else dict(zip(texts, found, strict=True)) for name, found in answers.items()}
    halves = [half for half in get_args(Half) if any(pair.half == half for pair in pairs)]
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)},
        "scripts": {half: _counts(samples, half) for half in halves},
        "halves": {half: {name: _table(pairs, found, half) for name, found in scorers.items()} for half in halves},
    }


def _counts(samples: Sequence[Sample], half: Half) -> dict[str, int]:
    kinds = [sample.kind.partition(":")[0] for sample in samples if sample.half == half]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def _table(pairs: Sequence[Pair], found: Mapping[str, Scores] | None, half: Half) -> dict[str, Any] | None:
    if found is None:
        return None
    both = [(p, found[json.dumps(p.good)], found[json.dumps(p.bad)]) for p in pairs if p.half == half]
    table = {name: _row([one for one in both if one[0].corruption == name]) for name in CORRUPTIONS}
    return {name: row for name, row in table.items() if row["n"]} | {"all": _row(both)}


def _row(both: Sequence[tuple[Pair, Scores, Scores]]) -> dict[str, Any]:
    """Wins of the criterion (None for a scorer that has none) and of the total."""
    scripts = [pair.script for pair, _, _ in both]
    total = [bad["total"] < good["total"] for _, good, bad in both]
    names = [CORRUPTIONS[pair.corruption].criterion.value for pair, _, _ in both]
    row = {"n": len(both), "scripts": len(set(scripts)), "total": win_rate(total, scripts)}
    if both and both[0][1]["criteria"]:
        criterion = [
            bad["criteria"][name] < good["criteria"][name] for name, (_, good, bad) in zip(names, both, strict=True)
        ]
        row["criterion"] = win_rate(criterion, scripts)
    return row


def win_rate(wins: Sequence[bool], clusters: Sequence[str]) -> dict[str, float]:
    """Share of pairs won, with its 95% interval by a bootstrap over clusters."""
    if not wins:
        return {"rate": 0.0, "low": 0.0, "high": 0.0}
    names = sorted(set(clusters))
    won = np.array([sum(w for w, c in zip(wins, clusters, strict=True) if c == name) for name in names], float)
    size = np.array([clusters.count(name) for name in names], float)
    drawn = np.random.default_rng(0).integers(len(names), size=(RESAMPLES, len(names)))
    rates = won[drawn].sum(axis=1) / size[drawn].sum(axis=1)
    low, high = np.quantile(rates, (0.025, 0.975))
    return {"rate": round(float(won.sum() / size.sum()), 3), "low": round(float(low), 3), "high": round(float(high), 3)}


def as_markdown(report: Mapping[str, Any]) -> str:
    """The report as tables."""
    head = (
        "# Scripts against their corruptions\n\n"
        f"Written by `python -m benchmarks.rubric_ranking --out docs/benchmarks` on {report['date']}. A pair is won "
        "when the spoiled script scores lower; n pairs of so many scripts; 95% intervals by a bootstrap over scripts. "
        "Word lists, weights and thresholds were set on the dev half alone, with the corruptions of that half; the "
        "test half has other scripts, of other products, and is spoiled with other words "
        "(`benchmarks/data/corruptions.yaml`), written by the author of the rules. Real hosts' lines of both halves "
        "went into `host_style.yaml` and were read before: they are no unseen sample. Without a catalogue row they are "
        "spoiled in five ways only."
    )
    return "\n\n".join([head, *(_half(report, half) for half in report["halves"])]) + "\n"


def _half(report: Mapping[str, Any], half: str) -> str:
    counts = ", ".join(f"{count} {kind}" for kind, count in report["scripts"][half].items())
    tables = report["halves"][half]
    names = [name for name in tables if tables[name] is not None]
    lines = [
        f"## {half} half: {counts}",
        "",
        "| corruption | criterion | n (scripts) | ours, criterion | "
        + " | ".join(f"{name}, total" for name in names)
        + " | "
        + " | ".join(f"{name}, criterion" for name in names[1:2])
        + " |",
        "|---|---|---|---|" + "---|" * (len(names) + 1),
    ]
    for corruption, row in tables["ours"].items():
        meant = CORRUPTIONS[corruption].criterion.value if corruption in CORRUPTIONS else ""
        cells = [_cell(row.get("criterion"))] + [_cell(tables[name][corruption]["total"]) for name in names]
        cells += [_cell(tables[name][corruption].get("criterion")) for name in names[1:2]]
        lines.append(f"| {corruption} | {meant} | {row['n']} ({row['scripts']}) | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(rate: Mapping[str, float] | None) -> str:
    return "" if rate is None else f"{rate['rate']:.3f} ({rate['low']:.2f} to {rate['high']:.2f})"


def main() -> int:
    """Command line; returns 2 where there are no scripts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scripts", type=Path, default=OWN, help="the project's own scripts, JSONL")
    parser.add_argument("--half", choices=get_args(Half), help="one half only; both when absent")
    parser.add_argument("--before", default=BEFORE, help="git revision whose rubric is a peer")
    parser.add_argument("--out", type=Path, help="folder for rubric_ranking.json and rubric_ranking.md")
    given = parser.parse_args()
    if not given.scripts.is_file():
        print(f"benchmarks.rubric_ranking: {given.scripts} is not there", file=sys.stderr)
        return 2
    samples = [s for s in (*own_scripts(given.scripts), *real_scripts()) if given.half in (None, s.half)]
    report = run(samples, given.before)
    print(as_markdown(report))
    if given.out:
        (given.out / "rubric_ranking.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "rubric_ranking.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
