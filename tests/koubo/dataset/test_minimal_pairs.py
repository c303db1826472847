"""Hard cases: frames have their readings in the lattice, pairs differ in them only, variations keep the kind."""

from __future__ import annotations

import random

import pytest

from koubo.dataset.decisions import decisions_of
from koubo.dataset.labels import Label, LabelledText
from koubo.dataset.minimal_pairs import (
    MinimalPair,
    flipped,
    hard,
    hard_cases,
    labelled_line,
    minimal_pairs,
    with_another_number,
)  # fmt: skip

NUMBERS = {"1": ("2",), "2": ("88",), "3": ("618",), "4": ("3090",), "year": ("1998",), "pair": ("3", "5")}
SCORE = LabelledText("上周的比赛比分3-2结束", (Label(7, 10, ("三比二",)),))
ROOM = LabelledText("住在304房间，电话不变", (Label(2, 5, ("三零四",)),))
COUNT = LabelledText("这一箱共有1024个", (Label(5, 9, ("一千零二十四",)),))


@pytest.mark.parametrize("pair", minimal_pairs(), ids=lambda pair: pair.frames[0].text)
def test_both_lines_of_every_pair_have_their_reading_in_the_lattice(pair: MinimalPair) -> None:
    one, other = (labelled_line(frame, NUMBERS[pair.length]) for frame in pair.frames)
    assert one is not None and other is not None
    said = [text.labels[0].accepted[0] for text in (one, other)]
    assert said[0] != said[1], "the same number is read in two ways"


@pytest.mark.parametrize(
    ("number", "line", "said"),
    [("88", "今天只要{}块", "八十八块"), ("88", "{}VIP今天再减", "八八VIP"), ("618", "{}大促返场", "六一八")],
)
def test_the_readings_of_the_frames_are_those_of_a_host(number: str, line: str, said: str) -> None:
    text = line.format(number)
    frames = [
        frame for pair in minimal_pairs() for frame in pair.frames if frame.text.format(n=number, a=1, b=2) == text
    ]
    made = labelled_line(frames[0], (number,))
    assert made is not None and made.labels[0].accepted == (said,)


def test_another_number_keeps_the_sentence_its_other_labels_and_the_kind() -> None:
    (decision,), _ = decisions_of(COUNT)
    made = with_another_number(COUNT, decision, random.Random(1))
    assert made is not None and made.text != COUNT.text
    assert made.text[:5] == COUNT.text[:5] and made.text.endswith("个")
    assert "千" in made.labels[0].accepted[0]


def test_a_number_that_is_a_name_gets_no_other_number() -> None:
    (decision,), _ = decisions_of(ROOM)
    assert with_another_number(ROOM, decision, random.Random(1)) is None


def test_a_score_is_flipped_into_a_range_and_back() -> None:
    (decision,), _ = decisions_of(SCORE)
    said = [text.labels[0].accepted[0][1] for text in flipped(decision, random.Random(3))]
    assert sorted(said) == ["到", "比"]


def test_what_the_rules_get_wrong_is_hard_and_cases_repeat_for_a_seed() -> None:
    wrong = LabelledText("这一箱共有1024个", (Label(5, 9, ("一零二四",)),))
    (decision,), _ = decisions_of(wrong)
    assert hard(decision) and not hard(decisions_of(COUNT)[0][0])
    cases = list(hard_cases(wrong, decision, 8, seed=1))
    assert len(cases) >= 4 and cases == list(hard_cases(wrong, decision, 8, seed=1))
    assert cases != list(hard_cases(wrong, decision, 8, seed=2))
    assert sum(bool(decisions_of(case)[0]) for case in cases) > len(cases) / 2, "most have something to decide"
