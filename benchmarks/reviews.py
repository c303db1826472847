"""Review mining against its peers, side by side: sentiment of whole reviews, coverage, speed, and the job on Ray.

    python -m benchmarks.reviews                          prints the tables
    python -m benchmarks.reviews --out docs/benchmarks    writes reviews.json and reviews.md as well
    python -m benchmarks.reviews --snownlp PYTHON         with SnowNLP, of an interpreter that has it

The rows are those of ../shared/data/reviews (62,774 reviews of ten kinds, labelled praise or complaint), which are not
part of the project. They are dealt into two halves: the word tables were written with the labels of the first in view,
and accuracy is that on the second.

Engines: koubo (the score of koubo.voices, words and rules), TF-IDF of character pairs with logistic regression trained
on the first half (what is to be had with labels of the very shops), SnowNLP 0.12.3 (naive Bayes with its own training
data). Where koubo finds nothing said it is counted as complaint: praise is said in words, a complaint is often a tale.
Speed is in CPU seconds of one process on one thread; the job's is wall time of a Ray cluster of the laptop profile.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROWS = ROOT.parent / "shared/data/reviews/online_shopping_10_cats.csv"
SNOWNLP_ROWS = 3_000
PRODUCT_REVIEWS = 200
"""Reviews of one made-up product of the job's catalogue."""
SCALE = 100_000_000
_SNOWNLP = """
import json, sys, time
from snownlp import SnowNLP
texts = json.load(sys.stdin)
SnowNLP("预热很好").sentiments
start = time.process_time()
said = [SnowNLP(text).sentiments if text.strip() else 0.5 for text in texts]
print(json.dumps({"said": said, "seconds": time.process_time() - start}))
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled review."""

    kind: str
    praise: bool
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine says of rows: praise or not; seconds of CPU."""

    praise: Sequence[bool]
    seconds: float


def read_rows() -> tuple[list[Row], list[Row]]:
    """The two halves, by a hash of the row's number."""
    with ROWS.open(encoding="utf-8-sig", newline="") as file:
        rows = [Row(r["cat"], r["label"] == "1", r["review"]) for r in csv.DictReader(file)]
    halves: tuple[list[Row], list[Row]] = ([], [])
    for number, row in enumerate(rows):
        halves[(number * 2_654_435_761 >> 7) & 1].append(row)
    return halves


def timed(work: Callable[[], Sequence[bool]]) -> Answer:
    """Run in this process, in CPU seconds."""
    start = time.process_time()
    said = work()
    return Answer(said, time.process_time() - start)


def koubo(rows: Sequence[Row]) -> tuple[Answer, dict[str, Any]]:
    """Ours, and what it found: reviews with an opinion, with an opinion of an aspect, decided."""
    from koubo.voices.lexicon import AGAIN, GENERIC, WHOLE, load_lexicons
    from koubo.voices.opinions import clauses_of
    from koubo.voices.polarity import review_score

    lexicons = load_lexicons()
    kinds = {row.kind: lexicons.of(lexicons.family_named(row.kind) or GENERIC) for row in rows}
    counts: dict[str, int] = defaultdict(int)

    def work() -> list[bool]:
        said = []
        for row in rows:
            clauses = clauses_of(row.text, kinds[row.kind])
            aspects = {o.aspect for clause in clauses for o in clause.opinions}
            score = review_score(clauses)
            counts["opinion"] += bool(aspects)
            counts["aspect"] += bool(aspects - {WHOLE, AGAIN})
            counts["decided"] += score != 0
            counts["decided_right"] += score != 0 and (score > 0) == row.praise
            said.append(score > 0)
        return said

    answer = timed(work)
    shares = {name: round(counts[name] / len(rows), 4) for name in ("opinion", "aspect", "decided")}
    return answer, {**shares, "accuracy_where_decided": round(counts["decided_right"] / counts["decided"], 4)}


