"""Near duplicates: the same page saved, resized, cropped or stamped again, decided from its text and its look.

Two pages whose texts hold different numbers are never the same page, however alike they look: one template with two
prices is two offers.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAME_TEXT = 0.85
"""Share of the shorter text's letter pairs that the longer one has too."""
SAME_LENGTH = 0.5
"""The shorter text has at least this share of the longer one's letters."""
LETTERS = 6
"""With fewer letters, text proves nothing and the look decides alone."""
LOOK_WITH_TEXT = 0.6
"""Correlation of colour layouts that the same text asks for ..."""
LOOK_ALONE = 0.97
"""... and that is enough by itself, together with `HASH_BITS`."""
HASH_BITS = 8
"""Perceptual hashes of the same picture differ in at most this many of 64 bits."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Page:
    """What near-duplicate search knows of a page.

    `text` is its OCR text, `look` its colour layout (any fixed length), `hash` its 64-bit perceptual hash, `pixels`
    width times height, `usable` whether no filter drops it.
    """

    image_id: str
    text: str
    look: NDArray[np.float32]
    hash: int
    pixels: int
    usable: bool = True


def numbers(text: str) -> frozenset[str]:
    """The numbers in a text as written in ASCII digits: `９.90元` gives 9.90."""
    return frozenset(_NUMBER.findall(unicodedata.normalize("NFKC", text)))


def letter_pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters and digits, over spaces, punctuation and line breaks."""
    letters = "".join(_LETTER.findall(unicodedata.normalize("NFKC", text).lower()))
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def same_page(a: Page, b: Page) -> bool:
    """Whether two pages are near duplicates: equal numbers, and the same text in a similar look or the same look."""
    if numbers(a.text) != numbers(b.text):
        return False
    pairs_a, pairs_b = letter_pairs(a.text), letter_pairs(b.text)
    shorter, longer = sorted((len(pairs_a), len(pairs_b)))
    if shorter < LETTERS:
        return longer < LETTERS and _same_look(a, b)
    same_text = len(pairs_a & pairs_b) >= SAME_TEXT * shorter and shorter >= SAME_LENGTH * longer
    return same_text and _correlation(a.look, b.look) >= LOOK_WITH_TEXT


def _same_look(a: Page, b: Page) -> bool:
    return (a.hash ^ b.hash).bit_count() <= HASH_BITS and _correlation(a.look, b.look) >= LOOK_ALONE


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    x, y = a - a.mean(), b - b.mean()
    scale = float(np.linalg.norm(x) * np.linalg.norm(y))
    return float(x @ y) / scale if scale > 1e-6 else float(np.allclose(a, b, atol=0.02))


def group_ids(pages: Sequence[Page]) -> dict[str, str]:
    """For every page the image_id of the best page of its group; a page alone is its own best.

    Pages are compared only with those of the same numbers. Groups are closed under `same_page`; since all of a group
    have the same numbers, closing never joins two prices.
    """
    parent = {page.image_id: page.image_id for page in pages}
    for a, b in _pairs(pages):
        root_a, root_b = _root(parent, a.image_id), _root(parent, b.image_id)
        if root_a != root_b and same_page(a, b):
            parent[max(root_a, root_b)] = min(root_a, root_b)
    groups: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        groups[_root(parent, page.image_id)].append(page)
    return {page.image_id: _best(group) for group in groups.values() for page in group}


def _pairs(pages: Iterable[Page]) -> Iterator[tuple[Page, Page]]:
    blocks: dict[frozenset[str], list[Page]] = defaultdict(list)
    for page in sorted(pages, key=lambda page: page.image_id):
        block = blocks[numbers(page.text)]
        yield from ((other, page) for other in block)
        block.append(page)


def _root(parent: dict[str, str], image_id: str) -> str:
    while parent[image_id] != image_id:
        parent[image_id] = parent[parent[image_id]]
        image_id = parent[image_id]
    return image_id


def _best(group: Sequence[Page]) -> str:
    """A usable picture if there is one, the largest; of equals the one with least text, since stamps add some."""
    return min(group, key=lambda page: (not page.usable, -page.pixels, len(page.text), page.image_id)).image_id
