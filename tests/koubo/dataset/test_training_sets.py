"""Training sets: what is kept out stays out, whole and nearly; augmentations are seeded, new and labelled."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from koubo.dataset.labels import Label, LabelledText, parse_labels
from koubo.dataset.near_copies import NearCopies
from koubo.dataset.paraphrase import masked, paraphrases, unmasked
from koubo.dataset.training_sets import SourcedText, TrainingSets, split

GOLD = Path(__file__).parents[1] / "reading" / "gold" / "commerce.jsonl"


@cache
def texts() -> list[SourcedText]:
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    return [SourcedText.of(parse_labels(line), f"commerce.jsonl:{number}") for number, line in enumerate(lines, 1)]


def written(part: list[SourcedText]) -> set[str]:
    return {text.labelled.text for text in part}


@cache
def made(seed: int = 3) -> TrainingSets:
    return split(texts(), [], 0.4, 200, seed)


def test_no_training_text_is_an_evaluation_text_or_nearly_one() -> None:
    sets = made()
    guard = NearCopies(written(sets.evaluation))
    trained = sets.plain + sets.reworded + sets.hard_cases
    assert len(sets.evaluation) > 150 and len(sets.hard_cases) > 50 and len(sets.reworded) > 50
    assert [text.labelled.text for text in trained if guard.find(text.labelled.text)] == []
    assert sets.leaks, "there were near copies, and they are told"


def test_a_file_that_is_kept_out_whole_guards_as_well() -> None:
    sets = split(texts(), texts()[:50], 0.0, 100, 3)
    assert written(sets.evaluation) == written(texts()[:50])
    assert not written(sets.plain) & written(sets.evaluation)


def test_the_same_seed_gives_the_same_sets_and_another_one_others() -> None:
    assert made() == split(texts(), [], 0.4, 200, 3)
    assert written(made().evaluation) != written(made(4).evaluation)


def test_augmented_texts_are_new_and_their_labels_stand_where_they_say() -> None:
    sets = made()
    for text in sets.reworded + sets.hard_cases:
        assert text.labelled.text not in written(sets.plain)
        for label in text.labelled.labels:
            stretch = text.labelled.text[label.start : label.end]
            assert stretch and not all("一" <= char <= "鿿" for char in stretch), "no plain word is labelled"


def test_a_rewording_keeps_what_is_labelled() -> None:
    line = LabelledText("非常好喝，现在只要88块，非常实惠", (Label(9, 12, ("八十八块",)),))
    for text in paraphrases(line, 6, seed=1):
        (label,) = text.labels
        assert text.text[label.start : label.end] == "88块" and label.accepted == ("八十八块",)
        assert text.text != line.text


LINE = LabelledText("非常好喝，现在只要88块，买2瓶", (Label(9, 12, ("八十八块",)), Label(14, 15, ("两",))))


def test_a_models_rewording_gets_its_numbers_back_where_it_put_them() -> None:
    assert masked(LINE) == "非常好喝，现在只要⟦1⟧，买⟦2⟧瓶"
    made = unmasked("带走⟦2⟧瓶的话，一瓶⟦1⟧就够\n（改写）", LINE)
    assert made.text == "带走2瓶的话，一瓶88块就够"
    assert [(made.text[m.start : m.end], m.accepted) for m in made.labels] == [("2", ("两",)), ("88块", ("八十八块",))]


@pytest.mark.parametrize("answer", ["只要⟦1⟧", "⟦1⟧⟦1⟧⟦2⟧", "⟦1⟧⟦2⟧⟦3⟧", "⟦1⟧，买⟦2⟧瓶送3瓶", ""])
def test_a_rewording_that_lost_or_added_a_number_is_refused(answer: str) -> None:
    with pytest.raises(ValueError, match=r"masks|number"):
        unmasked(answer, LINE)