def trained(first: Sequence[Row], second: Sequence[Row]) -> Answer:
    """TF-IDF of character pairs and logistic regression, trained on the first half; seconds are those of answering."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=3, sublinear_tf=True),
        LogisticRegression(max_iter=200, C=4.0),
    )
    model.fit([row.text for row in first], [row.praise for row in first])
    return timed(lambda: [bool(said) for said in model.predict([row.text for row in second])])


def snownlp(python: str, rows: Sequence[Row]) -> Answer:
    """SnowNLP in a process of its own."""
    texts = json.dumps([row.text for row in rows])
    done = subprocess.run([python, "-c", _SNOWNLP], input=texts, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"snownlp: {done.stderr[-500:]}")
    answer = json.loads(done.stdout)
    return Answer([said > 0.5 for said in answer["said"]], answer["seconds"])


def mining(rows: Sequence[Row]) -> dict[str, float]:
    """Everything that the job does with a review (opinions, copies, quotes, counts), in one process."""
    from koubo.voices.lexicon import GENERIC, load_lexicons
    from koubo.voices.mining import Tally, mine_product

    lexicons, tally = load_lexicons(), Tally()
    products: dict[str, list[Any]] = defaultdict(list)
    for row, (product_id, review) in zip(rows, _reviews(rows), strict=True):
        products[f"{row.kind}/{product_id}"].append(review)
    start = time.process_time()
    for product_id, reviews in products.items():
        family = lexicons.family_named(product_id.split("/")[0]) or GENERIC
        mine_product(product_id, lexicons.of(family), reviews, (), tally)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"reviews_per_s": round(len(rows) / seconds), "quotes": tally.counts["quotes"], "peak_mib": round(peak)}


def _reviews(rows: Sequence[Row]) -> list[tuple[str, Any]]:
    from koubo.catalog.records import Review

    found = []
    for number, row in enumerate(rows):
        product_id = f"{row.kind}-{number // PRODUCT_REVIEWS}"
        found.append(
            (product_id, Review.model_construct(id=f"r{number}", product_id=product_id, text=row.text, row=number))
        )
    return found


def importing(rows: Sequence[Row]) -> dict[str, float]:
    """The catalogue import of all rows: reviews/s of CPU time, and the memory that a review then takes."""
    from koubo.catalog.tables import load_catalog

    with tempfile.TemporaryDirectory() as folder:
        shop = _write_shop(Path(folder) / "shop", rows)
        held, start = _resident(), time.process_time()
        catalog = load_catalog(shop)
        seconds = time.process_time() - start
        size = (_resident() - held) / len(catalog.reviews)
    return {"reviews_per_s": round(len(catalog.reviews) / seconds), "bytes_per_review": round(size)}


def _resident() -> int:
    """Resident memory of this process, bytes."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


def on_ray(rows: Sequence[Row]) -> dict[str, Any]:
    """The job on a catalogue made of all rows: its report, wall seconds, and a second run with nothing to do."""
    with tempfile.TemporaryDirectory() as folder:
        shop = _write_shop(Path(folder) / "shop", rows)
        first, second = (_job(shop, Path(folder) / "out") for _ in range(2))
    return {"reviews": first["counts"]["reviews"], "seconds": first["seconds"], "again_s": second["seconds"]}


