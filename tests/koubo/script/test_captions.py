"""Captions: the written form, whole and in short lines, with nothing broken that is read as one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koubo.reading import read
from koubo.script.captions import LINE, CaptionCue, break_lines, webvtt, width
from koubo.script.numerals import find_numbers
from tests.koubo.script.webvtt_file import parse


def broken(text: str, *phrases: str) -> list[list[str]]:
    """Break a text of which these phrases are slots'."""
    ranges = [(text.index(phrase), text.index(phrase) + len(phrase)) for phrase in phrases]
    readings = [(span.start, span.end) for span in read(text).spans]
    return [[text[start:end] for start, end in cue] for cue in break_lines(text, readings, ranges)]


@pytest.mark.parametrize(
    ("text", "phrases", "cues"),
    [
        ("来，看看保温杯。", (), [["来，看看保温杯。"]]),
        (
            "好的坏的评价都在那儿摆着，你们自己看，我不替谁打包票。",
            (),
            [["好的坏的评价都在那儿摆着，", "你们自己看，我不替谁打包票。"]],
        ),
        (
            "喜欢就别纠结了，小黄车里找到澄晓轻透防晒乳，选好规格点下单。",
            ("澄晓轻透防晒乳",),
            [["喜欢就别纠结了，小黄车里找到", "澄晓轻透防晒乳，选好规格点下单。"]],
        ),
        (
            "能用的优惠我念一下，领券满150元减15元，到手价一共1299.50元，全店满199元减20元。",
            ("领券满150元减15元，到手价一共1299.50元",),
            [["能用的优惠我念一下，"], ["领券满150元减15元，", "到手价一共1299.50元，"], ["全店满199元减20元。"]],
        ),
    ],
)
def test_lines_break_where_a_reader_would_pause(text: str, phrases: tuple[str, ...], cues: list[list[str]]) -> None:
    assert broken(text, *phrases) == cues


def test_a_number_stays_whole_although_no_mark_is_near() -> None:
    for text in ("这一款它整整装了足足有三千八百六十五颗珍珠在里面哦", "这个电池的容量加起来足足有20000mAh电量哦"):
        (number,) = find_numbers(text)
        lines = [line for cue in broken(text) for line in cue]
        assert len(lines) > 1 and any(number.words in line for line in lines), lines


def test_a_phrase_longer_than_a_line_breaks_at_its_own_marks() -> None:
    quote = "有买家说，“穿了一整天脱下来没有印子，洗了好几次也没有变形，颜色跟图片一样”"
    lines = [line for cue in broken(f"听听买过的人怎么讲，{quote}。", quote) for line in cue]
    assert all(line[-1] in "，。”" for line in lines) and max(map(width, lines)) <= LINE, lines


def test_a_word_wider_than_a_line_is_shown_rather_than_broken() -> None:
    word = "Supercalifragilisticexpialidocious-2000X"
    assert word in [line for cue in broken(f"看这个{word}耳机。") for line in cue]


TEXTS = st.lists(
    st.sampled_from([*"的了，。、“”看杯子 &<>★", "59.9元", "三百", "T恤", "2件", "500ml", "？！"]),
    min_size=1,
    max_size=60,
).map("".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.data())
def test_whatever_is_said_the_lines_are_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    phrase = (start, data.draw(st.integers(start + 1, len(text))))
    reading = read(text)
    cues = break_lines(text, [(span.start, span.end) for span in reading.spans], [phrase])
    lines = [line for cue in cues for line in cue]
    assert "".join(text[start:end] for start, end in lines) == text
    assert all(1 <= len(cue) <= 2 for cue in cues)
    breaks = {end for _, end in lines[:-1]}
    for first, last in [*((n.start, n.end) for n in find_numbers(text)), *((s.start, s.end) for s in reading.spans)]:
        assert not any(first < place < last for place in breaks)
    if width(text[slice(*phrase)]) < LINE:
        assert not any(phrase[0] < place < phrase[1] for place in breaks)


def test_webvtt_says_what_it_is_of_and_holds_any_text() -> None:
    cues = [CaptionCue(0.0, 1.25, ("A&B<b>", "-->\u2028&amp;\n")), CaptionCue(1.25, 3725.5, ("好。",))]
    notes, parsed = parse(webvtt("as_of v1 --> v2\n\nsecond", [cues, [CaptionCue(3725.5, 3726.0, ("完。",))]]))
    assert "as_of v1" in notes[0]
    assert [cue.name for cue in parsed] == ["1-1", "1-2", "2-1"]
    assert parsed[0].lines == ("A&B<b>", "--> &amp; ")
    assert (parsed[1].start, parsed[1].end) == (1.25, 3725.5)
