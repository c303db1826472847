"""The pictures that the report shows: examples of what was kept, dropped and clustered, small, with the lines read."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from PIL import Image

from data_jobs.manifest import read_manifest
from data_jobs.ocr.fetch import Fetcher, is_web
from data_jobs.ocr.picture_file import PictureError
from data_jobs.ocr.picture_web import WebLimits
from data_jobs.schemas import CLUSTERS, OCR, UNDERSTOOD, read_table

THUMBNAIL = 360  # pixels, the longer side of a small copy
TALLEST = 3.0  # times as tall as wide: what is below it is cut off
MAX_PIXELS = 50_000_000
WEB = WebLimits(timeout_s=5, tries=1)
"""A thumbnail is worth one short try, and no private network."""
KEPT_EACH, DROPPED_EACH, SHEETS, SHEET_PICTURES, READ_CLOSELY = 7, 7, 12, 12, 4


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the report; `boxes` are what OCR found, as SVG points in the picture's own pixels."""

    image_id: str
    symbol: str
    width: int
    height: int
    boxes: tuple[str, ...]
    lines: tuple[str, ...]
    topic: str
    summary: str
    statements: tuple[str, ...]
    group: str
    keep: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A cluster's contact sheet: its number and size, its commonest topics, and some of its pictures."""

    cluster: int
    size: int
    topics: tuple[tuple[str, int], ...]
    pictures: tuple[Picture, ...]


@dataclass(slots=True)
class Gallery:
    """Chosen pictures by section of the report; `thumbnails` holds the small copy of each as a data URI, by symbol."""

    kept: dict[str, list[Picture]] = field(default_factory=dict)
    dropped: dict[str, list[Picture]] = field(default_factory=dict)
    sheets: list[Sheet] = field(default_factory=list)
    closely: list[Picture] = field(default_factory=list)
    thumbnails: dict[str, str] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)


def load_gallery(images: str, ocr: str, understood: str, clusters: str) -> Gallery:
    """Choose the report's pictures from the tables of the picture jobs, a bounded number of each kind."""
    table = _joined(images, ocr, understood, clusters)
    shelf = _Shelf(table)
    kept, dropped = table.filter("keep"), table.filter(~pl.col("keep"))
    gallery = Gallery(
        kept={t: shelf.take(rows, KEPT_EACH) for t, rows in _grouped(kept, ["priority", "topic"], "topic")},
        dropped={r: shelf.take(rows, DROPPED_EACH) for r, rows in _grouped(dropped, ["why"], "why")},
        sheets=[shelf.sheet(rows) for rows in _largest_clusters(table)],
        closely=shelf.take(kept.sort(pl.col("lines").list.len(), "image_id", descending=[True, False]), READ_CLOSELY),
    )
    gallery.thumbnails = shelf.thumbnails
    gallery.counts = {"topic": _count(kept, "topic"), "why": _count(dropped, "why")}
    return gallery


def _joined(images: str, ocr: str, understood: str, clusters: str) -> pl.DataFrame:
    """One row a picture: where it is, what was read, understood and decided."""
    decided = read_table(clusters, CLUSTERS, "data_jobs.cluster_images")
    told = read_table(understood, UNDERSTOOD, "data_jobs.understand_images", ["image_id", "summary", "statements"])
    pages = read_table(ocr, OCR, "data_jobs.ocr_images", ["image_id", "lines", "width", "height", "error"])
    places = read_manifest(images)[0].select("image_id", "path")
    table = decided.join(pages, on="image_id").join(told, on="image_id").join(places, on="image_id", how="left")
    return table.with_columns(why=pl.col("reason").str.split(":").list.first()).sort("priority", "image_id")


def _grouped(table: pl.DataFrame, order: list[str], by: str) -> Iterable[tuple[str, pl.DataFrame]]:
    rows = table.sort(*order, "image_id")
    for name in rows[by].unique(maintain_order=True):
        yield str(name), rows.filter(pl.col(by) == name)


def _largest_clusters(table: pl.DataFrame) -> list[pl.DataFrame]:
    clustered = table.filter(pl.col("cluster_id") >= 0)
    sizes = clustered.group_by("cluster_id").len().sort("len", "cluster_id", descending=[True, False])
    return [clustered.filter(pl.col("cluster_id") == c) for c in sizes["cluster_id"].head(SHEETS)]


def _count(table: pl.DataFrame, column: str) -> dict[str, int]:
    return {str(name): int(n) for name, n in table[column].value_counts(sort=True).iter_rows()}


class _Shelf:
    """Makes each chosen picture once, and its thumbnail."""

    def __init__(self, table: pl.DataFrame) -> None:
        self._numbers = {image_id: n for n, image_id in enumerate(table["image_id"])}
        self._fetcher = Fetcher(WEB)
        self.thumbnails: dict[str, str] = {}

    def take(self, rows: pl.DataFrame, most: int) -> list[Picture]:
        return [self._picture(row) for row in rows.head(most).iter_rows(named=True)]

    def sheet(self, rows: pl.DataFrame) -> Sheet:
        topics = tuple(_count(rows, "topic").items())[:3]
        return Sheet(int(rows["cluster_id"][0]), rows.height, topics, tuple(self.take(rows, SHEET_PICTURES)))

    def _picture(self, row: Mapping[str, Any]) -> Picture:
        symbol = f"p{self._numbers[row['image_id']]}"
        if symbol not in self.thumbnails:
            self.thumbnails[symbol] = thumbnail(row["path"], row["error"], self._fetcher) or ""
        return Picture(
            image_id=row["image_id"],
            symbol=symbol,
            width=row["width"] or 1,
            height=row["height"] or 1,
            boxes=tuple(" ".join(f"{x},{y}" for x, y in line["box"]) for line in row["lines"]),
            lines=tuple(line["text"] for line in row["lines"]),
            topic=row["topic"],
            summary=row["summary"],
            statements=tuple(f"{s['label']}：{s['value']}" for s in row["statements"]),
            group=row["group_id"],
            keep=row["keep"],
            reason=row["reason"] or "",
        )


def thumbnail(path: str | None, error: str | None, fetcher: Fetcher) -> str | None:
    """A small copy as a data URI; None for a picture that cannot be opened (its row says why).

    What OCR could not get from the web, as its `error` says, is not asked for again.
    """
    if path is None or (error is not None and is_web(path)):
        return None
    try:
        image = fetcher.open(path, MAX_PIXELS)
    except PictureError:
        return None
    image.thumbnail((THUMBNAIL, round(THUMBNAIL * TALLEST)), Image.Resampling.BILINEAR)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
