"""Near duplicates of real pictures: precision and recall on variants that this script makes, read by real OCR.

    python -m benchmarks.variants                                   the example shop's pictures
    python -m benchmarks.variants --images FOLDER --pictures 40     40 pictures of another folder
    python -m benchmarks.variants --out docs/benchmarks             writes variants.md and variants.json as well

Every picture is changed in eight ways (resized, recompressed, cropped, watermarked, and together). Where it has print
with a number, two templates with another number are made of it, and a changed copy of each: they are the negatives, as
are all other pictures. The job data_jobs.ocr_images reads all of them; near duplicates are searched as
data_jobs.cluster_images does. Two pictures should share a group if they are the same picture with the same numbers.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
from PIL import Image

from benchmarks.picture_variants import CHANGES, numbered_lines, repriced, variants
from data_jobs.clustering.fingerprint import FINGERPRINT, fingerprint
from data_jobs.clustering.grouped_pages import group_ids
from data_jobs.clustering.keypoints import KeypointFinder
from data_jobs.clustering.page_numbers import numbers
from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_file import PictureError
from data_jobs.ocr.picture_web import WebLimits
from data_jobs.ocr_images import OcrSettings, ocr_pictures

ROOT = Path(__file__).parents[1]
MAX_PIXELS = 50_000_000
FETCHER = Fetcher(WebLimits())
TALLEST = 3.0
"""Pages more than this many times as tall as wide are left out: they take most of the time, and are dropped anyway."""
TEMPLATES = 2


@dataclass(frozen=True, slots=True)
class Made:
    """A picture of the set: pictures of one `page` are near duplicates, pictures of one `base` look alike."""

    image_id: str
    base: str
    page: str
    change: str
    number: str = ""


def chosen(folder: Path, count: int) -> list[str]:
    """Names of pictures in a folder, drawn by their hash, without those that the folder's labels call duplicates."""
    labels = folder.parent / "labels.jsonl"
    rows = [json.loads(line) for line in labels.read_text(encoding="utf8").splitlines()] if labels.exists() else []
    without = {row["image_id"] for row in rows if row["duplicate_of"]}
    found = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    drawn = sorted(set(found) - without, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return [name for name in drawn if _usable(folder / name)][:count]


def _usable(path: Path) -> bool:
    try:
        image = FETCHER.open(str(path), MAX_PIXELS)
    except PictureError:
        return False
    return image.height <= TALLEST * image.width


def read_all(folder: Path, out: Path) -> dict[str, dict[str, Any]]:
    """OCR rows of a folder by the job itself."""
    profile = OcrSettings.from_cli(["--images", str(folder), "--out", str(out)])
    ocr_pictures(profile)
    return {row["image_id"]: row for row in pl.read_parquet(out / "*.parquet").iter_rows(named=True)}


def make_set(images: Path, names: Sequence[str], read: dict[str, dict[str, Any]], out: Path) -> list[Made]:
    """Write the originals, their variants and the templates with other numbers."""
    made = []
    for name in names:
        image, short = FETCHER.open(str(images / name), MAX_PIXELS), name.replace("/", "_")
        made.append(_save(out, short, short, short, "original", image))
        made += [
            _save(out, v.name, short, v.page, v.change, v.image) for v in variants(short, short, image, [*CHANGES])
        ]
        for number, line in enumerate(numbered_lines(read[name]["lines"])[:TEMPLATES]):
            page = f"{short}#{number}"
            template, other = repriced(image, line, random.Random(page))
            made.append(_save(out, page, short, page, "other number", template, other))
            change = random.Random(page).choice([*CHANGES])
            for v in variants(page, page, template, [change]):
                made.append(_save(out, v.name, short, page, v.change, v.image))
    return made


def _save(out: Path, name: str, base: str, page: str, change: str, image: Image.Image, number: str = "") -> Made:
    image.save(out / f"{name}.png", compress_level=1)
    return Made(f"{name}.png", base, page, change, number)


def legible(made: Sequence[Made], read: dict[str, dict[str, Any]]) -> list[Made]:
    """Without templates on which nobody can read the new number: those whose OCR at full size does not hold it."""
    failed = {one.page for one in made if one.number and one.number not in numbers(read[one.image_id]["text"])}
    return [one for one in made if one.page not in failed]


def grouped(made: Sequence[Made], folder: Path, read: dict[str, dict[str, Any]]) -> dict[str, str]:
    """The group of every picture of the set."""
    finder, rows = KeypointFinder(), []
    for one in made:
        path = str(folder / one.image_id)
        image = FETCHER.open(path, MAX_PIXELS)
        rows.append(fingerprint(one.image_id, path, image, read[one.image_id]["lines"], True, finder))
    return group_ids(pl.DataFrame(rows, schema=FINGERPRINT), MAX_PIXELS, FETCHER.limits).best


def scores(made: Sequence[Made], groups: dict[str, str]) -> dict[str, Any]:
    """Precision and recall over pairs of pictures, recall of each change beside its original, and what went wrong."""
    counts: Counter[str] = Counter()
    false, changes = [], {change: [0, 0] for change in CHANGES}
    for a, b in combinations(made, 2):
        same, together = a.page == b.page, groups[a.image_id] == groups[b.image_id]
        counts["pairs of one page"] += same
        counts["pairs of one template with other numbers"] += a.base == b.base and not same
        counts["found"] += same and together
        if together and not same:
            false.append([a.image_id, b.image_id])
        if same and a.change == "original":
            changes[b.change][0] += together
            changes[b.change][1] += 1
    found, wrong = counts["found"], len(false)
    return {
        "pictures": len(made),
        **counts,
        "precision": round(found / max(found + wrong, 1), 4),
        "recall": round(found / max(counts["pairs of one page"], 1), 4),
        "recall beside the original": {name: round(hit / max(of, 1), 4) for name, (hit, of) in changes.items()},
        "false": false,
        "templates mistaken": sum(_base(a) == _base(b) for a, b in false),
    }


def _base(image_id: str) -> str:
    return image_id.split("#")[0].split("~")[0].removesuffix(".png")


def run(images: Path, pictures: int, work: Path) -> dict[str, Any]:
    """Make the set, read it, group it; returns the report."""
    names, originals, made_in = chosen(images, pictures), work / "originals", work / "set"
    for folder in (originals, made_in):
        folder.mkdir(parents=True)
    for name in names:
        (originals / name).parent.mkdir(parents=True, exist_ok=True)
        (originals / name).symlink_to((images / name).resolve())
    started = time.perf_counter()
    made = make_set(images, names, read_all(originals, work / "originals_ocr"), made_in)
    print(f"variants: {len(made)} pictures made of {len(names)}", file=sys.stderr, flush=True)
    read = read_all(made_in, work / "set_ocr")
    kept = legible(made, read)
    reading = time.perf_counter() - started
    started = time.perf_counter()
    report = {**scores(kept, grouped(kept, made_in, read)), "left out as illegible": len(made) - len(kept)}
    report["seconds"] = {"reading": round(reading, 1), "grouping": round(time.perf_counter() - started, 1)}
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "folder": images.name,
        "from": len(names),
        **report,
    }


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a page."""
    lines = [
        "# Near duplicates on variants of pictures",
        "",
        f"Written by `python -m benchmarks.variants --out docs/benchmarks` on {report['date']}: {report['from']} "
        f"pictures of `{report['folder']}`, {report['pictures']} with their variants, read by `data_jobs.ocr_images`. "
        f"Reading {report['seconds']['reading']} s, grouping {report['seconds']['grouping']} s.",
        "",
        "| | |",
        "|---|---|",
        f"| precision, over pairs that share a group | **{report['precision']:.3f}** |",
        f"| recall, over pairs of the same picture and numbers | **{report['recall']:.3f}** |",
        f"| pairs of the same picture and numbers | {report['pairs of one page']:,} |",
        f"| pairs of one template with other numbers | {report['pairs of one template with other numbers']:,} |",
        f"| of these, mistaken for one another | {report['templates mistaken']} |",
        f"| pictures left out, as their new number cannot be read | {report['left out as illegible']} |",
        "",
        "| change | found beside its original |",
        "|---|---|",
        *(f"| {name} | {share:.3f} |" for name, share in report["recall beside the original"].items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Command line; returns 2 where the folder has no pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, default=ROOT / "examples/images", help="folder of pictures")
    parser.add_argument("--pictures", type=int, default=30, help="pictures that variants are made of")
    parser.add_argument("--out", type=Path, help="folder for variants.json and variants.md")
    parser.add_argument("--work", type=Path, help="keep the pictures that were made in this new folder")
    given = parser.parse_args()
    if not given.images.is_dir():
        print(f"benchmarks.variants: --images {given.images}: there is no such folder", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        report = run(given.images, given.pictures, given.work or Path(temporary) / "work")
    print(as_markdown(report))
    print("false:", report["false"])
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(report, ensure_ascii=False, indent=1)
        (given.out / "variants.json").write_text(text + "\n", encoding="utf-8")
        (given.out / "variants.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