def _write_shop(shop: Path, rows: Sequence[Row]) -> Path:
    shop.mkdir()
    products: dict[str, dict[str, Any]] = {}
    with (shop / "reviews.jsonl").open("w", encoding="utf-8") as file:
        for product_id, review in _reviews([row for row in rows if row.text.strip()]):
            kind = product_id.split("-")[0]
            products[product_id] = {"id": product_id, "title": kind, "category": kind, "price": 9}
            said = {"id": review.id, "product_id": product_id, "text": review.text}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
    lines = (json.dumps(product, ensure_ascii=False) for product in products.values())
    (shop / "products.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return shop


def _job(shop: Path, out: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "data_jobs.mine_reviews", "--catalog", str(shop), "--out", str(out)]
    environment = {**os.environ, "RAY_ADDRESS": os.environ.get("RAY_ADDRESS", "local")}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    report: dict[str, Any] = json.loads((out / "_report.json").read_text(encoding="utf-8"))
    return report


def scores(rows: Sequence[Row], praise: Sequence[bool]) -> dict[str, float]:
    """Accuracy, and the mean of the F1 of both classes."""
    pairs = [(row.praise, said) for row, said in zip(rows, praise, strict=True)]
    right = sum(true == said for true, said in pairs)
    return {"accuracy": round(right / len(pairs), 4), "f1": round((_f1(pairs, True) + _f1(pairs, False)) / 2, 4)}


def _f1(pairs: Sequence[tuple[bool, bool]], of: bool) -> float:
    hit = sum(true == said == of for true, said in pairs)
    either = sum((true == of) + (said == of) for true, said in pairs)
    return 2 * hit / either if either else 0.0


def by_kind(rows: Sequence[Row], praise: Sequence[bool]) -> dict[str, dict[str, float]]:
    """Scores of each kind of product."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        kinds[row.kind].append(place)
    return {kind: scores([rows[i] for i in at], [praise[i] for i in at]) for kind, at in sorted(kinds.items())}


def run(snownlp_python: str | None) -> dict[str, Any]:
    """Measure everything; returns the report."""
    first, second = read_rows()
    report: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="minutes"), "rows": len(first) + len(second)}
    report |= {"second_half": len(second), "machine": machine(), "engines": {}}
    say("koubo")
    own, found = koubo(second)
    answers = {"koubo": own}
    say("TF-IDF and logistic regression, trained on the first half")
    answers["TF-IDF + LR, trained"] = trained(first, second)
    for name, answer in answers.items():
        report["engines"][name] = {
            **scores(second, answer.praise),
            "reviews_per_s": round(len(second) / answer.seconds),
        }
    report["by_kind"] = {name: by_kind(second, answer.praise) for name, answer in answers.items()}
    report["koubo"] = found
    if snownlp_python:
        say(f"SnowNLP, {SNOWNLP_ROWS} rows")
        some = second[:: len(second) // SNOWNLP_ROWS][:SNOWNLP_ROWS]
        answer = snownlp(snownlp_python, some)
        report["engines"]["SnowNLP"] = {
            **scores(some, answer.praise),
            "reviews_per_s": round(len(some) / answer.seconds),
            "rows": len(some),
        }
        report["koubo"]["on_snownlp_rows"] = scores(some, koubo(some)[0].praise)
    say("mining in one process")
    report["mining"] = mining([*first, *second])
    say("the import")
    report["import"] = importing([*first, *second])
    say("the job on Ray")
    report["ray"] = on_ray([*first, *second])
    report["load_after"] = os.getloadavg()[0]
    return report


def say(what: str) -> None:
    """Progress, on standard error."""
    print(f"benchmarks.reviews: {what}", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """What it ran on, and how busy that was."""
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": os.getloadavg()[0]}


def as_markdown(report: dict[str, Any]) -> str:
    """The report as tables."""
    about, found = report["machine"], report["koubo"]
    lines = [
        "# Review mining against its peers",
        "",
        f"Written by `python -m benchmarks.reviews --out docs/benchmarks` on {report['date']}: {about['cores']} cores, "
        f"Python {about['python']}, load average {about['load_before']:.1f} before, {report['load_after']:.1f} after.",
        f"{report['rows']:,} labelled reviews of ten kinds; accuracy on the {report['second_half']:,} of the second "
        "half. "
        "The word tables were written with the labels of the first half in view only. The trained model learnt from "
        "its 31 thousand labels of the same ten kinds; koubo needs none for a new kind.",
        "",
        "| engine | accuracy | F1 (mean of both classes) | reviews/s, one thread |",
        "|---|---|---|---|",
    ]
    for name, row in report["engines"].items():
        only = f" ({row['rows']:,} rows)" if "rows" in row else ""
        lines.append(f"| {name}{only} | {row['accuracy']:.3f} | {row['f1']:.3f} | {row['reviews_per_s']:,} |")
    if "on_snownlp_rows" in found:
        lines += ["", f"On the rows that SnowNLP was given koubo has {found['on_snownlp_rows']['accuracy']:.3f}."]
    lines += [
        "",
        f"Koubo finds an opinion in {found['opinion']:.1%} of the reviews, one of a named aspect in "
        f"{found['aspect']:.1%}, and decides {found['decided']:.1%}; where it decides it is right in "
        f"{found['accuracy_where_decided']:.1%}.",
        "",
        "| kind | koubo | trained |",
        "|---|---|---|",
    ]
    own, peer = (report["by_kind"][name] for name in ("koubo", "TF-IDF + LR, trained"))
    lines += [f"| {kind} | {row['accuracy']:.3f} | {peer[kind]['accuracy']:.3f} |" for kind, row in own.items()]
    return "\n".join([*lines, "", *_speed(report)]) + "\n"


def _speed(report: dict[str, Any]) -> list[str]:
    one, ray, read = report["mining"], report["ray"], report["import"]
    hours = SCALE / one["reviews_per_s"] / 3600
    gigabytes = SCALE * read["bytes_per_review"] / 1e9
    return [
        "## Speed and scale",
        "",
        f"Mining (opinions, copies, quotes, counts) in one process: {one['reviews_per_s']:,} reviews/s, peak "
        f"{one['peak_mib']:,} MiB with all {report['rows']:,} reviews in memory, {one['quotes']:,} quotable lines.",
        f"The import, which checks every row: {read['reviews_per_s']:,} reviews/s in one process, "
        f"{read['bytes_per_review']:,} bytes a review held.",
        f"The Ray job on a catalogue of {ray['reviews']:,} reviews: {ray['seconds']:.1f} s from start to report, with "
        f"import and start of the cluster; run again with nothing changed: {ray['again_s']:.1f} s.",
        "",
        f"{SCALE:,} reviews at {one['reviews_per_s']:,} reviews/s and core are {hours:.1f} core hours: "
        f"{hours / 64 * 60:.0f} minutes on 64 cores. Products are never split over tasks, so nothing is exchanged "
        "between them and the work grows with the cores. What bounds a run is the import, in one process: for so many "
        f"reviews {SCALE / read['reviews_per_s'] / 60:.0f} minutes and {gigabytes:,.0f} GB, so a catalogue of that "
        "size is given in several folders, each a run of its own.",
    ]


def main() -> int:
    """Command line; returns 2 where the rows are not on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for reviews.json and reviews.md")
    parser.add_argument("--snownlp", metavar="PYTHON", help="interpreter that has snownlp 0.12.3 installed")
    given = parser.parse_args()
    if not ROWS.exists():
        print(f"benchmarks.reviews: not on this machine: {ROWS}", file=sys.stderr)
        return 2
    report = run(given.snownlp)
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "reviews.json").write_text(
            json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        (given.out / "reviews.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
