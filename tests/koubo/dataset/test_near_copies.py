"""Near copies are found whatever their numbers are; texts that only share a phrase are not."""

from __future__ import annotations

import pytest

from koubo.dataset.near_copies import NearCopies

KNOWN = "当地共有人口864人，而人口密度为每平方千米8.23人。"


@pytest.mark.parametrize(
    "text",
    [
        KNOWN,
        "当地共有人口8567人，而人口密度为每平方千米91.43人。",
        "家人们，当地共有人口864人，而人口密度为每平方千米8.23人，真的",
        "当地共有人口 ８６４ 人、而人口密度为每平方千米8.23人",
    ],
)
def test_other_numbers_marks_and_a_frame_do_not_hide_a_copy(text: str) -> None:
    copy = NearCopies([KNOWN, "今天只要88块"]).find(text)
    assert copy is not None and copy.of == KNOWN and copy.share >= 0.5


@pytest.mark.parametrize("text", ["这座城市的人口密度在下降", "今天只要88块", "", "人口"])
def test_other_texts_are_no_copies(text: str) -> None:
    assert NearCopies([KNOWN]).find(text) is None


def test_short_texts_are_compared_whole() -> None:
    assert NearCopies(["3件"]).find("5件") is not None
    assert NearCopies(["3件"]).find("5瓶") is None
    assert NearCopies(["20-30"]).find("从20到30，买1送2") is None, "numbers alone say nothing"
    assert NearCopies(["500左右的"]).find("有没有价格300左右的手机") is not None, "a short text inside a longer one"
    assert NearCopies(["有没有价格300左右的手机"]).find("300左右") is None, "a short training text gives nothing away"
