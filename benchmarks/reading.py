"""Reading against its peers, side by side: accuracy, speed, memory, and how cost grows with length.

    python -m benchmarks.reading                     prints the table
    python -m benchmarks.reading --out docs/benchmarks   writes reading.json and reading.md as well

Engines: koubo (the rules, as `koubo.reading.read` does by default), wetext 0.1.8 (the runtime of WeTextProcessing, zh
text normalization), cn2an (`transform(text, "an2cn")`). Each measurement is a process of its own on one thread; the
engines take turns, three rounds, and the median counts. Accuracy is scored by ../shared/tools/score_readings.py on the
rows of ../shared/data/tn, which are not part of the project, and on the project's own labelled rows.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SCORER = SHARED / "tools" / "score_readings.py"
SETS = {
    "livecommerce_dev": SHARED / "data/tn/livecommerce_dev.jsonl",
    "flattn_dev": SHARED / "data/tn/flattn_dev.jsonl",
    "commerce (own rows)": ROOT / "tests/koubo/reading/gold/commerce.jsonl",
}
LENGTHS = (1_000, 10_000, 100_000)
LIMIT_S = 60
ROUNDS = 3
SPEED_SET = "flattn_dev"
Read = Callable[[str], str]


def koubo() -> Read:
    """Ours."""
    from koubo.reading import read

    return lambda text: read(text).spoken


def wetext() -> Read:
    """WeTextProcessing's grammars in its light runtime."""
    from wetext import Normalizer

    spoken: Read = Normalizer(lang="zh", operator="tn").normalize
    return spoken


def cn2an() -> Read:
    """Number conversion by regular expressions; a text that it raises on stays as it is."""
    import cn2an as library

    def spoken(text: str) -> str:
        try:
            return str(library.transform(text, "an2cn"))
        except ValueError:
            return text

    return spoken


ENGINES: dict[str, Callable[[], Read]] = {"koubo": koubo, "wetext": wetext, "cn2an": cn2an}


def texts_of(path: Path) -> list[str]:
    """The written texts of labelled rows."""
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


