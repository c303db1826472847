"""Near duplicates among a million pages: time, candidates, memory, recall of planted copies, precision.

    python -m benchmarks.near_duplicates                     1,000,000 pages
    python -m benchmarks.near_duplicates --pages 100000      a quick look
    python -m benchmarks.near_duplicates --out docs/benchmarks   writes near_duplicates.json and .md as well

The pages are made by the script (benchmarks.made_pages): words that overlap as those of variants of real pictures do,
common words of letters and logos, thumbnails, prices; a tenth of the pages are changed copies in groups of two and
three, a tenth templates that five prices are printed on. Candidates, comparison and grouping are the code of
data_jobs.cluster_images; pairs are compared on a Ray cluster of this machine. The peer finds candidates by comparing
all pages with all: scikit-learn's NearestNeighbors (brute force, cosine of the words), on a part of the pages.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import ray
from numpy.typing import NDArray

from benchmarks.made_pages import WORDS, Collection, Rows
from data_jobs.clustering.candidate_pairs import SHARDS, candidate_pairs
from data_jobs.clustering.near_duplicates import leaders, same_pairs
from data_jobs.clustering.same_page import never

CORES = min(2, os.cpu_count() or 1)
PEER_PAGES = 20_000
NEIGHBOURS = 6
"""Neighbours that the peer is asked for: a planted page has at most four."""
PAIRS = 2000
PICTURES = 100_000_000


def compare(pairs: NDArray[np.uint32], made: Collection) -> NDArray[np.uint32]:
    """Those of the candidate pairs that are the same page, compared by tasks on the cluster."""
    blocks = [pa.table({"a": part[:, 0], "b": part[:, 1]}) for part in _slices(pairs)]
    held = ray.put(made)
    rows = ray.data.from_arrow(blocks).map_batches(
        _compare, fn_kwargs={"made": held}, batch_size=None, batch_format="pyarrow"
    )
    same = [np.frombuffer(row["same"], np.uint32).reshape(-1, 2) for row in rows.iter_rows()]
    found = np.concatenate(same)
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def _slices(pairs: NDArray[np.uint32]) -> list[NDArray[np.uint32]]:
    return [pairs[start : start + PAIRS] for start in range(0, len(pairs), PAIRS)]


def _compare(batch: pa.Table, made: ray.ObjectRef) -> pa.Table:
    pairs = np.column_stack([batch["a"].to_numpy(), batch["b"].to_numpy()]).astype(np.uint32)
    return pa.table({"same": [same_pairs(pairs, ray.get(made).pages, never).tobytes()]})


def pairs_within(named: Rows) -> int:
    """How many pairs have the same name."""
    count = np.unique(named, return_counts=True)[1].astype(np.int64)
    return int((count * (count - 1) // 2).sum())


def scores(made: Collection, found: NDArray[np.uint32]) -> dict[str, Any]:
    """Precision and recall of the groups over pairs; `found` is the leader of every page."""
    both = pairs_within((made.page.astype(np.uint64) << 32 | found).astype(np.uint64))  # type: ignore[arg-type]
    together, planted = pairs_within(found), pairs_within(made.page)
    return {
        "planted pairs": planted,
        "pairs of one template with other prices": pairs_within(made.base) - planted,
        "pairs in one group": together,
        "recall": round(both / max(planted, 1), 4),
        "precision": round(both / max(together, 1), 4),
    }


def ours(number: int) -> dict[str, Any]:
    """Make the pages, find, compare and group; returns times, counts and scores."""
    started = time.perf_counter()
    made = Collection.make(number)
    table, before = made.table(), _peak_mib()
    seconds = {"making": time.perf_counter() - started}
    _say(f"{number:,} pages made in {seconds['making']:.0f} s")
    started = time.perf_counter()
    pairs = candidate_pairs(table).to_numpy()
    seconds["candidates"] = time.perf_counter() - started
    peak = _peak_mib()
    _say(f"{len(pairs):,} candidates in {seconds['candidates']:.0f} s")
    started = time.perf_counter()
    same = compare(pairs, made)
    seconds["comparing"] = time.perf_counter() - started
    _say(f"{len(same):,} same pages in {seconds['comparing']:.0f} s")
    started = time.perf_counter()
    found = leaders(same, table["offers"].to_list(), range(number))
    seconds["grouping"] = time.perf_counter() - started
    reached = int((made.page[pairs[:, 0]] == made.page[pairs[:, 1]]).sum())
    counts = {"candidates": len(pairs), "recall of candidates": round(reached / pairs_within(made.page), 4)}
    memory = {"pages_mib": round(before), "peak_mib": round(peak)}
    rounded = {name: round(value, 2) for name, value in seconds.items()}
    return {"pages": number, "seconds": rounded, **counts, **scores(made, found), **memory}


def peer(number: int) -> dict[str, Any]:
    """Candidates by brute force with scikit-learn, and ours on the same pages."""
    from scipy.sparse import csr_array
    from sklearn.neighbors import NearestNeighbors

    made = Collection.make(number)
    columns = np.unique(made.words, return_inverse=True)[1].reshape(made.words.shape)
    matrix = csr_array((np.ones(columns.size, np.float32), columns.ravel(), np.arange(number + 1) * WORDS))
    started = time.perf_counter()
    near = NearestNeighbors(n_neighbors=NEIGHBOURS, metric="cosine", algorithm="brute").fit(matrix)
    neighbours = near.kneighbors(matrix, return_distance=False)
    brute = time.perf_counter() - started
    started = time.perf_counter()
    pairs = candidate_pairs(made.table()).to_numpy()
    joined = time.perf_counter() - started
    all_of_them = np.column_stack([np.repeat(np.arange(number), NEIGHBOURS), neighbours.ravel()])
    theirs = np.unique(np.sort(all_of_them[all_of_them[:, 0] != all_of_them[:, 1]], axis=1), axis=0)
    return {
        "pages": number,
        "brute_s": round(brute, 2),
        "brute_candidates": len(theirs),
        "brute_recall": _recall(made, theirs),
        "joined_s": round(joined, 2),
        "joined_candidates": len(pairs),
        "joined_recall": _recall(made, pairs),
    }


def _recall(made: Collection, pairs: NDArray[np.integer]) -> float:
    same = made.page[pairs[:, 0]] == made.page[pairs[:, 1]]
    return round(float(same.sum()) / pairs_within(made.page), 4)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _say(what: str) -> None:
    print(f"near_duplicates: {what}", file=sys.stderr, flush=True)


def run(number: int) -> dict[str, Any]:
    """Measure everything; returns the report."""
    ray.init(
        num_cpus=CORES, address="local", include_dashboard=False, object_store_memory=2 * 10**9, log_to_driver=False
    )
    ray.data.DataContext.get_current().enable_progress_bars = False
    report: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": os.getloadavg()[0]},
        "ours": ours(number),
        "peer": peer(min(PEER_PAGES, number)),
    }
    report["load_after"] = os.getloadavg()[0]
    return report


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a page."""
    about, mine, other = report["machine"], report["ours"], report["peer"]
    seconds, scale = mine["seconds"], (mine["pages"] / other["pages"]) ** 2
    lines = [
        "# Near duplicates among a million pages",
        "",
        f"Written by `python -m benchmarks.near_duplicates --out docs/benchmarks` on {report['date']}: "
        f"{about['cores']} "
        f"cores, Python {about['python']}, load average {about['load_before']:.1f} before, "
        f"{report['load_after']:.1f} after.",
        f"{mine['pages']:,} made pages of {WORDS} words each. What real pictures give is in "
        "[variants.md](variants.md).",
        "",
        "| | |",
        "|---|---|",
        f"| candidates: {mine['candidates']:,} pairs | {seconds['candidates']:.0f} s, one process |",
        f"| comparing them | {seconds['comparing']:.0f} s, {CORES} cores |",
        f"| grouping | {seconds['grouping']:.1f} s |",
        f"| memory of that process: the pages, and at most | {mine['pages_mib']:,} and {mine['peak_mib']:,} MiB |",
        f"| planted pairs: among the candidates, in one group | {mine['recall of candidates']:.3f}, "
        f"{mine['recall']:.3f} |",
        f"| precision over {mine['pairs in one group']:,} pairs in one group | {mine['precision']:.4f} |",
        f"| pairs of one template with other prices | {mine['pairs of one template with other prices']:,} |",
        "",
        f"| candidates of {other['pages']:,} pages | seconds | pairs | planted pairs among them |",
        "|---|---|---|---|",
        f"| joins on words (ours) | {other['joined_s']:.1f} | {other['joined_candidates']:,} | "
        f"{other['joined_recall']:.3f} |",
        f"| scikit-learn NearestNeighbors, brute force | {other['brute_s']:.1f} | {other['brute_candidates']:,} "
        f"| {other['brute_recall']:.3f} |",
        "",
        f"Brute force grows with the square: {other['brute_s'] * scale / 3600:.1f} hours for {mine['pages']:,} pages.",
        "",
        *_scaling(mine),
    ]
    return "\n".join(lines) + "\n"


