"""The lines of a brief, and their choice by seed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from koubo.script.likeness import Heard
from koubo.script.lines import lines_for
from koubo.script.plan import Planner
from tests.koubo.script.conftest import NOW

FAMILIES = ["apparel", "bags", "furniture", "food", "beauty", "home", "digital", "baby", "generic"]
DIFFERENT = 0.4


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("section", ["hook", "closing"])
def test_every_family_has_sixty_ends_that_differ_in_more_than_a_word(section: str, family: str) -> None:
    heard = Heard(12)
    for line in lines_for(section, "first", "single_product", family):
        for wording in line.wordings:
            if heard.share(wording) < DIFFERENT:
                heard.add(wording)
    assert len(heard.texts) >= 60


def test_the_seed_decides_and_what_is_no_longer_sayable_moves_nothing_else(shop) -> None:
    """With the flash sale over, seeds whose words do not speak of it keep them."""
    shop.promotions = shop.promotions[:1]
    during = Planner(shop.brief("cup", occasion="flash_sale"))
    after = Planner(shop.brief("cup", NOW + timedelta(hours=3), occasion="flash_sale"))
    hooks = [(during.hook(seed).planned, after.hook(seed).planned) for seed in range(60)]
    kept = [now for now, then in hooks if now == then]
    moved = [now for now, then in hooks if now != then]
    assert kept and moved
    assert all("{activity}" in now for now in moved) and not any("{activity}" in now for now in kept)
