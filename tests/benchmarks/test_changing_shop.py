"""The benchmark's shop: what a script says when it is written, and what is true an hour later."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.changing_shop import ENDS, LATER, WRITTEN_AT, changing_shop

CATALOG = Path(__file__).parents[2] / "examples" / "catalog"


def test_promotions_end_and_every_other_price_goes_up() -> None:
    shop = changing_shop([CATALOG], 6)
    assert len(shop.products) == 6
    for number, product in enumerate(shop.products):
        before, after = shop.before.product(product.id, WRITTEN_AT), shop.after.product(product.id, LATER)
        assert before.promotions and before.not_after == ENDS
        assert not after.promotions
        assert (after.price > before.price) == (number % 2 == 0)


def test_too_few_products_are_told() -> None:
    with pytest.raises(ValueError, match="1000 asked for"):
        changing_shop([CATALOG], 1000)
