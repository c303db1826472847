"""Texts as rules look at them."""

from __future__ import annotations

import pytest

from koubo.script.folded import flat, hidden, plain


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("加 微 信", "加微信"),
        ("加*微-信", "加微信"),
        ("１３８①２", "13812"),
        ("價錢", "价钱"),
        ("1\u200b元", "1元"),
        ("1 元", "1元"),
        ("1️⃣元", "1元"),
        ("XL 码", "xl 码"),
        ("多少\n钱", "多少钱"),
    ],
)
def test_disguises_are_taken_away(text: str, seen: str) -> None:
    assert flat(text) == seen


def test_plain_text_keeps_its_case_and_script() -> None:
    assert plain("Ｔｙｐｅ-C 價") == "Type-C 價"


def test_what_nobody_sees_is_found() -> None:
    assert hidden("好\u200b用\u202e") == "\u200b\u202e" and hidden("好用\n真好") == ""
