"""Distributed k-means against scikit-learn, side by side: time, inertia, peak memory.

    python -m benchmarks.kmeans                       1,000,000 vectors of 128 values, 100 and 20 clusters
    python -m benchmarks.kmeans --vectors 100000      a quick look
    python -m benchmarks.kmeans --out docs/benchmarks   writes kmeans.json and kmeans.md as well

Engines: koubo (data_jobs.clustering.distributed_kmeans on a Ray cluster of this machine), scikit-learn's
MiniBatchKMeans with its defaults and with batches of 1024 vectors a core, and its KMeans (Lloyd) as a reference. Each
is a process of its own with the vectors in memory before its clock starts; the inertia is that of all vectors, computed
afterwards by the same code for all. koubo's rounds are timed one by one, so that the time at which it reaches an
inertia is known.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_jobs.clustering.kmeans import Vectors, step

ROOT = Path(__file__).parents[1]
WIDTH = 128
BLOCK = 125_000
CORES = min(2, os.cpu_count() or 1)
SAMPLE = 50_000
"""Vectors that koubo starts on."""
CLUSTERS = (100, 20)
PICTURES = 100_000_000


def make_vectors(path: Path, number: int) -> None:
    """A mixture of 150 normal clouds of unequal size that overlap, block by block into a .npy file."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(150, WIDTH)).astype(np.float32)
    shares = random.dirichlet(np.full(150, 2.0))
    out = np.lib.format.open_memmap(path, "w+", np.float32, (number, WIDTH))
    for start in range(0, number, BLOCK):
        of = random.choice(150, min(BLOCK, number - start), p=shares)
        noise = random.standard_normal((len(of), WIDTH), np.float32)
        out[start : start + BLOCK] = centres[of] + np.float32(1.2) * noise
    out.flush()


