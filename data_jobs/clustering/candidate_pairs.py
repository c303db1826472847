"""Which pages are worth comparing: those that share words, found by joins and never by comparing all with all.

A word that few pages have brings all of them together. A word that many have (a letter, a logo, a template, one picture
in hundreds of listings) brings together those of the same offers only, as others would be refused anyway; and where
these are many too, each with the best of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_jobs.clustering.keypoints import Words

SHARED = 2
"""Words that two pages share at least: one may be chance, and one match gives no scale."""
COMMON = 20
"""Pages that a word brings together at most."""
SHARDS = 8
"""Shares of the words that are joined one after the other, so that the join's memory is an eighth."""


def candidate_pairs(pages: pl.DataFrame, shards: int = SHARDS) -> pl.DataFrame:
    """Pairs of row numbers `a` < `b` of pages to compare, sorted.

    Args:
        pages: FINGERPRINT columns `words` (each once in a page) and `offers`, the best pages first: the best of those
            that have a common word is the first.
    """
    words = pages["words"].explode().drop_nulls().to_numpy()
    page = np.repeat(np.arange(len(pages), dtype=np.uint32), pages["words"].list.len())
    offers = pages["offers"].hash(0).to_numpy()
    found = [pairs for shard in range(shards) for pairs in _pairs(_shard(words, page, offers, shard, shards))]
    counted = pl.concat(found).group_by("a", "b").agg(pl.col("times").sum())
    return counted.filter(pl.col("times") >= SHARED).select("a", "b").sort("a", "b")


def _shard(words: Words, page: Words, offers: NDArray[np.uint64], shard: int, shards: int) -> pl.DataFrame:
    """Who has which word of a shard, without the words of one page alone: by sorting, which is faster than a join."""
    chosen = words % shards == shard
    both = np.sort(words[chosen].astype(np.uint64) << 32 | page[chosen])
    same = both[1:] >> 32 == both[:-1] >> 32
    both = both[np.concatenate([same, [False]]) | np.concatenate([[False], same])] if len(both) else both
    owner = (both & 0xFFFFFFFF).astype(np.uint32)
    return pl.DataFrame({"page": owner, "words": (both >> 32).astype(np.uint32), "offers": offers[owner]})


def _pairs(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Pairs that share a word of the shard, with how many (`times`)."""
    common = pl.len().over("words") > COMMON
    yield _all_pairs(rows.filter(~common), ["words"])
    split = rows.filter(common)
    crowded = pl.len().over("words", "offers") > COMMON
    yield _all_pairs(split.filter(~crowded), ["words", "offers"])
    yield _with_first(split.filter(crowded))


def _all_pairs(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    joined = rows.select(*key, a="page").join(rows.select(*key, b="page"), on=key)
    return _counted(joined.filter(pl.col("a") < pl.col("b")))


def _with_first(rows: pl.DataFrame) -> pl.DataFrame:
    linked = rows.select(a=pl.col("page").min().over("words", "offers"), b="page")
    return _counted(linked.filter(pl.col("a") < pl.col("b")))


def _counted(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.group_by("a", "b").agg(times=pl.len())
