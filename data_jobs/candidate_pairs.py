"""Which pages are worth comparing: those that share words, found by joins and never by comparing all with all.

A word that few pages have brings all of them together. A word that many have (a letter, a logo, a template, one picture
in hundreds of listings) brings together those of the same offers only, as others would be refused anyway; and where
these are many too, each with the best of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

SHARED = 2
"""Words that two pages share at least: one may be chance, and one match gives no scale."""
COMMON = 20
"""Pages that a word brings together at most."""
SHARDS = 8
"""Shares of the words that are joined one after the other, so that the join's memory is an eighth."""


def candidate_pairs(pages: pl.DataFrame, shards: int = SHARDS) -> pl.DataFrame:
    """Pairs of row numbers `a` < `b` of pages to compare, sorted.

    Args:
        pages: FINGERPRINT columns `words` and `offers`, the best pages first: the best of a common word is the first.
    """
    words = pages.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("page"), "words", pl.col("offers").hash(0))
    found = [pairs for shard in range(shards) for pairs in _pairs(_shard(words, shard, shards))]
    counted = pl.concat(found).group_by("a", "b").agg(pl.col("times").sum())
    return counted.filter(pl.col("times") >= SHARED).select("a", "b").sort("a", "b")


def _shard(words: pl.DataFrame, shard: int, shards: int) -> pl.DataFrame:
    """The words of one shard, one row for each page that has it, without those that one page has alone."""
    chosen = pl.col("words").list.eval(pl.element().filter(pl.element() % shards == shard).unique())
    rows = words.with_columns(chosen).explode("words").drop_nulls("words")
    return rows.filter(pl.len().over("words") > 1)


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
