"""How the pictures of a run are cut into blocks, each read by one actor and written as one part."""

from __future__ import annotations

from itertools import accumulate

import polars as pl


def block_sizes(pictures: int, actors: int, most: int) -> list[int]:
    """Sizes of the blocks, in order: at most `most`, and ever smaller towards the end.

    Each is a share of what is left (guided self-scheduling: Polychronopoulos and Kuck, 1987), so that no actor waits
    long for another's last block.
    """
    sizes = []
    while pictures:
        sizes.append(max(1, min(most, pictures // (4 * actors))))
        pictures -= sizes[-1]
    return sizes


def as_one_row(block: pl.DataFrame) -> pl.DataFrame:
    """A block as one row, `pictures`: Ray Data, which cuts and joins rows as it likes, passes it on as it is."""
    return block.select(pictures=pl.struct(pl.all()).implode())


def blocks(todo: pl.DataFrame, actors: int, most: int) -> list[pl.DataFrame]:
    """The manifest in blocks of those sizes."""
    sizes = block_sizes(len(todo), actors, most)
    return [todo.slice(end - size, size) for end, size in zip(accumulate(sizes), sizes, strict=True)]
