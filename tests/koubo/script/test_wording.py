"""Alternatives of planned lines."""

from __future__ import annotations

import pytest

from koubo.script.wording import WordingError, wordings


def test_every_choice_is_said_and_the_first_comes_first() -> None:
    assert wordings("来，[看看|瞧瞧]{name}[吧|]。") == (
        "来，看看{name}吧。",
        "来，看看{name}。",
        "来，瞧瞧{name}吧。",
        "来，瞧瞧{name}。",
    )
    assert wordings("没有选择。") == ("没有选择。",)


@pytest.mark.parametrize("line", ["来[看看|瞧瞧。", "看看]来。", "[看[一|两]眼|瞧]。", "来[看看]。", "[甲|乙]" * 12])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(WordingError, match=r"来|看|甲"):
        wordings(line)