def _scaling(mine: dict[str, Any]) -> list[str]:
    """The arithmetic for 100M pictures."""
    times = PICTURES / mine["pages"]
    seconds = mine["seconds"]
    rows = PICTURES * WORDS
    joined, compared = seconds["candidates"] * times / 3600, seconds["comparing"] * times * CORES / 3600
    return [
        f"## {PICTURES:,} pictures",
        "",
        f"{rows / 1e9:.1f} billion rows of a word and a page, {rows * 12 / 1e12:.2f} TB. One process joins one shard "
        "of the "
        f"words at a time ({SHARDS} here); shards have nothing in common, so on a cluster a shuffle by word gives each "
        "task some and a second one, by pair, adds up how many words a pair shares. Sorting grows a little faster "
        "than "
        f"the rows: {joined:.1f} core-hours at the rate above, then {compared:,.0f} core-hours for the pairs if "
        "their share "
        "stays the same. Pairs that share a word by chance grow with the square of the pages and shrink by half with "
        "each "
        "bit of a word: 28 bits and two shared words are enough for some millions; 100 times as many pages ask for 7 "
        "bits "
        "more, which a 64-bit word has. A pair of pages is about 10 KB, so pairs are sent to where one of the two "
        "lies.",
    ]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1_000_000, help="how many pages")
    parser.add_argument("--out", type=Path, help="folder for near_duplicates.json and near_duplicates.md")
    given = parser.parse_args()
    report = run(given.pages)
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "near_duplicates.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "near_duplicates.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
