"""What near-duplicate search knows of a picture: lines of print with their numbers, keypoint words, a thumbnail."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image

from data_jobs.clustering.alignment import Box
from data_jobs.clustering.keypoints import BITS, TABLES, KeypointFinder, Points, Words
from data_jobs.clustering.page_numbers import has_offer_mark, is_bare, numbers

THUMB = 32
"""Side of the thumbnail in pixels, whatever the picture's shape."""
FINGERPRINT = pl.Schema(
    {
        "image_id": pl.String(),
        "path": pl.String(),
        "width": pl.Int32(),
        "height": pl.Int32(),
        "texts": pl.List(pl.String()),
        "boxes": pl.List(pl.Float32()),
        "scores": pl.List(pl.Float32()),
        "words": pl.List(pl.UInt32()),
        "points": pl.List(pl.Float32()),
        "thumb": pl.Binary(),
        "offers": pl.String(),
        "letters": pl.Int32(),
        "usable": pl.Boolean(),
    }
)
"""One row a picture. `boxes` has left, top, right and bottom of each text as shares of the page, one after the other,
`points` x and y of each word, `thumb` THUMB x THUMB RGB bytes, `offers` the numbers of its offers; `path` is where to
look at the picture again."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print: text, box (shares of the page), score of its reading, its numbers, whether they are an offer.

    `readable` are its numbers as if it were an offer: where a copy's mark of the offer was not read, they are there.
    """

    text: str
    box: Box
    score: float
    numbers: tuple[str, ...]
    offer: bool
    readable: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A FINGERPRINT row ready to be compared: only its lines with numbers are parsed; `thumb` is side x side x 3."""

    image_id: str
    path: str
    width: int
    height: int
    lines: tuple[Line, ...]
    words: Words
    points: Points
    thumb: NDArray[np.uint8]


def fingerprint(
    image_id: str, path: str, image: Image.Image, lines: Sequence[Mapping[str, Any]], usable: bool, find: KeypointFinder
) -> dict[str, Any]:
    """The FINGERPRINT row of a picture and its OCR lines."""
    seen, places = find.find(image)
    small = image.resize((THUMB, THUMB), Image.Resampling.BOX)
    texts = [line["text"] for line in lines]
    boxes = [_shares(line["box"], image.width, image.height) for line in lines]
    read, corners = line_words(texts, boxes)
    words, points = once(np.concatenate([seen, read]), np.concatenate([places, corners]))
    return {
        "image_id": image_id,
        "path": path,
        "width": image.width,
        "height": image.height,
        "texts": texts,
        "boxes": [share for box in boxes for share in box],
        "scores": [line["score"] for line in lines],
        "words": words,
        "points": points.ravel(),
        "thumb": np.asarray(small).tobytes(),
        "offers": offers(numbered_lines(texts, boxes, [line["score"] for line in lines])),
        "letters": sum(letter.isalnum() for text in texts for letter in text),
        "usable": usable,
    }


def _shares(corners: Sequence[Sequence[float]], width: int, height: int) -> Box:
    xs, ys = zip(*corners, strict=True)
    return min(xs) / width, min(ys) / height, max(xs) / width, max(ys) / height


def line_words(texts: Sequence[str], boxes: Sequence[Box]) -> tuple[Words, Points]:
    """Words of a page's lines and where they are: each line of three letters or more gives one for its box's top left
    corner and one for its bottom right, in two tables of their own beside those of the keypoints."""
    words: list[int] = []
    points: list[tuple[float, float]] = []
    for text, box in zip(texts, boxes, strict=True):
        letters = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).lower()))
        if len(letters) >= 3:
            code = zlib.crc32(letters.encode()) & ((1 << BITS) - 1)
            words += [code | TABLES << BITS, code | (TABLES + 1) << BITS]
            points += [(box[0], box[1]), (box[2], box[3])]
    return np.array(words, np.uint32), np.array(points, np.float32).reshape(-1, 2)


def once(words: Words, points: Points) -> tuple[Words, Points]:
    """The words that stand once on a page: of others nobody can tell which of them is which on another page."""
    _, first, count = np.unique(words, return_index=True, return_counts=True)
    kept = first[count == 1]
    return words[kept], points[kept]


def read_page(row: Mapping[str, Any]) -> Page:
    """The page of a FINGERPRINT row."""
    corners = np.asarray(row["boxes"], np.float32).reshape(-1, 4).tolist()
    boxes = [(left, top, right, bottom) for left, top, right, bottom in corners]
    return Page(
        row["image_id"],
        row["path"],
        row["width"],
        row["height"],
        numbered_lines(row["texts"], boxes, row["scores"]),
        np.asarray(row["words"], np.uint32),
        np.asarray(row["points"], np.float32).reshape(-1, 2),
        np.frombuffer(row["thumb"], np.uint8).reshape(THUMB, THUMB, 3),
    )


def numbered_lines(texts: Sequence[str], boxes: Sequence[Box], scores: Sequence[float]) -> tuple[Line, ...]:
    """The lines that hold numbers.

    A number that stands alone belongs to an offer if a line with a price's marks is next to it: OCR often reads a
    large price and its ¥ as two lines.
    """
    marks = [box for text, box in zip(texts, boxes, strict=True) if has_offer_mark(text)]
    lines = []
    for text, box, score in zip(texts, boxes, scores, strict=True):
        offer = has_offer_mark(text) or (is_bare(text) and any(_next_to(box, mark) for mark in marks))
        readable = numbers(text, offer=True)
        if readable:
            lines.append(Line(text, box, score, numbers(text, offer), offer, readable))
    return tuple(lines)


def offers(lines: Sequence[Line]) -> str:
    """The numbers of all offers of a page, sorted, in one string: equal where two pages have the same ones."""
    return " ".join(sorted(number for line in lines if line.offer for number in line.numbers))


def _next_to(box: Box, other: Box) -> bool:
    """Whether two boxes touch when the first is grown by its own height (its width is a share of another side)."""
    grow = box[3] - box[1]
    return (
        box[0] - grow < other[2] and other[0] < box[2] + grow and box[1] - grow < other[3] and other[1] < box[3] + grow
    )
