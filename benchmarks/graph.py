"""The catalogue's graph at 200,000 products: build, load, memory, lookups, and a swap while lookups go on.

    python -m benchmarks.graph                        prints the tables; about five minutes
    python -m benchmarks.graph --products 20000       a smaller shop, half a minute
    python -m benchmarks.graph --out docs/benchmarks  writes graph.json and graph.md as well

Peers in the same run: networkx filled with the same edges, and a plain dict. Every step is a process of its own on a
synthetic shop (`benchmarks.large_catalog`). Lookups are of products drawn at random over the whole shop, none twice, so
no cache helps.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.large_catalog import pictures, write_shop
from koubo.catalog.increment import Sources, build
from koubo.catalog.snapshot import Snapshot
from koubo.versions import current, versions

ROOT = Path(__file__).parents[1]
ROUNDS = 3
LOOKUPS = 4_000
COMMENT = "什么材质的，多大尺寸"
NEW = {
    "id": "new",
    "title": "新品保温壶",
    "price": "88.00",
    "category": ["家居", "家居杯具", "经典杯具"],
    "brand": "桐桐桐",
}


def rss() -> int:
    """Bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    """The most bytes of this process that were in memory at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def generate(work: Path, products: int) -> dict[str, Any]:
    """Write the shop."""
    started = time.perf_counter()
    write_shop(work / "shop", products)
    return {"seconds": time.perf_counter() - started}


def full(work: Path, products: int) -> dict[str, Any]:
    """Build everything from nothing."""
    return _build(work, anew=True)


def incremental(work: Path, products: int) -> dict[str, Any]:
    """Append one product and build upon the snapshot in service."""
    with (work / "shop" / "products.jsonl").open("a", encoding="utf8") as table:
        table.write(json.dumps(NEW, ensure_ascii=False) + "\n")
    return _build(work, anew=False)


def _build(work: Path, anew: bool) -> dict[str, Any]:
    started = time.perf_counter()
    built = build(Sources(work / "shop", None, pictures(work / "shop")), work / "snapshots", anew)
    seconds = time.perf_counter() - started
    counts = json.loads((built.folder / "manifest.json").read_text())["meta"]["counts"]
    size = sum(path.stat().st_size for path in built.folder.iterdir())
    told = {"changed": built.changed, "unchanged": built.unchanged}
    return {"seconds": seconds, "peak_bytes": peak(), "disk_bytes": size, "counts": counts} | told


def load(work: Path, products: int) -> dict[str, Any]:
    """Load as a server does: checksums, checks of every table, indexes."""
    before, started = rss(), time.perf_counter()
    snapshot = Snapshot.load(current(work / "snapshots"))
    seconds = time.perf_counter() - started
    gc.collect()
    graph = snapshot.graph
    ids = sys.getsizeof(graph.number) + sys.getsizeof(graph.ids) + sum(map(sys.getsizeof, graph.ids))
    shared = {"edges": graph.edges, "graph_bytes": graph.bytes, "graph_bytes_with_ids": graph.bytes + ids}
    return {"seconds": seconds, "rss_bytes": rss() - before, "peak_bytes": peak()} | shared


def networkx(work: Path, products: int) -> dict[str, Any]:
    """The peer: the same edges in networkx, as the tables name them."""
    import networkx as nx

    folder = current(work / "snapshots")
    ids = pl.read_parquet(folder / "nodes.parquet")["id"]
    edges = pl.read_parquet(folder / "edges.parquet")
    before, started = rss(), time.perf_counter()
    graph = nx.Graph()
    graph.add_nodes_from(ids)
    columns = ids.gather(edges["source"]), ids.gather(edges["target"]), edges["kind"]
    graph.add_edges_from((source, target, {"kind": kind}) for source, target, kind in zip(*columns, strict=True))
    seconds, grown = time.perf_counter() - started, rss() - before
    nodes = [f"product:{product}" for product in _drawn(pl.read_parquet(folder / "products.parquet")["id"])]
    beside = percentiles(lambda node: tuple((o, e["kind"]) for o, e in graph[node].items()), nodes)
    return {"seconds": seconds, "bytes": grown, "edges": graph.number_of_edges(), "neighbours": beside}


def lookups(work: Path, products: int) -> dict[str, Any]:
    """Each lookup cold, beside a plain dict whose values are ready."""
    snapshot = Snapshot.load(current(work / "snapshots"))
    ids = [product.id for product in snapshot.products(0, len(snapshot))]
    gc.collect()
    gc.freeze()
    drawn = _drawn(ids)
    ready = {product_id: snapshot.facts(product_id) for product_id in drawn}
    others = dict(zip(drawn, reversed(drawn), strict=True))
    fewer = drawn[: LOOKUPS // 4]
    return {
        "plain dict": percentiles(ready.__getitem__, drawn),
        "facts": percentiles(snapshot.facts, drawn),
        "neighbours": percentiles(lambda i: snapshot.neighbours(f"product:{i}"), drawn),
        "answers": percentiles(lambda i: snapshot.answers(i, COMMENT), fewer),
        "related": percentiles(snapshot.related, fewer),
        "complementary": percentiles(lambda i: snapshot.complementary(i, 5, snapshot.promotions_of(i)), fewer),
        "path": percentiles(lambda i: snapshot.path(f"product:{i}", f"product:{others[i]}"), fewer),
    }


def swap(work: Path, products: int) -> dict[str, Any]:
    """Facts of a product every millisecond, before and while another version is loaded in a thread."""
    old, new = (work / "snapshots" / version for version in _two(work))
    snapshot = Snapshot.load(old)
    ids = _drawn([product.id for product in snapshot.products(0, len(snapshot))])
    quiet = _paced(snapshot, ids, lambda: False, 2.0)
    taken: list[Snapshot] = []
    loader = threading.Thread(target=lambda: taken.append(Snapshot.load(new)))
    started = time.perf_counter()
    loader.start()
    busy = _paced(snapshot, ids, lambda: not loader.is_alive(), 120.0)
    loader.join()
    return {"quiet": quiet, "while_loading": busy, "load_seconds": time.perf_counter() - started}


def _two(work: Path) -> tuple[str, str]:
    now = current(work / "snapshots").name
    return next(v for v in versions(work / "snapshots") if v != now), now


def _paced(snapshot: Snapshot, ids: Sequence[str], over: Callable[[], bool], seconds: float) -> dict[str, float]:
    """Percentiles of how long after its moment a lookup was done: waiting for the interpreter counts."""
    taken, end = [], time.perf_counter() + seconds
    place = 0
    while not over() and time.perf_counter() < end:
        due = time.perf_counter() + 0.001
        time.sleep(0.001)
        snapshot.facts(ids[place % len(ids)])
        taken.append((time.perf_counter() - due) * 1e6)
        place += 1
    return _summary(taken)


def _drawn(ids: Iterable[str]) -> list[str]:
    everything = list(ids)
    return random.Random(1).sample(everything, min(LOOKUPS, len(everything)))


def percentiles(look_up: Callable[[str], Any], keys: Iterable[str]) -> dict[str, float]:
    """Microseconds of one lookup for each key."""
    taken = []
    for key in keys:
        started = time.perf_counter_ns()
        look_up(key)
        taken.append((time.perf_counter_ns() - started) / 1e3)
    return _summary(taken)


def _summary(taken: list[float]) -> dict[str, float]:
    ranked = sorted(taken)
    return {
        "p50": statistics.median(ranked),
        "p99": ranked[int(len(ranked) * 0.99)],
        "max": ranked[-1],
        "n": len(ranked),
    }


STEPS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    step.__name__: step for step in (generate, full, incremental, load, networkx, lookups, swap)
}
REPEATED = {"load", "lookups"}
"""Steps done ROUNDS times; the fastest round counts, since all else on the machine only adds."""


def in_process_of_its_own(step: str, work: Path, products: int) -> dict[str, Any]:
    """One step in a fresh process."""
    print(f"{datetime.now():%H:%M:%S} {step}", file=sys.stderr, flush=True)
    command = [
        sys.executable,
        "-m",
        "benchmarks.graph",
        "--step",
        step,
        "--work",
        str(work),
        "--products",
        str(products),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{step}: {done.stderr[-800:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def best(step: str, rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The fastest round of a step; of lookups the fastest round of each."""
    if step == "load":
        return min(rounds, key=lambda one: one["seconds"])
    return {name: min((one[name] for one in rounds), key=lambda figures: figures["p99"]) for name in rounds[0]}


