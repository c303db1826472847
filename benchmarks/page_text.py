"""Text of pages against labels: ours beside plain PaddleOCR, the same models, picture by picture in the same run.

    python -m benchmarks.page_text                          prints the tables for the examples; takes 2 to 4 minutes
    python -m benchmarks.page_text --out docs/benchmarks    writes page_text.json and page_text.md as well
    python -m benchmarks.page_text --sample "shop pictures" LABELS.jsonl IMAGES    measures another sample too

LABELS has a row for each picture: {"image_id": path below IMAGES, "lines": [its lines in reading order]}.

- plain: `PaddleOCR(...).predict(path)`, its lines in its own order, one below the other.
- ours: `data_jobs.ocr.page.read_page`, the text of a row of the OCR table: very tall pages in slices, weak lines left
  out, our reading order.

Both have the detector's side, the engine and the threads of the job, and take turns, each first at every other
picture. Scores are those of benchmarks.text_scores; a picture that a side cannot read scores 0. Differences are paired
by picture, with 95% intervals of 10,000 bootstrap samples. The report has sums and means only, no text.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.text_scores import Scores, score
from cluster.models import resolve
from data_jobs.ocr.paddle import PaddleConfig, PaddleReader
from data_jobs.ocr.page import read_page
from data_jobs.ocr_images import OcrSettings

ROOT = Path(__file__).parents[1]
EXAMPLES = ("examples", ROOT / "examples/labels.jsonl", ROOT / "examples/images")
MODELS = "package:rapidocr"
SIDES = ("plain", "ours")
MEASURES = {
    "f1": "characters found, F1",
    "whole": "lines found whole",
    "ordered": "text in order, 1 - edit distance",
    "tau": "order of lines, Kendall's tau",
}
SAMPLES = 10_000
PICTURES = 100_000_000
TEXT = """# Text of pages

Written by `python -m benchmarks.page_text --out docs/benchmarks` on {date}: {cores} cores, {threads} threads, Python
{python}, load average {load_before} before, {load_after} after. {detection} and {recognition} on onnxruntime.

Plain is `PaddleOCR(...).predict(path)`, its lines in its own order; ours is the text of the OCR table. Means over
pictures; the difference is paired by picture, with its 95% interval. Labels of the examples are in the order in which
their lines were drawn, which is not always the order of reading; the lines of other samples were transcribed from the
pictures by eye, in reading order. Ours refuses a picture whose file breaks off, plain reads what there is of it; ours
reads very tall pages in slices at full size, plain shrinks them.

