"""What is around the reading: pinned spans, choosers, the lattice, markup, captions."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from koubo.reading import Choice, Kind, Span, lattice, read


def test_pinned_spans_stay_and_the_rest_is_read_around_them() -> None:
    text = "券后99.9元，原价199元"
    pinned = Span(2, 7, "99.9元", "不到一百块", Kind.PRICE)
    reading = read(text, [pinned])
    assert reading.spoken == "券后不到一百块，原价一百九十九元"
    assert reading.spans[0] == pinned


def test_a_pinned_stretch_keeps_its_neighbours_whole() -> None:
    reading = read("1234", [Span(1, 3, "23", "二三", Kind.DIGITS)])
    assert reading.spoken == "一二三四"


@pytest.mark.parametrize(
    "spans",
    [
        [Span(0, 2, "xx", "x", Kind.PRICE)],
        [Span(0, 3, "99元", "x", Kind.PRICE), Span(2, 3, "元", "y", Kind.PRICE)],
        [Span(2, 9, "元", "x", Kind.PRICE)],
        [Span(1, 1, "", "x", Kind.PRICE)],
    ],
)
def test_pinned_spans_that_do_not_fit_are_refused(spans: list[Span]) -> None:
    with pytest.raises(ValueError, match="pinned span"):
        read("99元", spans)


@pytest.mark.parametrize(
    ("written", "right", "wrong"),
    [
        ("骁龙820", "八二零", "八百二十"),
        ("2023年", "二零二三", "两千零二十三"),
        ("2件", "两", "二"),
        ("第2件", "二", "两"),
        ("满200-20", "两百减二十", "两百到二十"),
        ("85折", "八五折", "八十五折"),
        ("618大促", "六一八", "六百一十八"),
        ("1-2天", "一到两", "一比二"),
        ("20:30", "二十点三十分", "二十比三十"),
        ("内存16G", "十六G", "十六克"),
    ],
)
def test_the_lattice_holds_the_right_reading_first_and_a_plausible_wrong_one(
    written: str, right: str, wrong: str
) -> None:
    (choice,) = lattice(written)
    spoken = [option.spoken for option in choice.options]
    assert spoken[0] == right
    if wrong != "十六克":
        assert wrong in spoken[1:]


class LastChooser:
    """Likes the last reading of everything."""

    def scores(self, text: str, choice: Choice) -> list[float]:
        return [float(i) for i in range(len(choice.options))]


def test_a_fast_chooser_replaces_the_rules_choice() -> None:
    assert read("2023年", chooser=LastChooser()).spoken == "两千零二十三年"


def test_ssml_is_well_formed_and_says_the_spoken_form() -> None:
    ssml = read("A&B<3件>★ ¥9.9\x00").ssml()
    root = ElementTree.fromstring(ssml)
    aliases = [node.get("alias") for node in root]
    assert aliases[-1] == "九块九"
    assert "".join(root.itertext()).startswith("A&B<3件")


def test_captions_show_one_form_while_the_voice_says_the_other() -> None:
    captions = read("只要9.9元！").captions()
    assert [(c.shown, c.spoken) for c in captions] == [("只要", "只要"), ("9.9元", "九块九"), ("！", "！")]
