"""A merchant's own readings."""

from __future__ import annotations

from pathlib import Path

import pytest

from koubo.reading import Kind, Lexicon, LexiconError, read


def write(folder: Path, text: str) -> Path:
    path = folder / "ours.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_readings_go_before_the_rules(tmp_path: Path) -> None:
    lexicon = Lexicon.load(
        write(tmp_path, "readings:\n  - {written: A9, spoken: 爱久}\n  - {written: A9 Pro, spoken: 爱久专业版}\n")
    )
    text = "A9 Pro 99元，A9 9元，A99不是，CA9也不是"
    reading = read(text, lexicon.pins(text))
    assert reading.spoken.startswith("爱久专业版 九十九元，爱久 九元，A九十九不是，CA九也不是")
    assert reading.spans[0].kind is Kind.LEXICON


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("- x", "one key, readings"),
        ("readings: {}", "one key, readings"),
        ("readings:\n  - {written: A9}", "entry 1.*exactly the fields"),
        ("readings:\n  - {written: 9, spoken: 九}", "entry 1: written 9 must be a text"),
        ("readings:\n  - {written: A9, spoken: 爱9}", "entry 1: spoken '爱9' holds a digit"),
        ("readings:\n  - {written: A9, spoken: 爱久}\n  - {written: A9, spoken: 久}", "entry 2.*stands twice"),
        ("readings:\n  - {written: 买。送, spoken: 买送}", "runs over a sentence end"),
        ("readings: [", "cannot be read"),
    ],
)
def test_a_bad_lexicon_is_refused_by_entry_and_field(tmp_path: Path, content: str, fault: str) -> None:
    with pytest.raises(LexiconError, match=fault):
        Lexicon.load(write(tmp_path, content))


def test_a_missing_lexicon_is_named(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"nowhere\.yaml"):
        Lexicon.load(tmp_path / "nowhere.yaml")
