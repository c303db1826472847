"""A writer of live values that runs beside those who render, in a thread or a process of its own."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from koubo.catalog.live import NewPrice, NewStock
from koubo.catalog.live_sqlite import SqliteLiveStore
from tests.truth.made_shop import START, ShopMaker


def write(path: Path, prices: Mapping[str, Decimal], rounds: int, seed: int) -> Sequence[int]:
    """Change prices and stocks together, and promotions, so many times; returns the versions that were acknowledged."""
    store, maker, told = SqliteLiveStore(path), ShopMaker(seed), [0]
    for number in range(rounds):
        product_id = maker.rng.choice(list(prices))
        price = maker.near(prices[product_id])
        together = [NewPrice(product_id, None, price), NewStock(product_id, None, maker.stock())]
        told.append(store.apply(together, "writer"))
        promotion = maker.promotion(product_id, price, START, f"w{random.Random(number).randint(0, 20)}")
        told.append(store.put_promotion(promotion, "writer"))
        if number % 5 == 4:
            told.append(store.delete_promotion(promotion.id, "writer"))
        time.sleep(0.002)
    store.close()
    return told
