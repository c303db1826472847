"""How well topical clusters follow products: the adjusted Rand index on a catalogue whose pictures have known products.

    python -m benchmarks.clusters                          reads the pictures first, a minute or two
    python -m benchmarks.clusters --ocr FOLDER             takes the rows of data_jobs.ocr_images from this folder
    python -m benchmarks.clusters --out docs/benchmarks    writes clusters.json and clusters.md as well

The pictures are those of ../shared/data/images, which are no part of the project; a product of
../shared/data/catalog/shopxo is the true cluster of its pictures. 0 is chance, 1 is perfect. A page's vector is made by
the code of data_jobs.cluster_images with the weights of its settings; k-means starts from five different seeds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cluster.sentence_encoder import SentenceEncoder
from data_jobs.cluster_images import ClusterSettings
from data_jobs.clustering.described_pages import TEXT_LIMIT
from data_jobs.clustering.kmeans import Vectors, choose, fit_here, nearest
from data_jobs.clustering.look import look
from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_web import WebLimits
from data_jobs.ocr_images import OcrSettings, ocr_pictures

SHARED = Path(__file__).parents[2] / "shared" / "data"
PRODUCTS = SHARED / "catalog/shopxo/products.jsonl"
IMAGES = SHARED / "images"
SEEDS = range(0, 20, 4)


def owners() -> dict[str, str]:
    """File name of every picture of the catalogue -> its product."""
    products = [json.loads(line) for line in PRODUCTS.read_text(encoding="utf8").splitlines()]
    return {image.rsplit("/", 1)[-1]: product["id"] for product in products for image in product["images"]}


def read(folder: Path) -> pl.DataFrame:
    """OCR rows of the catalogue's pictures."""
    rows = pl.read_parquet(folder / "*.parquet").filter(pl.col("image_id").str.starts_with("shopxo/"))
    return rows.sort("image_id")


def vectors(rows: pl.DataFrame) -> tuple[Vectors, Vectors]:
    """Text and look of every page, as they stand in the vector of a page."""
    settings = ClusterSettings.from_cli(["--ocr=/a", "--understood=/a", "--images=/a", "--out=/a"])
    encoder = SentenceEncoder(settings.models.embedder, 1)
    text = encoder.encode([text[:TEXT_LIMIT] for text in rows["text"]])
    fetcher = Fetcher(WebLimits())
    looks = [look(fetcher.open(str(IMAGES / name), settings.max_pixels)) for name in rows["image_id"]]
    return text, settings.look_weight * np.stack(looks)


def index(true: NDArray[np.str_], made: Vectors, k: int) -> dict[str, Any]:
    """Adjusted Rand index for k clusters (mean, least and most over the seeds) and for the k that the job chooses."""
    from sklearn.metrics import adjusted_rand_score

    found = [adjusted_rand_score(true, nearest(made, fit_here(made, k, seed)[0])) for seed in SEEDS]
    chosen = choose(made, ClusterSettings.model_fields["clusters_max"].default)
    return {
        "mean": round(statistics.mean(found), 3),
        "least": round(min(found), 3),
        "most": round(max(found), 3),
        "chosen k": len(chosen),
        "at the chosen k": round(adjusted_rand_score(true, nearest(made, chosen)), 3),
    }


def run(rows: pl.DataFrame) -> dict[str, Any]:
    """Measure text, look and both; returns the report."""
    product = owners()
    rows = rows.filter(pl.col("image_id").str.split("/").list.last().is_in(list(product)))
    true = np.array([product[name.rsplit("/", 1)[-1]] for name in rows["image_id"]])
    text, looks = vectors(rows)
    parts = {"text": text, "look": looks, "text and look (the job's)": np.hstack([text, looks])}
    k = len(set(true.tolist()))
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes"),
        "pictures": len(rows),
        "products": k,
        "index": {name: index(true, made.astype(np.float32), k) for name, made in parts.items()},
    }


def as_markdown(report: dict[str, Any]) -> str:
    """The report as a page."""
    k = report["products"]
    lines = [
        "# Topical clusters and products",
        "",
        f"Written by `python -m benchmarks.clusters --out docs/benchmarks` on {report['date']}: {report['pictures']} "
        f"pictures of {k} products. Adjusted Rand index: 0 is chance, 1 is perfect.",
        "",
        f"| vector of a page | {k} clusters: mean (least to most) of {len(SEEDS)} starts | k by silhouette |",
        "|---|---|---|",
    ]
    for name, found in report["index"].items():
        spread = f"{found['mean']:.3f} ({found['least']:.3f} to {found['most']:.3f})"
        lines.append(f"| {name} | {spread} | {found['at the chosen k']:.3f} (k = {found['chosen k']}) |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Command line; returns 2 where the pictures are not on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ocr", type=Path, help="folder of OCR rows of the pictures")
    parser.add_argument("--out", type=Path, help="folder for clusters.json and clusters.md")
    given = parser.parse_args()
    if not PRODUCTS.exists():
        print(f"benchmarks.clusters: not on this machine: {PRODUCTS}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        if given.ocr is None:
            ocr_pictures(OcrSettings.from_cli(["--images", str(IMAGES), "--out", temporary]))
        report = run(read(given.ocr or Path(temporary)))
    print(as_markdown(report))
    if given.out:
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / "clusters.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        (given.out / "clusters.md").write_text(as_markdown(report), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
