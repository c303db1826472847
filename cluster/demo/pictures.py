"""The pictures of a run as the report shows them: small copies with the lines that OCR found drawn over them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from PIL import Image

THUMBNAIL = 360  # pixels, the longest side of a picture in the report


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of the report. `boxes` are polygons in the picture's own pixels, as SVG points."""

    image_id: str
    data_uri: str | None
    width: int
    height: int
    boxes: tuple[str, ...]
    text: str
    topic: str
    cluster: int | None
    group: str
    keep: bool
    reason: str
    priority: int


def load_pictures(ocr: Path, clusters: Path, images: Path) -> list[Picture]:
    """Join the OCR rows with the cluster rows, one picture each; kept ones first, important topics before others."""
    pages = {row["image_id"]: row for row in pl.read_parquet(f"{ocr}/*.parquet").iter_rows(named=True)}
    rows = pl.read_parquet(f"{clusters}/*.parquet").sort(
        "keep", "priority", "image_id", descending=[True, False, False]
    )
    return [_picture(row, pages[row["image_id"]], images) for row in rows.iter_rows(named=True)]


def _picture(row: Mapping[str, Any], page: Mapping[str, Any], images: Path) -> Picture:
    return Picture(
        image_id=row["image_id"],
        data_uri=_thumbnail(images / row["image_id"]),
        width=page["width"] or 1,
        height=page["height"] or 1,
        boxes=tuple(" ".join(f"{x:.0f},{y:.0f}" for x, y in map(_point, line["box"])) for line in page["lines"] or ()),
        text=page["text"] or "",
        topic=row["topic"],
        cluster=row["cluster_id"],
        group=str(row["group_id"]),
        keep=row["keep"],
        reason=row["reason"] or page["error"] or "",
        priority=row["priority"] or 0,
    )


def _point(point: Any) -> tuple[float, float]:
    return (point["x"], point["y"]) if isinstance(point, Mapping) else (point[0], point[1])


def _thumbnail(path: Path) -> str | None:
    try:
        with Image.open(path) as image:
            image.thumbnail((THUMBNAIL, THUMBNAIL * 3))
            buffer = io.BytesIO()
            image.convert("RGB").save(buffer, "JPEG", quality=70)
    except (OSError, ValueError, Image.DecompressionBombError):
        return None  # the row's reason says why the picture cannot be read
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
