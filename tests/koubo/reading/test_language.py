"""Mandarin in either script is read; Cantonese is refused."""

from __future__ import annotations

import pickle

import pytest

from koubo.reading import UnsupportedLanguage, read


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("買2個送1個，只要199塊", "買兩個送一個，只要一百九十九塊"),
        ("滿300減40", "滿三百減四十"),
        ("雙11大促，2萬件現貨", "雙十一大促，兩萬件現貨"),
        ("這條裙子9.9元，腰圍2尺", "這條裙子九塊九，腰圍兩尺"),
        ("3號樓502室，電話13800138000", "三號樓五零二室，電話一三八零零一三八零零零"),
        ("餘額2.5萬元，兩點半見", "餘額二點五萬元，兩點半見"),
        ("重量2kg，內存16G", "重量兩公斤，內存十六G"),
        ("關係係數3個", "關係係數三個"),
    ],
)
def test_traditional_text_is_read_in_its_own_script(written: str, spoken: str) -> None:
    assert read(written).spoken == spoken


def test_a_script_is_the_matter_of_a_sentence() -> None:
    assert read("2萬件。2万件").spoken == "兩萬件。两万件"


@pytest.mark.parametrize(
    "text", ["呢條裙幾多錢先啱", "佢哋買咗2件嘅衫", "今日只要99蚊", "有冇平啲嘅", "好嘢嚟㗎，唔使19.9"]
)
def test_cantonese_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnsupportedLanguage, match="Cantonese"):
        read("今天9.9元。" + text)


@pytest.mark.parametrize(
    "text", ["唔，不错，2件", "唔唔好吃，9.9元", "灭蚊99元", "驱3蚊香", "關係到2個人", "嘅", "咗9"]
)
def test_one_word_makes_no_cantonese(text: str) -> None:
    assert read(text).text == text


def test_the_refusal_says_where_and_travels_between_processes() -> None:
    with pytest.raises(UnsupportedLanguage) as caught:
        read("好。佢哋買咗2件")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (copy.sentence, copy.start, str(copy)) == ("佢哋買咗2件", 2, str(caught.value))
