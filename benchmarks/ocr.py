"""OCR throughput: the pipeline beside independent plain PaddleOCR loops on the same pictures, in the same run.

    python -m benchmarks.ocr                                        the example pictures; prints the table
    python -m benchmarks.ocr --images /data/pictures --out docs/benchmarks    writes ocr.json and ocr.md as well
    python -m benchmarks.ocr --pictures 24 --rounds 1               a first look

A plain loop is `PaddleOCR(...).predict(path)`, one picture after the other, with PaddleOCR's own defaults but for what
both sides share: engine, models, longest side and threads. Two loops are two processes that share the pictures out
before they start. The pipeline is `python -m data_jobs.ocr_images` with as many actors on a Ray cluster of its own.

Start-up is left out on both sides: a loop is timed from its first picture to its last, with the rates of two loops
added; the pipeline from when its last actor is warm to when its last part is written, Ray's own processes included.
Sides take turns (plain, pipeline, pipeline, plain, ...). One actor and one loop read half of the pictures, so that the
whole takes less than eight minutes for 125 pictures on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from cluster.models import resolve
from cluster.settings import load_profile
from data_jobs.ocr_images import OcrSettings

ROOT = Path(__file__).parents[1]
SCALE = 100_000_000
CORES_OF_A_NODE = 32
TEXT = """# OCR throughput

Written by `python -m benchmarks.ocr --out docs/benchmarks` on {date}: {cores} cores, Python {python}, load average
{load_before} before, {load_after} after. {pictures} pictures, {rounds} round(s) of each side with two and one with one;
{engine}, {detection} and {recognition}, longest side {max_side}, one thread each. Start-up is left out on both sides.

A plain loop is `PaddleOCR(...).predict(path)` with PaddleOCR's defaults. The pipeline reads very tall pages in slices,
which the plain loop shrinks, writes its rows, and recognizes lines one by one, which the plain loop pads into sixes.

| | plain, images/s | pipeline, images/s | pipeline / plain |
|---|---|---|---|
{table}

Text: the plain loops read {plain_letters:,} letters, the pipeline {our_letters:,}; of the plain loops' letters
{kept:.1%} are in the pipeline's text of the same picture.

## {scale:,} pictures, by arithmetic

At {per_core:.2f} images/s a core (the pipeline with two actors, by two), {scale:,} pictures like these are
{core_hours:,.0f} core-hours: {days:.0f} days on a node of {node} cores, {nodes:,.0f} such nodes for a day. Actors share
nothing but a ledger, one short call a picture to one process; the rows are written where they are read,
{row_kb:.1f} kB a picture, {rows_gb:,.0f} GB in all. The driver holds a summary a part and the manifest. A copy costs a
fetch and a hash.
"""


def shared_settings() -> OcrSettings:
    """What both sides have in common: the laptop profile's settings of the job."""
    return OcrSettings(images="/", out="/", **load_profile("laptop").jobs[OcrSettings.job])


def plain_loop(listing: Path) -> dict[str, Any]:
    """Read the pictures of a list in this process, when told to; seconds and texts."""
    settings = shared_settings()
    folder = Path(str(resolve(settings.models.ocr)))
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddleocr import PaddleOCR

    ocr = PaddleOCR(
        text_detection_model_name=settings.detection,
        text_detection_model_dir=str(folder / settings.detection),
        text_recognition_model_name=settings.recognition,
        text_recognition_model_dir=str(folder / settings.recognition),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        text_det_limit_side_len=settings.max_side,
        text_det_limit_type="max",
        engine=settings.engine,
        device="cpu",
        engine_config={settings.engine: {"intra_op_num_threads": settings.threads, "inter_op_num_threads": 1}},
    )
    paths = listing.read_text(encoding="utf8").splitlines()
    ocr.predict(paths[0])
    print("warm", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    texts = {path: "".join(ocr.predict(path)[0]["rec_texts"]) for path in paths}
    return {"seconds": time.perf_counter() - began, "texts": texts}


def plain(paths: Sequence[str], loops: int, folder: Path) -> dict[str, Any]:
    """Rate and texts of so many loops that run at once, each with its share of the pictures."""
    running = []
    for number in range(loops):
        listing = folder / f"list-{number}"
        listing.write_text("\n".join(paths[number::loops]), encoding="utf8")
        command = [sys.executable, "-m", "benchmarks.ocr", "--plain-loop", str(listing)]
        running.append(subprocess.Popen(command, cwd=ROOT, env=_one_thread(), stdin=-1, stdout=-1, text=True))
    for loop in running:
        while loop.stdout.readline().strip() != "warm":  # type: ignore[union-attr]
            if loop.poll() is not None:
                raise RuntimeError("a plain loop ended before it was warm")
    for loop in running:
        loop.stdin.write("go\n")  # type: ignore[union-attr]
        loop.stdin.flush()  # type: ignore[union-attr]
    told = [json.loads(loop.communicate()[0].splitlines()[-1]) for loop in running]
    texts = {path: text for one in told for path, text in one["texts"].items()}
    return {"rate": sum(len(one["texts"]) / one["seconds"] for one in told), "texts": texts}


def _one_thread() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}


