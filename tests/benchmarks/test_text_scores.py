import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.text_scores import character_f1, edit_distance, kendall_tau, places, plainly, score


def test_a_page_read_as_printed_scores_one_whatever_its_spaces_and_widths() -> None:
    scores = score(["净含量：500ml", "Made in 2026"], "净含量:500 ML\n made  in2026")
    assert (scores.f1, scores.whole, scores.ordered, scores.tau) == (1, 1, 1, 1)


def test_lines_in_another_order_cost_order_alone() -> None:
    scores = score(["甲乙丙", "丁戊己", "庚辛壬"], "丁戊己\n甲乙丙\n庚辛壬")
    assert (scores.f1, scores.whole) == (1, 1)
    assert scores.ordered == pytest.approx(1 - 6 / 9)
    assert scores.tau == pytest.approx(1 / 3)


def test_a_page_that_was_not_read_scores_nothing() -> None:
    scores = score(["甲乙丙", "丁"], "")
    assert (scores.f1, scores.whole, scores.ordered, scores.tau) == (0, 0, 0, None)


def test_text_that_is_not_printed_costs_too() -> None:
    scores = score(["甲乙"], "甲乙丙丁")
    assert scores.f1 == pytest.approx(2 / 3)
    assert (scores.whole, scores.ordered) == (1, 0.5)


def test_lines_that_occur_twice_tell_no_order() -> None:
    assert places(["甲", "乙", "甲"], "甲乙甲", "乙甲甲") == [0]


def test_a_label_without_text_is_refused() -> None:
    with pytest.raises(ValueError, match="without a line"):
        score([" ", ""], "甲")


def test_known_distances() -> None:
    assert (edit_distance("kitten", "sitting"), edit_distance("", "abc"), edit_distance("abc", "")) == (3, 3, 3)


@given(st.text("甲乙a", max_size=12), st.text("甲乙a", max_size=12))
def test_the_distance_is_that_of_the_textbook(a: str, b: str) -> None:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    assert edit_distance(a, b) == row[-1]


def test_small_parts() -> None:
    assert plainly("Ａ １\t¥") == "a1¥"
    assert character_f1("甲甲乙", "甲乙乙") == pytest.approx(2 / 3)
    assert (kendall_tau([1, 2, 3]), kendall_tau([3, 2, 1]), kendall_tau([5])) == (1, -1, None)
