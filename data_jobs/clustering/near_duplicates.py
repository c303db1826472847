"""Groups of near duplicates, each around its best page, such that no group ever holds two prices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data_jobs.clustering.fingerprint import Page
from data_jobs.clustering.same_page import Recheck, same_page

Pairs = NDArray[np.uint32]
Load = Callable[[NDArray[np.uint32]], Sequence[Page]]
"""Gives the pages of some row numbers, in their order."""


def best_first(pages: pl.DataFrame) -> pl.DataFrame:
    """FINGERPRINT rows in the order in which a group is named: usable pages, then large ones, then those with little
    text, since stamps add some; of equals by id, so that the order of the input means nothing."""
    pixels = pl.col("width").cast(pl.Int64) * pl.col("height")
    return pages.sort(~pl.col("usable"), -pixels, "letters", "image_id")


def tiers(pages: pl.DataFrame) -> list[int]:
    """Numbers that rise along `best_first` pages where they get smaller or less usable."""
    return (
        pages.select(pl.struct("usable", pl.col("width").cast(pl.Int64) * pl.col("height")).rle_id())
        .to_series()
        .to_list()
    )


def same_pairs(pairs: Pairs, load: Load, recheck: Recheck) -> Pairs:
    """Those of the pairs (n x 2 row numbers) that are the same page."""
    rows = np.unique(pairs)
    pages = dict(zip(rows.tolist(), load(rows), strict=True))
    same = [same_page(pages[a], pages[b], recheck) for a, b in pairs.tolist()]
    return pairs[np.array(same, bool)]


def leaders(same: Pairs, offers: Sequence[str], tiers: Sequence[int]) -> NDArray[np.uint32]:
    """For every page the row number of the best page of its group; its own where it is alone.

    Groups are stars. Their middles are the largest pages, since a crop may not show what tells two pages apart; among
    equally large ones those that most others are the same page as. A page joins the first middle that it is the same
    page as, unless it and another member of the group have different offers and are not known to be the same page
    themselves. A page that is the same page as two different offers, such as a crop without the price, belongs to
    neither for certain and stays alone.

    Args:
        same: pairs a < b that are the same page.
        offers: of each page, the best page first (`best_first`).
        tiers: of each page; pages of one tier are equally usable and large (`tiers`).
    """
    friends: dict[int, set[int]] = defaultdict(set)
    for a, b in same.tolist():
        friends[a].add(b)
        friends[b].add(a)
    groups: dict[int, dict[str, list[int]]] = {}
    rank = {page: i for i, page in enumerate(sorted(friends, key=lambda p: (tiers[p], -len(friends[p]), p)))}
    for page in rank:
        if not _at_odds(friends[page], friends, offers):
            middles = sorted((m for m in friends[page] if m in groups), key=rank.__getitem__)
            middle = next((m for m in middles if _fits(groups[m], friends[page], offers[page])), page)
            groups.setdefault(middle, {}).setdefault(offers[page], []).append(page)
    leader = np.arange(len(offers), dtype=np.uint32)
    for group in groups.values():
        members = [page for named in group.values() for page in named]
        leader[members] = min(members)
    return leader


def _at_odds(some: set[int], friends: Mapping[int, set[int]], offers: Sequence[str]) -> bool:
    """Whether two of some pages have offers that the other lacks and are not known to be the same page."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for page in some:
        kinds[offers[page]].append(page)
    return any(
        _differ(one, other) and any(a not in friends[b] for a in kinds[one] for b in kinds[other])
        for one, other in combinations(kinds, 2)
    )


def _differ(one: str, other: str) -> bool:
    """Whether each of two lists of numbers has one that the other lacks: a crop only lacks some."""
    first, second = Counter(one.split()), Counter(other.split())
    return bool(first - second) and bool(second - first)


def _fits(group: Mapping[str, list[int]], friends: set[int], own: str) -> bool:
    """Whether all members with other offers than `own` are among the pages known to be the same page."""
    return all(offers == own or friends.issuperset(members) for offers, members in group.items())
