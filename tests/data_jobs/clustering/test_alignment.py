import numpy as np
import pytest

from data_jobs.clustering.alignment import Placement, place

RNG = np.random.default_rng(5)
WORDS = np.arange(30, dtype=np.uint32)
ON_B = RNG.uniform(0, 1, (30, 2)).astype(np.float32)


def test_a_placement_is_found_among_chance_matches() -> None:
    on_a = ON_B * np.float32([0.9, 0.8]) + np.float32([0.05, 0.1])
    on_a[:8] = RNG.uniform(0, 1, (8, 2))
    found = place(WORDS, on_a, WORDS, ON_B, 0.8 / 0.9)
    assert found is not None
    assert (found.scale_x, found.scale_y) == pytest.approx((0.9, 0.8), abs=0.01)
    assert (found.shift_x, found.shift_y) == pytest.approx((0.05, 0.1), abs=0.01)
    assert found.agreeing >= 22


def test_words_that_agree_on_nothing_give_no_placement() -> None:
    assert place(WORDS[:3], RNG.uniform(0, 1, (3, 2)), WORDS[:3] + 50, ON_B[:3], 1.0) is None
    assert place(WORDS[:1], ON_B[:1], WORDS[:1], ON_B[:1], 1.0) is None


def test_a_placement_and_its_inverse_undo_one_another() -> None:
    placed = Placement(0.9, 0.8, 0.05, 0.1, 9)
    box = (0.1, 0.2, 0.5, 0.6)
    assert placed.inverse().box(placed.box(box)) == pytest.approx(box)
