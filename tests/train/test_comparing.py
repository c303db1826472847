"""Intervals and tests give the numbers of the books, and spans of one sentence do not count as independent."""

from __future__ import annotations

import pytest

from train.comparing import Paired, Share, bootstrap, sign_test, wilson


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert Share.of([]) == Share(0, 0, 0.0, 1.0)


def test_the_paired_test_counts_what_only_one_gets_right() -> None:
    assert sign_test(9, 1) == pytest.approx(2 * 11 / 1024)
    assert sign_test(0, 0) == 1.0
    old = [[True, False], [False], [True], [False], [False]]
    new = [[True, True], [True], [False], [True], [True]]
    paired = Paired.of(new, old)
    assert (paired.mended, paired.broken) == (4, 1)
    assert paired.p == pytest.approx(12 / 32)
    assert paired.difference == pytest.approx(0.5) and paired.low <= 0.5 <= paired.high


def test_spans_that_fall_together_widen_the_interval() -> None:
    apart = bootstrap([1] * 80 + [0] * 20, [1] * 100)
    together = bootstrap([10] * 8 + [0] * 2, [10] * 10)
    assert apart == pytest.approx(wilson(80, 100), abs=0.02)
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])
    assert bootstrap([1] * 80 + [0] * 20, [1] * 100) == apart, "a seed gives the same interval"
    assert bootstrap([], []) == (0.0, 1.0)


def test_a_sentence_is_one_vote_in_the_sign_test_of_sentences() -> None:
    old, new = [[False] * 6], [[True] * 6]
    paired = Paired.of(new, old)
    assert paired.p == pytest.approx(2 / 64) and paired.p_sentences == 1.0