def koubo(path: Path, k: int) -> dict[str, Any]:
    """Ours: a sample gives the start, then full rounds on the cluster until the inertia settles."""
    import ray

    from data_jobs.clustering.distributed_kmeans import as_matrix, fit_round
    from data_jobs.clustering.kmeans import fit, fit_sample

    ray.init(num_cpus=CORES, address="local", include_dashboard=False, object_store_memory=10**9, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    number = len(np.load(path, mmap_mode="r"))
    dataset = ray.data.range(number // BLOCK or 1, override_num_blocks=number // BLOCK or 1)
    dataset = dataset.map_batches(_block, fn_kwargs={"path": str(path)}, batch_size=None).materialize()
    fit_round(dataset, np.zeros((k, WIDTH), np.float32))  # workers start and import before the clock does
    memory = _Watch()
    started, trace = time.perf_counter(), []
    rows = dataset.random_sample(SAMPLE / number, seed=0).take_batch(2 * SAMPLE, batch_format="pyarrow")["vector"]
    sample = np.random.default_rng(0).permutation(as_matrix(rows))
    centroids = fit_sample(sample, k)
    trace.append({"seconds": time.perf_counter() - started, "centroids": centroids.tolist()})

    def one_round(current: Vectors) -> Any:
        found = fit_round(dataset, current)
        trace.append({"seconds": time.perf_counter() - started, "inertia": found.inertia})
        return found

    centroids, _ = fit(one_round, centroids, 1e-3)
    return {"seconds": time.perf_counter() - started, "centroids": centroids, "trace": trace, **memory.stop()}


def _block(batch: dict[str, NDArray[np.int64]], path: str) -> Any:
    import pyarrow as pa

    vectors = np.load(path, mmap_mode="r")
    parts = [np.array(vectors[i * BLOCK : (i + 1) * BLOCK]).ravel() for i in batch["id"]]
    return pa.table({"vector": pa.FixedSizeListArray.from_arrays(pa.array(np.concatenate(parts)), WIDTH)})


class _Watch:
    """The most private memory of this process and of the largest worker below it, from now on."""

    def __init__(self) -> None:
        self._most = {"driver_mib": 0.0, "worker_mib": 0.0}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        import psutil

        here = psutil.Process()
        while not self._done.wait(0.1):
            workers = [process for process in here.children(recursive=True) if _is_worker(process)]
            for name, processes in (("driver_mib", [here]), ("worker_mib", workers)):
                self._most[name] = max([self._most[name], *map(_private_mib, processes)])

    def stop(self) -> dict[str, float]:
        """End watching; returns MiB."""
        self._done.set()
        self._thread.join()
        return {name: round(most) for name, most in self._most.items()}


def _is_worker(process: Any) -> bool:
    try:
        return str(process.name()).startswith("ray::")
    except Exception:  # it ended between the listing and the question
        return False


def _private_mib(process: Any) -> float:
    try:
        memory = process.memory_info()
    except Exception:  # likewise
        return 0.0
    return float(memory.rss - memory.shared) / 2**20


def _sklearn(make: Callable[[int], Any]) -> Callable[[Path, int], dict[str, Any]]:
    def run(path: Path, k: int) -> dict[str, Any]:
        vectors = np.load(path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.perf_counter()
        model = make(k).fit(vectors)
        seconds = time.perf_counter() - started
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {
            "seconds": seconds,
            "centroids": model.cluster_centers_.astype(np.float32),
            "rounds": int(model.n_iter_),
            "peak_mib": round(most),
            "beyond_vectors_mib": round(most - before),
        }

    return run


def _mini_batch(k: int, **settings: Any) -> Any:
    from sklearn.cluster import MiniBatchKMeans

    return MiniBatchKMeans(k, random_state=0, n_init="auto", **settings)


def _lloyd(k: int) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(k, random_state=0, n_init=1, tol=1e-3)


ENGINES: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "koubo": koubo,
    "MiniBatchKMeans": _sklearn(_mini_batch),
    f"MiniBatchKMeans, batches of {1024 * CORES}": _sklearn(lambda k: _mini_batch(k, batch_size=1024 * CORES)),
    "KMeans (Lloyd)": _sklearn(_lloyd),
}
MINI_BATCH = [name for name in ENGINES if name.startswith("MiniBatch")]


def inertia(path: Path, centroids: Vectors) -> float:
    """Sum of squared distances of all vectors to their nearest centroids."""
    vectors = np.load(path, mmap_mode="r")
    return sum(step(vectors[i : i + BLOCK], centroids).inertia for i in range(0, len(vectors), BLOCK))


def in_process_of_its_own(engine: str, path: Path, k: int) -> dict[str, Any]:
    """Run one engine in a fresh process; its report without centroids, with the inertia of all vectors."""
    command = [sys.executable, "-m", "benchmarks.kmeans", "--engine", engine, "--file", str(path), "--clusters", str(k)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{engine}: {done.stderr[-800:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    answer["inertia"] = inertia(path, np.asarray(answer.pop("centroids"), np.float32))
    for point in answer.get("trace", []):
        if "centroids" in point:
            point["inertia"] = inertia(path, np.asarray(point.pop("centroids"), np.float32))
    print(
        f"kmeans: {k} clusters, {engine}: {answer['seconds']:.1f} s, {answer['inertia']:.5g}",
        file=sys.stderr,
        flush=True,
    )
    return answer


def compared(engines: dict[str, Any]) -> dict[str, Any]:
    """koubo's time to within 1% of the better MiniBatchKMeans, and how many times as fast that is."""
    peer = min(MINI_BATCH, key=lambda name: engines[name]["inertia"])
    fastest = min(MINI_BATCH, key=lambda name: engines[name]["seconds"])
    target = 1.01 * engines[peer]["inertia"]
    reached = next((point["seconds"] for point in engines["koubo"]["trace"] if point["inertia"] <= target), None)
    return {
        "lower inertia of the two": peer,
        "faster of the two": fastest,
        "seconds to within 1%": reached,
        "times as fast": round(engines[fastest]["seconds"] / reached, 2) if reached else None,
        "times as fast when settled": round(engines[fastest]["seconds"] / engines["koubo"]["seconds"], 2),
        "inertia when settled": round(engines["koubo"]["inertia"] / engines[peer]["inertia"], 4),
    }


def run(number: int) -> dict[str, Any]:
    """Measure everything; returns the report."""
    report: dict[str, Any] = {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load_before": os.getloadavg()[0]},
        "vectors": number,
        "results": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.npy"
        make_vectors(path, number)
        for k in CLUSTERS:
            names = [name for name in ENGINES if k == CLUSTERS[0] or "Lloyd" not in name]
            engines = {name: in_process_of_its_own(name, path, k) for name in names}
            report["results"][str(k)] = {"engines": engines, "compared": compared(engines)}
    report["load_after"] = os.getloadavg()[0]
    return report


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a page."""
    about = report["machine"]
    lines = [
        "# k-means against scikit-learn",
        "",
        f"Written by `python -m benchmarks.kmeans --out docs/benchmarks` on {report['date']}: {about['cores']} cores, "
        f"Python {about['python']}, load average {about['load_before']:.1f} before, {report['load_after']:.1f} after. "
        f"{report['vectors']:,} vectors of {WIDTH} values, a mixture of 150 overlapping normal clouds.",
        "",
    ]
    for k, result in report["results"].items():
        lines += [f"## {k} clusters", "", *_table(result["engines"]), "", *_words(result["compared"]), ""]
    return "\n".join([*lines, *_scaling(report)]) + "\n"


def _table(engines: dict[str, Any]) -> list[str]:
    least = min(answer["inertia"] for answer in engines.values())
    rows = ["| engine | seconds | inertia, least = 1 | memory beyond the vectors, MiB |", "|---|---|---|---|"]
    for name, answer in engines.items():
        memory = answer.get(
            "beyond_vectors_mib", f"{answer.get('worker_mib')} a worker, {answer.get('driver_mib')} driver"
        )
        rows.append(f"| {name} | {answer['seconds']:.1f} | {answer['inertia'] / least:.4f} | {memory} |")
    return rows


def _words(found: dict[str, Any]) -> list[str]:
    if found["times as fast"] is None:
        return ["koubo did not come within 1% of MiniBatchKMeans."]
    return [
        f"koubo is within 1% of the lower inertia of the two MiniBatchKMeans after {found['seconds to within 1%']:.1f} "
        f"s, {found['times as fast']:.1f} times as fast as the faster of them. Settled, it is "
        f"{found['times as fast when settled']:.1f} times as fast, at {found['inertia when settled']:.4f} of that "
        "inertia."
    ]


def _scaling(report: dict[str, Any]) -> list[str]:
    """What a round costs on more nodes, by arithmetic."""
    k = CLUSTERS[0]
    trace = report["results"][str(k)]["engines"]["koubo"]["trace"]
    rounds = [b["seconds"] - a["seconds"] for a, b in pairwise(trace)] or [float("nan")]
    a_round, reduce_kib = sum(rounds) / len(rounds), k * WIDTH * 8 / 1024
    tasks, core_seconds = PICTURES // BLOCK, a_round * CORES * PICTURES / report["vectors"]
    return [
        "## More nodes",
        "",
        f"A round over {report['vectors']:,} vectors took {a_round:.2f} s on {CORES} cores. Every block is assigned "
        f"where it lies: {k * WIDTH * 4 / 1024:.0f} KiB of centroids go and {reduce_kib:.0f} KiB of sums back, "
        "whatever the block holds. A worker holds one block and the distances of 4,096 vectors.",
        "",
        f"{PICTURES:,} pictures: {core_seconds:,.0f} core-seconds a round, {core_seconds / 256:.0f} s on 256 cores. In "
        f"blocks of {BLOCK:,} that is {tasks} tasks and {tasks * reduce_kib / 1024:.0f} MiB of sums for the driver to "
        f"add. The start on {SAMPLE:,} vectors does not grow with their number; about {len(rounds)} rounds follow.",
    ]


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=int, default=1_000_000, help="how many vectors")
    parser.add_argument("--out", type=Path, help="folder for kmeans.json and kmeans.md")
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--clusters", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine:
        answer = ENGINES[given.engine](given.file, given.clusters)
        print(json.dumps({**answer, "centroids": answer["centroids"].tolist()}))
        return 0
    report = run(given.vectors)
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "kmeans.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "kmeans.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
