from pathlib import Path
from typing import Any

import polars as pl

from data_jobs.parts import remaining, write_part
from data_jobs.schemas import OCR
from data_jobs.understanding.understood_pages import MADE, unreadable
from data_jobs.understanding.understood_parts import (
    all_rows,
    answers,
    drop_stale,
    replace_rows,
    with_keys,
    write_answers,
)
from tests.data_jobs.pages import DOUBTFUL, SPECIFICATIONS, page

RULES, MODEL = {"topics": 1}, {"model": "m"}


def keyed(*pages: dict[str, Any], rules: dict[str, Any] = RULES, model: dict[str, Any] = MODEL) -> pl.DataFrame:
    return with_keys(pl.DataFrame(list(pages), schema=OCR), rules, model)


def write(out: Path, pages: pl.DataFrame, column: str = "made_from") -> None:
    rows = [unreadable(row["image_id"], "x") | {"made_from": row[column]} for row in pages.iter_rows(named=True)]
    write_part(str(out), pl.DataFrame(rows, schema=MADE))


def ids(table: pl.DataFrame) -> list[str]:
    return sorted(table["image_id"])


def test_a_row_is_made_again_where_its_page_or_the_settings_changed(tmp_path: Path) -> None:
    pages = keyed(SPECIFICATIONS, DOUBTFUL)
    write(tmp_path, pages)
    assert drop_stale(pages, str(tmp_path)) == 0
    changed = keyed(SPECIFICATIONS, page("b.jpg", "改了"))
    assert drop_stale(changed, str(tmp_path)) == 1
    assert ids(remaining(changed, str(tmp_path))) == ["b.jpg"]
    assert drop_stale(keyed(SPECIFICATIONS, rules={"topics": 2}), str(tmp_path)) == 1
    assert all_rows(str(tmp_path)).is_empty()


def test_rows_of_pictures_that_are_gone_go_too(tmp_path: Path) -> None:
    write(tmp_path, keyed(SPECIFICATIONS, DOUBTFUL))
    assert drop_stale(keyed(DOUBTFUL), str(tmp_path)) == 1
    assert ids(all_rows(str(tmp_path))) == ["b.jpg"]


def test_what_a_model_said_holds_until_there_is_another_model(tmp_path: Path) -> None:
    pages = keyed(DOUBTFUL)
    write(tmp_path, pages, "key")
    assert drop_stale(pages, str(tmp_path)) == 0
    assert drop_stale(keyed(DOUBTFUL, model={"model": None}), str(tmp_path)) == 1


def test_answers_are_kept_by_their_key(tmp_path: Path) -> None:
    assert answers(str(tmp_path)) == {}
    for key in ("k1", "k2"):
        write_answers(str(tmp_path), pl.DataFrame({"image_id": [key], "key": [key], "answer": ["{}"]}))
    assert answers(str(tmp_path)) == {"k1": "{}", "k2": "{}"}


def test_rows_are_replaced_in_their_parts(tmp_path: Path) -> None:
    write(tmp_path, keyed(SPECIFICATIONS, DOUBTFUL))
    done = replace_rows(str(tmp_path), lambda row: {**row, "topic": "usage"} if row["image_id"] == "a.jpg" else None)
    assert done == 1
    assert dict(all_rows(str(tmp_path)).select("image_id", "topic").iter_rows()) == {"a.jpg": "usage", "b.jpg": "other"}
    assert len(list(tmp_path.glob("*.parquet"))) == 1
