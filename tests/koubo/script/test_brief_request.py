"""What may be asked of a script."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from koubo.script.brief import BriefRequest


@pytest.mark.parametrize(
    ("fields", "place", "words"),
    [
        ({"required": ["好" * 41]}, ("required", 0), "at most 40"),
        ({"required": [" "]}, ("required", 0), "at least 1"),
        ({"banned": [""]}, ("banned", 0), "at least 1"),
        ({"focus": ["\u3000"]}, ("focus", 0), "at least 1"),
        ({"audience": " "}, ("audience",), "at least 1"),
        ({"persona": " "}, ("persona",), "at least 1"),
        ({"buyer": {"grades": [f"V{n}" for n in range(21)]}}, ("buyer", "grades"), "at most 20"),
        ({"buyer": {"grades": ["V" * 41]}}, ("buyer", "grades", 0), "at most 40"),
        ({"required": ["真的好看"], "banned": ["好看"]}, ("required",), "'好看' is banned"),
        ({"audience": "宝妈", "banned": ["宝妈"]}, ("banned",), "'宝妈' is banned"),
    ],
)
def test_what_cannot_be_said_is_refused_by_its_field(
    fields: dict[str, Any], place: tuple[Any, ...], words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        BriefRequest.model_validate({"product_id": "s01"} | fields)
    (error,) = refused.value.errors()
    assert error["loc"] == place and words in error["msg"]


def test_space_around_phrases_does_not_count() -> None:
    request = BriefRequest(product_id="s01", audience=" 宝妈 ", required=("好看 ",), banned=(" 难看",))
    assert (request.audience, request.required, request.banned) == ("宝妈", ("好看",), ("难看",))