def pipeline(paths: Sequence[str], actors: int, folder: Path) -> dict[str, Any]:
    """Rate, texts and bytes of rows of the job with so many actors."""
    manifest, out = folder / "manifest.csv", Path(tempfile.mkdtemp(dir=folder))
    pl.DataFrame({"path": paths}).write_csv(manifest)
    counts = [part for name in ("min", "max", "initial") for part in (f"--actors-{name}", str(actors))]
    command = [sys.executable, "-m", "data_jobs.ocr_images", "--images", str(manifest), "--out", str(out), *counts]
    # Ray's workers step back for other processes unless told otherwise; plain loops do not.
    env = {**os.environ, "RAY_ADDRESS": "local", "HF_HUB_OFFLINE": "1", "RAY_worker_niceness": "0"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the pipeline failed: {done.stderr[-2000:]}")
    report = json.loads((out / "_report.json").read_text(encoding="utf8"))
    table = pl.read_parquet(out / "*.parquet")
    return {
        "rate": report["steady"]["pictures"] / report["steady"]["seconds"],
        "texts": dict(table.select("image_id", "text").iter_rows()),
        "bytes": sum(part.stat().st_size for part in out.glob("*.parquet")) / len(table),
    }


SIDES = {"plain": plain, "pipeline": pipeline}


def in_turns(paths: Sequence[str], workers: int, rounds: int) -> dict[str, Any]:
    """Mean rate of each side, and what the last run of each read."""
    rates: dict[str, list[float]] = {side: [] for side in SIDES}
    last: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            for side in list(SIDES) if number % 2 == 0 else list(SIDES)[::-1]:
                last[side] = SIDES[side](paths, workers, Path(folder))
                rates[side].append(last[side]["rate"])
                print(f"{side}, {workers}: {rates[side][-1]:.3f} images/s", file=sys.stderr, flush=True)
    means = {side: statistics.mean(values) for side, values in rates.items()}
    return {"rates": rates, **means, "ratio": means["pipeline"] / means["plain"], "last": last}


def letters(text: str) -> Counter[str]:
    """The letters of a text, without spaces and line breaks."""
    return Counter("".join(text.split()))


def run(paths: Sequence[str], rounds: int) -> dict[str, Any]:
    """Measure with two and with one; returns the report."""
    report: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="minutes"), "cores": os.cpu_count()}
    report |= {"python": platform.python_version(), "load_before": round(os.getloadavg()[0], 1)}
    report |= {"pictures": len(paths), "rounds": rounds}
    report |= shared_settings().model_dump(include={"engine", "detection", "recognition", "max_side"})
    two, one = in_turns(paths, 2, rounds), in_turns(paths[::2], 1, 1)
    report |= text_figures(two["last"]["plain"]["texts"], two["last"]["pipeline"]["texts"])
    report["row_bytes"] = round(two["last"]["pipeline"]["bytes"])
    report |= {name: {k: v for k, v in told.items() if k != "last"} for name, told in (("two", two), ("one", one))}
    return report | {"load_after": round(os.getloadavg()[0], 1)}


def text_figures(plain_texts: dict[str, str], our_texts: dict[str, str]) -> dict[str, Any]:
    """Letters that each side read, and the share of the plain loops' letters that the pipeline has, by picture."""
    pairs = [(letters(text), letters(our_texts[path])) for path, text in plain_texts.items()]
    plain_letters, ours = sum(p.total() for p, _ in pairs), sum(o.total() for _, o in pairs)
    kept = sum((p & o).total() for p, o in pairs) / max(1, plain_letters)
    return {"plain_letters": plain_letters, "our_letters": ours, "kept": round(kept, 4)}


def at_scale(report: dict[str, Any]) -> dict[str, float]:
    """What `SCALE` pictures take, from the rate of two actors."""
    per_core = report["two"]["pipeline"] / 2
    hours = SCALE / per_core / 3600
    return {
        "per_core": per_core,
        "core_hours": hours,
        "days": hours / CORES_OF_A_NODE / 24,
        "nodes": hours / CORES_OF_A_NODE / 24,
        "row_kb": report["row_bytes"] / 1000,
        "rows_gb": report["row_bytes"] * SCALE / 1e9,
    }


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a page."""
    named = (("two loops, two actors", report["two"]), ("one loop, one actor", report["one"]))
    cells = ((name, f"{r['plain']:.2f}", f"{r['pipeline']:.2f}", f"{r['ratio']:.2f}") for name, r in named)
    table = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    return TEXT.format(**report, table=table, scale=SCALE, node=CORES_OF_A_NODE, **at_scale(report))


def pictures_of(folder: Path, at_most: int) -> list[str]:
    """Paths of the pictures below a folder, spread evenly over it where there are more than `at_most`."""
    suffixes = {".jpg", ".jpeg", ".png", ".webp"}
    paths = sorted(str(path.resolve()) for path in folder.rglob("*") if path.suffix.lower() in suffixes)
    step = max(1, len(paths) // at_most)
    return paths[::step][:at_most]


def main() -> int:
    """Command line; returns 2 where there are too few pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--images", type=Path, default=ROOT / "examples/images", help="folder of pictures (%(default)s)"
    )
    parser.add_argument("--pictures", type=int, default=125, help="at most so many of them (%(default)s)")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each side with two (%(default)s)")
    parser.add_argument("--out", type=Path, help="folder for ocr.json and ocr.md")
    parser.add_argument("--plain-loop", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.plain_loop:
        print(json.dumps(plain_loop(given.plain_loop)))
        return 0
    paths = pictures_of(given.images, given.pictures)
    if len(paths) < 4 or given.rounds < 1:
        print("benchmarks.ocr: needs at least 4 pictures (.jpg, .png, .webp) and 1 round", file=sys.stderr)
        return 2
    report = run(paths, given.rounds)
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "ocr.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "ocr.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