def run(products: int) -> dict[str, Any]:
    """Measure everything; returns the report."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": os.getloadavg()[0]}
    report: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="minutes"), "machine": machine}
    with tempfile.TemporaryDirectory() as folder:
        for step in STEPS:
            rounds = [
                in_process_of_its_own(step, Path(folder), products) for _ in range(ROUNDS if step in REPEATED else 1)
            ]
            report[step] = best(step, rounds) if step in REPEATED else rounds[0]
    report["load_after"] = os.getloadavg()[0]
    return report


def as_markdown(report: dict[str, Any]) -> str:
    """The report as tables, with the arithmetic for larger shops."""
    about, counts = report["machine"], report["full"]["counts"]
    size = ", ".join(f"{counts[name]:,} {name}" for name in ("products", "facts", "nodes", "edges", "reviews"))
    lines = [
        "# The graph",
        "",
        f"Written by `python -m benchmarks.graph --out docs/benchmarks` on {report['date']}: {about['cores']} cores, "
        f"Python {about['python']}, load average {about['load_before']:.1f} before, {report['load_after']:.1f} after.",
        f"A synthetic shop: {size}.",
        "",
        *_building(report),
        *_lookups(report),
        *_arithmetic(report),
    ]
    return "\n".join(lines) + "\n"


def _building(report: dict[str, Any]) -> list[str]:
    full, upon, loaded, peer, swapped = (report[n] for n in ("full", "incremental", "load", "networkx", "swap"))
    mib, edges = 1 << 20, loaded["edges"]
    return [
        "| | koubo | networkx |",
        "|---|---|---|",
        f"| full build, s (peak memory, MiB) | {full['seconds']:.1f} ({full['peak_bytes'] / mib:,.0f}) | |",
        f"| build after one product was added, s | {upon['seconds']:.1f} | |",
        f"| load with all checks, s | {loaded['seconds']:.2f} | |",
        f"| memory of a loaded snapshot, MiB | {loaded['rss_bytes'] / mib:,.0f} | |",
        f"| filling the graph, s | within the load | {peer['seconds']:.1f} |",
        f"| graph, bytes an edge (with the nodes' names) | {loaded['graph_bytes'] / edges:.0f} "
        f"({loaded['graph_bytes_with_ids'] / edges:.0f}) | ({peer['bytes'] / edges:.0f}) |",
        f"| on disk, MiB | {full['disk_bytes'] / mib:,.0f} | |",
        "",
        "A lookup of facts due every millisecond is done after "
        f"{_waits(swapped['while_loading'])} while another version is loaded in a thread of the same process "
        f"({swapped['load_seconds']:.1f} s), after {_waits(swapped['quiet'])} else.",
        "",
    ]


def _lookups(report: dict[str, Any]) -> list[str]:
    rows = report["lookups"] | {"neighbours in networkx": report["networkx"]["neighbours"]}
    head = ["| lookup, cold | p50, µs | p99, µs | longest, µs |", "|---|---|---|---|"]
    return [*head, *(f"| {n} | {f['p50']:.1f} | {f['p99']:.1f} | {f['max']:.0f} |" for n, f in rows.items()), ""]


def _arithmetic(report: dict[str, Any]) -> list[str]:
    """What larger shops would cost at the same rates, in proportion to their products."""
    products = report["full"]["counts"]["products"]
    lines = [
        "In proportion to products (strings, sorts and hash tables grow a little faster than that):",
        "",
        "| products | edges | full build | after one change | load | memory | on disk |",
        "|---|---|---|---|---|---|---|",
    ]
    for size in (products, 1_000_000, 10_000_000):
        times = size / products
        full, upon, loaded = report["full"], report["incremental"], report["load"]
        gib = 1 << 30
        lines.append(
            f"| {size:,} | {loaded['edges'] * times:,.0f} | {full['seconds'] * times / 60:.1f} min | "
            f"{upon['seconds'] * times:.0f} s | {loaded['seconds'] * times:.0f} s | "
            f"{loaded['rss_bytes'] * times / gib:.1f} GiB | {full['disk_bytes'] * times / gib:.2f} GiB |"
        )
    return lines


def _waits(figures: dict[str, float]) -> str:
    return f"{figures['p50']:,.0f} µs (p99 {figures['p99']:,.0f}, longest {figures['max']:,.0f})"


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=200_000)
    parser.add_argument("--out", type=Path, help="folder for graph.json and graph.md")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(STEPS[given.step](given.work, given.products)))
        return 0
    report = run(given.products)
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "graph.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "graph.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
