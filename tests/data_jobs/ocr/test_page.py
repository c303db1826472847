import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image

from data_jobs.ocr.page import Read, read_page
from data_jobs.ocr.text_line import TextLine


def line(text: str, left: int, top: int, height: int = 30) -> TextLine:
    right, bottom = left + 100, top + height
    return TextLine(text, ((left, top), (right, top), (right, bottom), (left, bottom)), 0.98765)


def page(read: Read, width: int = 400, height: int = 200, name: str = "a.png") -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return read_page(name, f"/data/{name}", file.getvalue(), read, 960, 50_000_000)


def test_a_row_holds_lines_in_reading_order_with_boxes_and_sizes() -> None:
    found = [line("100%棉", 200, 62), line("材质", 20, 60), line("产品信息", 20, 5, 45)]
    row = page(lambda image: found)
    assert row["text"] == "产品信息\n材质 100%棉"
    assert [piece["text"] for piece in row["lines"]] == ["产品信息", "材质", "100%棉"]
    box = [[20, 5], [120, 5], [120, 50], [20, 50]]
    assert row["lines"][0] == {"text": "产品信息", "box": box, "score": 0.9877, "height": 45.0, "font_ratio": 1.5}
    assert (row["width"], row["height"], row["error"], row["note"]) == (400, 200, None, None)


def test_an_engine_that_fails_on_a_picture_gives_an_error_row() -> None:
    def broken(image: Image.Image) -> Sequence[TextLine]:
        raise RuntimeError("bad shape")

    row = page(broken)
    assert (row["error"], row["lines"], row["width"]) == ("ocr_failed: RuntimeError: bad shape", [], 400)
    assert read_page("b.png", "/b.png", b"<html>", broken, 960, 10**6)["error"].startswith("not_a_picture: ")


@pytest.mark.parametrize(
    ("size", "note"),
    [
        ((750, 20_000), "very_tall: 750 x 20000, read in 26 slices"),
        ((20_000, 750), "very_wide: 20000 x 750, read at a width of 960"),
        ((750, 9_000), None),
        ((790, 20), None),
    ],
)
def test_very_long_pages_are_read_and_noted(size: tuple[int, int], note: str | None) -> None:
    row = page(lambda image: [], *size)
    assert (row["error"], row["note"]) == (None, note)


def test_notes_are_joined() -> None:
    row = page(lambda image: [], 100, 12_000, "a.jpg")
    assert row["note"].split("; ")[0] == "disguised: named .jpg, is PNG"
    assert row["note"].split("; ")[1].startswith("very_tall: ")
