"""Labelled texts: both forms, spans inside and around labels, errors that name the field."""

from __future__ import annotations

import json

import pytest

from koubo.dataset.labels import LabelError, parse_labels


def test_tags_find_their_readings_in_the_spoken_sentence() -> None:
    labelled = parse_labels(
        json.dumps(
            {
                "text": "厚198页，7点",
                "spoken": ["厚一百九十八页，七点"],
                "tags": [
                    {"start": 1, "end": 4, "written": "198", "tag": "CARDINAL"},
                    {"start": 6, "end": 7, "written": "7", "tag": "CARDINAL"},
                ],
            }
        )
    )
    assert labelled.accepted(1, 4) == ("一百九十八",)
    assert labelled.accepted(1, 5) == ("一百九十八页",), "a wider span is composed"
    with pytest.raises(LabelError, match="has no label"):
        labelled.accepted(0, 1)


def test_a_span_inside_a_label_is_cut_out_of_it() -> None:
    labelled = parse_labels('{"text": "有400元的吗", "spans": [{"s": "400元", "accept": ["四百元", "四百块"]}]}')
    assert labelled.accepted(1, 4) == ("四百",)


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ('{"text": "仅售88块", "spans": [{"s": "99", "accept": ["九十九"]}]}', "spans.0.s", "is not in the text"),
        ('{"text": "仅售88块", "spans": [{"accept": ["八十八"]}]}', "spans.0.s", "Field required"),
        ('{"text": "厚198页", "spoken": ["薄一九八页"], "tags": []}', "spoken", "differs from the text"),
        ("[]", "line", "should be an object"),
    ],
)
def test_an_unusable_label_names_its_field(line: str, field: str, reason: str) -> None:
    with pytest.raises(LabelError, match=reason) as error:
        parse_labels(line)
    assert error.value.field == field