def measure(engine: str, path: Path, length: int) -> dict[str, Any]:
    """Read all texts of a file, or its start joined to `length` characters, in this process."""
    texts = texts_of(path)
    if length:
        joined = "".join(texts)
        texts = [(joined * (length // len(joined) + 1))[:length]]
    start = time.process_time()
    spoken = ENGINES[engine]()
    spoken("预热3件9.9元，¥8-10，XR-200，3*4cm，2023年3月15日20:30，8折")
    loading, start = time.process_time() - start, time.process_time()
    said = [spoken(text) for text in texts]
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"loading_s": loading, "seconds": seconds, "texts": texts, "said": said, "peak_mib": peak}


def in_process_of_its_own(engine: str, path: Path, length: int = 0) -> dict[str, Any] | None:
    """Measure in a fresh process; None where it needs more than the limit."""
    command = [sys.executable, "-m", "benchmarks.reading", "--engine", engine, "--file", str(path)]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [*command, "--length", str(length)],
            cwd=ROOT,
            env={**os.environ, **threads},
            capture_output=True,
            text=True,
            timeout=LIMIT_S * (1 if length else 5),
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise RuntimeError(f"{engine} on {path.name}: {done.stderr[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def accuracy(path: Path, measured: dict[str, Any]) -> dict[str, float]:
    """Sentence and span accuracy by the scoring tool."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as said:
        for text, spoken in zip(measured["texts"], measured["said"], strict=True):
            said.write(json.dumps({"text": text, "spoken": spoken}) + "\n")
        said.flush()
        done = subprocess.run([sys.executable, SCORER, path, said.name], capture_output=True, text=True, check=True)
    scores: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {key: scores[key] for key in ("sentence_accuracy", "span_accuracy") if key in scores}


def speed(rounds: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The median of rounds, in CPU seconds."""
    seconds = statistics.median(one["seconds"] for one in rounds)
    count, characters = len(rounds[0]["texts"]), sum(map(len, rounds[0]["texts"]))
    return {
        "sentences_per_s": round(count / seconds),
        "characters_per_s": round(characters / seconds),
        "loading_s": round(statistics.median(one["loading_s"] for one in rounds), 2),
        "peak_mib": round(max(one["peak_mib"] for one in rounds)),
    }


def growth(engine: str) -> dict[str, float | None]:
    """CPU seconds for one text of each length; None above the limit."""
    out: dict[str, float | None] = {}
    for length in LENGTHS:
        measured = in_process_of_its_own(engine, SETS[SPEED_SET], length)
        out[str(length)] = round(measured["seconds"], 4) if measured else None
    return out


def run() -> dict[str, Any]:
    """Measure everything; returns the report."""
    report: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="minutes"), "machine": machine()}
    report["accuracy"] = {name: {} for name in SETS}
    for name, path in SETS.items():
        for engine in ENGINES:
            measured = in_process_of_its_own(engine, path)
            report["accuracy"][name][engine] = accuracy(path, measured) if measured else None
    turns: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
    for _ in range(ROUNDS):
        for engine, done in turns.items():
            measured = in_process_of_its_own(engine, SETS[SPEED_SET])
            done += [measured] if measured else []
    report["speed"] = {engine: speed(rounds) for engine, rounds in turns.items() if rounds}
    report["growth_s"] = {engine: growth(engine) for engine in ENGINES}
    report["load_after"] = os.getloadavg()[0]
    return report


def machine() -> dict[str, Any]:
    """What it ran on, and how busy that was."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": os.getloadavg()[0]}


def as_markdown(report: dict[str, Any]) -> str:
    """The report as tables."""
    about = report["machine"]
    lines = [
        "# Reading against its peers",
        "",
        f"Written by `python -m benchmarks.reading --out docs/benchmarks` on {report['date']}: {about['cores']} cores, "
        f"Python {about['python']}, load average {about['load_before']:.1f} before, {report['load_after']:.1f} after.",
        "Speed and memory are those of one process on one thread, in CPU seconds, median of "
        f"{ROUNDS} rounds in turns, on {SPEED_SET}.",
        "",
        "| sentences right (spans right) | " + " | ".join(ENGINES) + " |",
        "|---|" + "---|" * len(ENGINES),
    ]
    for name, row in report["accuracy"].items():
        lines.append(f"| {name} | " + " | ".join(_scores(row[engine]) for engine in ENGINES) + " |")
    for key, label in (
        ("sentences_per_s", "sentences/s"),
        ("characters_per_s", "characters/s"),
        ("loading_s", "loading, s"),
        ("peak_mib", "peak memory, MiB"),
    ):
        lines.append(f"| {label} | " + " | ".join(f"{report['speed'][e][key]:,}" for e in ENGINES) + " |")
    for length in LENGTHS:
        cells = (report["growth_s"][engine][str(length)] for engine in ENGINES)
        shown = (f"over {LIMIT_S}" if cell is None else f"{cell:.3f}" for cell in cells)
        lines.append(f"| one text of {length:,} characters, s | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


def _scores(scores: dict[str, float] | None) -> str:
    """One cell of accuracies."""
    if scores is None:
        return "over the time limit"
    spans = f" ({scores['span_accuracy']:.3f})" if "span_accuracy" in scores else ""
    return f"{scores['sentence_accuracy']:.3f}{spans}"


def main() -> int:
    """Command line; returns 2 where the rows or the scoring tool are not on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for reading.json and reading.md")
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--length", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine:
        print(json.dumps(measure(given.engine, given.file, given.length)))
        return 0
    absent = [str(path) for path in (SCORER, *SETS.values()) if not path.exists()]
    if absent:
        print(f"benchmarks.reading: not on this machine: {', '.join(absent)}", file=sys.stderr)
        return 2
    report = run()
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "reading.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "reading.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
