"""A collection of pages made from numbers alone, with planted near duplicates and templates of several prices.

A page has words, as `data_jobs.clustering.fingerprint` gives them, at places on it, a thumbnail and a line with a
price. What is needed to find candidates is made for all pages at once; places, thumbnails and lines are made when a
pair is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_jobs.clustering.fingerprint import THUMB, Line, Page

WORDS = 134
"""Words of a page: the median of real ones."""
KEPT = 0.4
"""Share of its words that a changed copy keeps, so that two copies share 0.16 of theirs: the median of variants of real
pictures (benchmarks.variants)."""
COMMON_SHARE, COMMON_WORDS = 0.08, 3000
"""Share of words that are those of letters and logos, and how many of these there are."""
SPACE = 1 << 30
TEMPLATE_KEPT = 0.8
Rows = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Collection:
    """Of each page: its base (the picture it was made from), its page (base and price), its words and its price.

    `base` and `page` are n integers, `words` is n x WORDS, `price` n integers; pages of one `page` are near duplicates.
    """

    base: Rows
    page: Rows
    price: Rows
    words: Rows
    kept: NDArray[np.bool_]

    @classmethod
    def make(cls, number: int, seed: int = 0) -> Collection:
        """`number` pages: a tenth are copies in groups of two or three, a tenth templates of five prices each."""
        random = np.random.default_rng(seed)
        base, page = _planted(number)
        price = random.integers(100, 100_000, number, dtype=np.uint32)[page]
        words = random.integers(0, SPACE, (number, WORDS), dtype=np.uint32)
        share = np.where(base == page, KEPT, TEMPLATE_KEPT).astype(np.float32)
        share[base == np.arange(number)] = 1
        kept = random.random((number, WORDS), np.float32) < share[:, None]
        words = np.where(kept, words[base], words)
        common = random.random((number, WORDS), np.float32) < COMMON_SHARE
        words[common] = random.integers(0, COMMON_WORDS, int(common.sum()), dtype=np.uint32)
        return cls(base, page, price, words, kept & ~common)

    def table(self) -> pl.DataFrame:
        """The FINGERPRINT columns that candidates are found by."""
        words = pl.Series("words", self.words, dtype=pl.Array(pl.UInt32, WORDS)).arr.to_list()
        return pl.DataFrame([words, pl.Series("offers", self.price).cast(pl.String)])

    def pages(self, rows: Rows) -> list[Page]:
        """These pages, ready to be compared."""
        return [self._page(int(row)) for row in rows]

    def _page(self, row: int) -> Page:
        base, own = np.random.default_rng([1, self.base[row]]), np.random.default_rng([2, row])
        left, top, wide, high = (0.0, 0.0, 1.0, 1.0) if own.random() < 0.4 else _crop(own)
        places = base.random((WORDS, 2), np.float32)
        places = (places - np.float32([left, top])) / np.float32([wide, high])
        places = np.where(self.kept[row][:, None], places, own.random((WORDS, 2), np.float32))
        words, first = np.unique(self.words[row], return_index=True)
        thumb = _thumb(base, left, top, wide, high)
        size = round(800 * wide), round(800 * high)
        return Page(str(row), "", *size, self._lines(row, left, top, wide, high), words, places[first], thumb)

    def _lines(self, row: int, left: float, top: float, wide: float, high: float) -> tuple[Line, ...]:
        price = str(self.price[row])
        box = ((0.4 - left) / wide, (0.5 - top) / high, (0.6 - left) / wide, (0.56 - top) / high)
        return (Line(f"¥{price}", box, 0.98, (price,), True, (price,)),)


def _planted(number: int) -> tuple[Rows, Rows]:
    """Base and page of every page, each named by the first page of its own: in every fifty pages a group of two copies,
    one of three, and a template of five prices; all others are alone."""
    page = np.arange(number, dtype=np.uint32)
    base, place = page.copy(), page % 50
    for first, last, of in ((0, 2, (base, page)), (2, 5, (base, page)), (5, 10, (base,))):
        inside = (place >= first) & (place < last)
        for named in of:
            named[inside] -= place[inside] - first
    return base, page


def _crop(own: np.random.Generator) -> tuple[float, float, float, float]:
    left, top, right, bottom = own.uniform(0, 0.1, 4)
    return float(left), float(top), float(1 - left - right), float(1 - top - bottom)


def _thumb(base: np.random.Generator, left: float, top: float, wide: float, high: float) -> NDArray[np.uint8]:
    """Waves of colour over the base, seen through the crop."""
    at = (np.arange(THUMB, dtype=np.float32) + 0.5) / THUMB
    x, y = left + wide * at[None, :, None], top + high * at[:, None, None]
    pace, phase = base.uniform(-9, 9, (2, 3, 3)), base.uniform(0, 6, (3, 3))
    waves = [np.sin(pace[0, i] * x + pace[1, i] * y + phase[i]) for i in range(3)]
    return np.asarray(128 + 40 * np.sum(waves, axis=0), np.uint8)
