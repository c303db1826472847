from pathlib import Path

import polars as pl

from data_jobs.ocr.copies import COPY, copied_note, settled_digests, write_copies
from data_jobs.parts import write_part
from data_jobs.schemas import OCR, read_table

ONE, TWO, BAD, GONE = (digit * 64 for digit in "123f")


def write(out: Path, *rows: dict[str, str | None]) -> None:
    write_part(str(out), pl.DataFrame([{"stamp": "old", **row} for row in rows], schema=OCR))


def test_a_copy_has_the_text_of_its_original_and_its_own_name_and_state(tmp_path: Path) -> None:
    write(
        tmp_path, {"image_id": "a.jpg", "digest": ONE, "text": "净重", "note": "disguised: named .jpg, is PNG; cmyk: x"}
    )
    write(tmp_path, {"image_id": "b.jpg", "digest": TWO, "text": "尺码"})
    copies = [
        ("c.png", "new", ONE, None),
        ("d.gif", "new", ONE, "disguised: named .gif, is PNG"),
        ("e", "new", BAD, None),
    ]
    assert write_copies(str(tmp_path), pl.DataFrame(copies, schema=COPY, orient="row")) == 2
    table = read_table(str(tmp_path), OCR, "ocr").select("image_id", "text", "stamp", "digest", "note")
    assert table.rows()[2:] == [
        ("c.png", "净重", "new", ONE, "cmyk: x"),
        ("d.gif", "净重", "new", ONE, "disguised: named .gif, is PNG; cmyk: x"),
    ]


def test_only_what_the_bytes_say_is_shared(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"image_id": "a", "digest": ONE, "error": "corrupt: cut off"},
        {"image_id": "b", "digest": TWO, "error": "ocr_failed: RuntimeError"},
        {"image_id": "c", "error": "missing_file: there is no such file"},
    )
    assert list(settled_digests(str(tmp_path))) == [ONE]
    copies = pl.DataFrame([("d", None, ONE, None), ("e", None, TWO, None)], schema=COPY, orient="row")
    assert write_copies(str(tmp_path), copies) == 1
    assert read_table(str(tmp_path), OCR, "ocr").row(3, named=True)["error"] == "corrupt: cut off"


def test_no_copies_write_nothing(tmp_path: Path) -> None:
    assert write_copies(str(tmp_path), pl.DataFrame(schema=COPY)) == 0
    assert list(tmp_path.iterdir()) == []


def test_notes_without_anything_are_null() -> None:
    assert copied_note(None, None) is None
    assert copied_note("disguised: named .jpg, is PNG", None) is None
