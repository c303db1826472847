"""What holds for every text: nothing is lost, nothing crashes, cost grows with length and no faster."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koubo.reading import lattice, read
from koubo.reading.numbers import cardinal, parse_cardinal

COMMERCE = st.lists(
    st.one_of(
        st.integers(0, 10**9).map(str),
        st.decimals(0, 10000, places=2).map(str),
        st.sampled_from(
            [
                "元",
                "块",
                "折",
                "¥",
                "$",
                "万",
                "亿",
                "%",
                "+",
                "-",
                "~",
                "/",
                "*",
                "x",
                "×",
                ":",
                ".",
                ",",
                "，",
                "。",
                "ml",
                "kg",
                "g",
                "cm",
                "m",
                "M",
                "G",
                "GB",
                "T",
                "K",
                "W",
                "w",
                "s",
                "v",
                "V",
                "h",
                "A",
                "P",
                "年",
                "月",
                "日",
                "号",
                "楼",
                "岁",
                "天",
                "件",
                "瓶",
                "满",
                "减",
                "买",
                "送",
                "第",
                "双",
                "后",
                "前",
                "起",
                "约",
                "SPF",
                "PA",
                "GB/T",
                "Q/",
                "XL",
                "i",
                "RMB",
                "HK$",
                "88VIP",
                "7-11",
                "618",
                "11.11",
                "°",
                "°C",
                "±",
                "+-",
                "+++",
                "①",
                "Ⅲ",
                "½",
                "²",
                "【",
                "】",
                "★",
                "😀",
                "👨\u200d👩\u200d👧",
                "的",
                "床",
                "包邮",
                "至",
                "到",
                "、",
                "(",
                ")",
                "（",
                "）",
                "^",
                "#",
                "=",
                "個",
                "塊",
                "兩",
                "**",
                "X",
                "温度",
                "地址",
                "面料",
                "'",
                '"',
                ">",
                "１",
                "２",
                "Ａ",
                "％",
                "～",
                "\t",
                "\n",
                "_",
                "00",
                "0",
                "2",
            ]
        ),
    ),
    max_size=12,
).map("".join)


def _aligned(text: str) -> None:
    reading = read(text)
    at, said = 0, ""
    for span in reading.spans:
        assert at <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.written != span.spoken
        assert 0 < span.confidence <= 1 and span.spoken not in span.alternatives
        said += text[at : span.start] + span.spoken
        at = span.end
    assert said + text[at:] == reading.spoken
    assert "".join(c.shown for c in reading.captions()) == text
    assert "".join(c.spoken for c in reading.captions()) == reading.spoken
    assert read(text) == reading


@settings(max_examples=1500, deadline=None)
@given(COMMERCE)
def test_commerce_text_is_aligned_and_stable(text: str) -> None:
    _aligned(text)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_any_unicode_is_aligned_and_stable(text: str) -> None:
    _aligned(text)


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 10**16 - 1), st.booleans())
def test_numbers_read_and_parse_back(value: int, liang: bool) -> None:
    assert parse_cardinal(cardinal(str(value), liang)) == value


@settings(max_examples=300, deadline=None)
@given(COMMERCE)
def test_lattice_holds_distinct_readings_best_first(text: str) -> None:
    for choice in lattice(text):
        spoken = [o.spoken for o in choice.options]
        assert len(set(spoken)) == len(spoken)
        assert [o.score for o in choice.options] == sorted((o.score for o in choice.options), reverse=True)


@settings(max_examples=300, deadline=None)
@given(COMMERCE)
def test_no_digit_stays_unread(text: str) -> None:
    assert not any("0" <= c <= "9" for c in read(text).spoken)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1-",
        "1/",
        "1*",
        "1+",
        "1:",
        "1.",
        "1,",
        "a",
        "a-",
        "a1",
        "1a",
        "-",
        "1,000",
        " 1",
        "一1",
        "1cm*",
        "¥1-",
        "👨‍👩‍👧",
        "1、",
        "至1",
        "GB/T 1",
        "1 ",
        "满1-",
        "A_",
        "/kg",
        "a/b-",
        "3-2-",
        "1**",
        "個2",
        "v1.",
    ],
)
def test_cost_is_linear(piece: str) -> None:
    long = (piece * 40_000)[:40_000]
    start = time.process_time()
    read(long[:4_000])
    small = time.process_time() - start
    start = time.process_time()
    read(long)
    assert time.process_time() - start < max(25 * small, 1.0)
