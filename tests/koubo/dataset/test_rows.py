"""Rows: the schema, errors that name file, row, field and value, and nothing cut off in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from koubo.dataset.rows import CompletionRow, DatasetError, PreferenceRow, fitting, load_rows, write_errors

PROMPT = "仅售«88»块\n读作："
GOOD = {"prompt": PROMPT, "completion": "八十八"}


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines), "utf8")
    return path


def test_good_rows_are_read_with_their_line_numbers(tmp_path: Path) -> None:
    rows = load_rows(write(tmp_path / "rows.jsonl", GOOD, "", GOOD | {"kind": "price"}), CompletionRow)
    assert [row.completion for row in rows.rows] == ["八十八", "八十八"]
    assert rows.lines == (1, 3) and rows.errors == ()


@pytest.mark.parametrize(
    ("bad", "field", "shown"),
    [
        ({"prompt": "仅售88块\n读作：", "completion": "八十八"}, "prompt", "仅售88块"),
        ({"prompt": "«88»块«9»折", "completion": "八十八"}, "prompt", "«88»块«9»折"),
        ({"prompt": PROMPT}, "completion", "仅售"),
        ({"prompt": PROMPT, "completion": ""}, "completion", "''"),
        ({"prompt": PROMPT, "completion": 88}, "completion", "88"),
        (GOOD | {"lable": "x"}, "lable", "'x'"),
        (GOOD | {"candidates": ["八八", "八"]}, "line", "八八"),
        ("{not json", "line", "{not json"),
    ],
)
def test_a_bad_row_is_an_error_with_its_field_and_value(tmp_path: Path, bad: object, field: str, shown: str) -> None:
    rows = load_rows(write(tmp_path / "rows.jsonl", GOOD, bad), CompletionRow)
    (error,) = rows.errors
    assert len(rows.rows) == 1
    assert (error.file, error.row, error.field) == ("rows.jsonl", 2, field)
    assert shown in error.value and error.reason


def test_only_a_choice_needs_a_span(tmp_path: Path) -> None:
    sentence = {"prompt": "仅售88块\n口播：", "completion": "仅售八十八块", "task": "rewrite"}
    rows = load_rows(write(tmp_path / "rows.jsonl", sentence, sentence | {"task": "choice"}), CompletionRow)
    assert len(rows.rows) == 1 and [error.field for error in rows.errors] == ["prompt"]


def test_a_preference_needs_two_readings(tmp_path: Path) -> None:
    same = {"prompt": PROMPT, "chosen": "八十八", "rejected": "八十八"}
    with pytest.raises(DatasetError, match="chosen and rejected are both '八十八'"):
        load_rows(write(tmp_path / "rows.jsonl", same), PreferenceRow)


def test_a_file_without_a_usable_row_is_refused_with_the_first_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no usable row; the first of 1 errors: rows.jsonl, row 1, completion"):
        load_rows(write(tmp_path / "rows.jsonl", {"prompt": PROMPT}), CompletionRow)
    with pytest.raises(DatasetError, match="no usable row"):
        load_rows(write(tmp_path / "empty.jsonl"), CompletionRow)


def test_an_absent_file_and_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"--rows .*absent.jsonl: cannot be read"):
        load_rows(tmp_path / "absent.jsonl", CompletionRow)
    (tmp_path / "gb.jsonl").write_bytes(json.dumps(GOOD, ensure_ascii=False).encode("gb18030"))
    with pytest.raises(DatasetError, match="not UTF-8"):
        load_rows(tmp_path / "gb.jsonl", CompletionRow)


def test_a_row_that_is_too_long_is_an_error_and_not_cut(tmp_path: Path) -> None:
    long = GOOD | {"completion": "八" * 90}
    loaded = load_rows(write(tmp_path / "rows.jsonl", GOOD, long), CompletionRow)
    rows = fitting(loaded, 64, lambda texts: [len(text) for text in texts])
    (error,) = rows.errors
    assert (len(rows.rows), rows.lines, error.row, error.reason) == (1, (1,), 2, "longer than max_length 64")
    assert json.loads(write_errors(tmp_path, rows.errors).read_text("utf8"))["row"] == 2
    with pytest.raises(DatasetError, match="no usable row"):
        fitting(loaded, 8, lambda texts: [len(text) for text in texts])
