"""The parts of a comment."""

from __future__ import annotations

import pytest

from koubo.replies.parts import clauses, complains, questions


def test_clauses_stand_between_marks_and_spaces() -> None:
    assert clauses("壶炸了 烫到手，怎么办？急") == ("壶炸了", "烫到手", "怎么办?", "急")


@pytest.mark.parametrize(
    ("comment", "parts"),
    [
        ("还有货吗包邮吗", ("还有货吗", "包邮吗")),
        ("多少钱包邮吗", ("多少钱", "包邮吗")),
        ("多少钱一双", ("多少钱一双",)),
        ("苦不苦 我怕苦", ("苦不苦",)),
        ("什么材质，会掉色吗", ("什么材质", "会掉色吗")),
        ("多 少 钱", ()),
    ],
)
def test_questions(comment: str, parts: tuple[str, ...]) -> None:
    assert questions(comment) == parts


@pytest.mark.parametrize(
    ("comment", "does"),
    [
        ("用了漏水", True),
        ("用了会漏水吗", False),
        ("用了会漏水", True),
        ("会漏水吗 我的裂了", True),
        ("会员炸裂了", True),
    ],
)
def test_a_complaint_is_told_and_not_supposed(comment: str, does: bool) -> None:
    assert complains(comment) is does
