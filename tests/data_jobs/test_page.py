from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from data_jobs.page import read_page
from data_jobs.text_line import TextLine


def line(text: str, left: int, top: int) -> TextLine:
    right, bottom = left + 100, top + 30
    return TextLine(text, ((left, top), (right, top), (right, bottom), (left, bottom)), 0.98765)


def test_a_row_holds_lines_in_reading_order_with_boxes_and_heights(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200)).save(tmp_path / "a.png")
    found = [line("100%棉", 200, 62), line("材质", 20, 60), line("产品信息", 20, 5)]
    row = read_page("a.png", str(tmp_path / "a.png"), lambda image: found, 960, 10**6)
    assert row["text"] == "产品信息\n材质 100%棉"
    assert [piece["text"] for piece in row["lines"]] == ["产品信息", "材质", "100%棉"]
    first = {"text": "产品信息", "box": [[20, 5], [120, 5], [120, 35], [20, 35]], "score": 0.9877, "height": 30.0}
    assert row["lines"][0] == first
    assert (row["width"], row["height"], row["error"]) == (400, 200, None)


def test_an_engine_that_fails_on_a_picture_gives_an_error_row(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200)).save(tmp_path / "a.png")

    def broken(image: Image.Image) -> Sequence[TextLine]:
        raise RuntimeError("bad shape")

    row = read_page("a.png", str(tmp_path / "a.png"), broken, 960, 10**6)
    assert (row["error"], row["lines"], row["width"]) == ("ocr_failed: RuntimeError: bad shape", [], 400)
    assert read_page("b.png", "/none/b.png", broken, 960, 10**6)["error"].startswith("missing_file: ")
