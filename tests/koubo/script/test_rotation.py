"""Whose turn is next."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from koubo.script.rotation import Rotation, Visits
from koubo.script.stream_request import ProductRole

HERO, TRAFFIC, PROFIT = ProductRole.HERO, ProductRole.TRAFFIC, ProductRole.PROFIT


def products() -> list[Visits]:
    return [
        Visits("h", HERO, 3, 100),
        Visits("t", TRAFFIC, 2, 100),
        *(Visits(f"p{number}", PROFIT, 1, 100) for number in range(6)),
    ]


def turns(rotation: Rotation, number: int) -> list[str]:
    given: list[str] = []
    for _ in range(number):
        given.append(rotation.next(frozenset(given[-1:])))
    return given


def test_heroes_return_most_and_everything_comes_once() -> None:
    given = turns(Rotation(products(), 1100), 11)
    assert given[0] == "t" and "h" in given[1:3]
    counts = Counter(given)
    assert counts["h"] == 3 and counts["t"] == 2 and all(counts[f"p{n}"] == 1 for n in range(6))
    places = [place for place, one in enumerate(given) if one == "h"]
    assert min(b - a for a, b in pairwise(places)) >= 2


def test_where_time_is_short_nothing_returns_before_all_have_come() -> None:
    assert len(set(turns(Rotation(products(), 800), 8))) == 8


def test_a_pinned_order_is_kept() -> None:
    assert turns(Rotation(products(), 800, ("p1", "h")), 4) == ["p1", "h", "p1", "h"]