"""
Read = Callable[[Path], str]
Sample = tuple[str, Path, Path]


@dataclass(slots=True)
class Tally:
    """What one side did on one sample, picture by picture."""

    scores: list[Scores] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    unread: int = 0


def plain(config: PaddleConfig) -> Read:
    """PaddleOCR as its documentation uses it; a picture that it raises on has no text."""
    from paddleocr import PaddleOCR

    predictor = PaddleOCR(
        text_detection_model_name=config.detection,
        text_detection_model_dir=str(Path(config.folder) / config.detection),
        text_recognition_model_name=config.recognition,
        text_recognition_model_dir=str(Path(config.folder) / config.recognition),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        text_det_limit_side_len=config.max_side,
        text_det_limit_type="max",
        engine="onnxruntime",
        engine_config={"onnxruntime": {"intra_op_num_threads": config.threads, "inter_op_num_threads": 1}},
    )

    def read(path: Path) -> str:
        try:
            return "\n".join(predictor.predict(str(path))[0]["rec_texts"])
        except Exception as error:
            print(f"plain PaddleOCR: {path.name}: {error}", file=sys.stderr)
            return ""

    return read


def ours(config: PaddleConfig) -> Read:
    """The text of our OCR row, empty where the row has an error."""
    reader = PaddleReader(config)
    reader.warm()
    max_pixels = OcrSettings.model_fields["max_pixels"].default

    def text_of(path: Path) -> str:
        row = read_page(path.name, str(path), path.read_bytes(), reader.lines, config.max_side, max_pixels)
        return str(row["text"])

    return text_of


def labelled(labels: Path, images: Path) -> list[tuple[Path, list[str]]]:
    """Pictures with their lines.

    Raises:
        ValueError: a row without image_id or lines, or whose picture is missing; names file, row and picture.
    """
    pages = []
    for number, text in enumerate(labels.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(text)
        if not row.get("image_id") or not row.get("lines"):
            raise ValueError(f"{labels}, row {number}: needs image_id and lines, has {sorted(row)}")
        if not (images / row["image_id"]).is_file():
            raise ValueError(f"{labels}, row {number}: image_id {row['image_id']!r}: no such file in {images}")
        pages.append((images / row["image_id"], row["lines"]))
    return pages


def measure(pages: Sequence[tuple[Path, list[str]]], reads: dict[str, Read], name: str) -> dict[str, Tally]:
    """Read every picture on both sides, in turns."""
    tallies = {side: Tally() for side in SIDES}
    for number, (path, lines) in enumerate(pages):
        for side in SIDES if number % 2 else SIDES[::-1]:
            began = time.perf_counter()
            text = reads[side](path)
            tallies[side].seconds.append(time.perf_counter() - began)
            tallies[side].scores.append(score(lines, text))
            tallies[side].unread += not text
        if number % 20 == 19:
            print(f"{name}: {number + 1} of {len(pages)} pictures", file=sys.stderr, flush=True)
    return tallies


def compared(tallies: dict[str, Tally], measure: str) -> dict[str, Any]:
    """Means of a measure on both sides and their difference, over the pictures that have it on both."""
    pairs = zip(*([getattr(one, measure) for one in tallies[side].scores] for side in SIDES), strict=True)
    values = np.array([pair for pair in pairs if None not in pair], float)
    gain = values[:, 1] - values[:, 0]
    drawn = np.random.default_rng(0).integers(0, len(gain), (SAMPLES, len(gain)))
    low, high = np.quantile(gain[drawn].mean(axis=1), (0.025, 0.975))
    means = dict(zip(SIDES, values.mean(axis=0).round(4).tolist(), strict=True))
    interval = [round(float(bound), 4) for bound in (low, high)]
    return {**means, "difference": round(float(gain.mean()), 4), "interval": interval, "pictures": len(gain)}


def summary(pages: Sequence[tuple[Path, list[str]]], tallies: dict[str, Tally]) -> dict[str, Any]:
    """What the report says about one sample."""
    return {
        "pictures": len(pages),
        "lines": sum(len(lines) for _, lines in pages),
        "unread": {side: tallies[side].unread for side in SIDES},
        "pictures_per_s": {side: round(len(pages) / sum(tallies[side].seconds), 2) for side in SIDES},
        "measures": {name: compared(tallies, name) for name in MEASURES},
    }


def run(samples: Sequence[Sample], config: PaddleConfig) -> dict[str, Any]:
    """Measure every sample; returns the report."""
    report: dict[str, Any] = {"date": datetime.now(UTC).isoformat(timespec="minutes"), "cores": os.cpu_count()}
    report |= {"python": platform.python_version(), "load_before": round(os.getloadavg()[0], 1)}
    report |= {name: getattr(config, name) for name in ("detection", "recognition", "threads", "max_side")}
    labels = {name: labelled(path, images) for name, path, images in samples}
    reads = {"plain": plain(config), "ours": ours(config)}
    report["samples"] = {name: summary(pages, measure(pages, reads, name)) for name, pages in labels.items()}
    return report | {"load_after": round(os.getloadavg()[0], 1)}


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a table for each sample."""
    return TEXT.format(**report) + "\n".join(_table(name, sample, report) for name, sample in report["samples"].items())


def _table(name: str, sample: dict[str, Any], report: dict[str, Any]) -> str:
    rate, unread = sample["pictures_per_s"], sample["unread"]
    days = {side: PICTURES / rate[side] / 86_400 for side in SIDES}
    lines = [
        f"## {name}: {sample['pictures']} pictures, {sample['lines']} lines\n",
        f"| detector's side {report['max_side']} | plain | ours | ours - plain (95% interval) |",
        "|---|---|---|---|",
        *(_row(label, sample["measures"][key]) for key, label in MEASURES.items()),
        f"| pictures without text | {unread['plain']} | {unread['ours']} | |",
        f"| pictures/s, one process | {rate['plain']:.2f} | {rate['ours']:.2f} | {rate['ours'] / rate['plain']:.2f}x |",
        f"| days for 100M pictures, 1,000 processes | {days['plain'] / 1000:.1f} | {days['ours'] / 1000:.1f} | |",
    ]
    return "\n".join(lines) + "\n"


def _row(label: str, values: dict[str, Any]) -> str:
    low, high = values["interval"]
    change = f"{values['difference']:+.3f} ({low:+.3f} to {high:+.3f})"
    return f"| {label} | {values['plain']:.3f} | {values['ours']:.3f} | {change} |"


def _config(side: int, threads: int) -> PaddleConfig:
    models = {name: OcrSettings.model_fields[name].default for name in ("detection", "recognition")}
    return PaddleConfig(**models, folder=str(resolve(MODELS)), threads=threads, max_side=side)


def main() -> int:
    """Command line; returns 2 where labels or pictures are wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for page_text.json and page_text.md")
    parser.add_argument("--sample", nargs=3, action="append", default=[], metavar=("NAME", "LABELS", "IMAGES"))
    parser.add_argument("--side", type=int, default=OcrSettings.model_fields["max_side"].default)
    parser.add_argument("--threads", type=int, default=1, help="threads of each side's engine (%(default)s)")
    given = parser.parse_args()
    samples = [EXAMPLES, *((name, Path(labels), Path(images)) for name, labels, images in given.sample)]
    try:
        report = run(samples, _config(given.side, given.threads))
    except (OSError, ValueError) as error:
        print(f"benchmarks.page_text: {error}", file=sys.stderr)
        return 2
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "page_text.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "page_text.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
