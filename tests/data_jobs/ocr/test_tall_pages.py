"""Very tall pages read by the real OCR: no line is lost in an overlap of slices, none is there twice."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from cluster.models import resolve
from data_jobs.ocr.paddle import PaddleConfig, PaddleReader
from data_jobs.ocr.page import read_page

EXAMPLES = Path(__file__).parents[3] / "examples"
LONG = EXAMPLES / "images" / "h01_detail_long.jpg"


@pytest.fixture(scope="module")
def reader() -> PaddleReader:
    folder = str(resolve("package:rapidocr"))
    reader = PaddleReader(PaddleConfig("PP-OCRv6_small_det", "PP-OCRv6_small_rec", folder=folder))
    reader.warm()
    return reader


def text_of(path: Path, reader: PaddleReader) -> str:
    row = read_page(path.name, str(path), path.read_bytes(), reader.lines, 960, 50_000_000)
    assert row["error"] is None
    return str(row["text"])


@pytest.mark.ocr
def test_lines_of_a_long_detail_page_are_there_once(reader: PaddleReader) -> None:
    rows = map(json.loads, (EXAMPLES / "labels.jsonl").read_text(encoding="utf8").splitlines())
    printed = ["".join(one.split()) for row in rows if row["image_id"] == LONG.name for one in row["lines"]]
    seen = Counter("".join(one.split()) for one in text_of(LONG, reader).splitlines())
    telling = [one for one, times in Counter(printed).items() if times == 1 and len(one) >= 4]
    assert [one for one in telling if seen[one] > 1] == []
    assert sum("".join(seen).count(one) >= 1 for one in telling) >= 0.95 * len(telling)


@pytest.mark.ocr
@pytest.mark.trouble
def test_a_page_20_000_pixels_tall_has_lines_once(reader: PaddleReader, tmp_path: Path) -> None:
    page = Image.new("RGB", (750, 20_000), "white")
    pen, top, printed = ImageDraw.Draw(page), 10, []
    while top < 19_900:
        size = 22 + len(printed) % 5 * 12
        printed.append(f"row {5000 + len(printed)} of a tall page")
        pen.text((30, top), printed[-1], fill="black", font=ImageFont.load_default(size))
        top += size + 8 + len(printed) % 7 * 12
    page.save(tmp_path / "tall.png")
    seen = Counter(re.findall(r"\d{4}", text_of(tmp_path / "tall.png", reader)))
    assert [number for number, times in seen.items() if times > 1] == []
    assert len(seen.keys() & {one.split()[1] for one in printed}) >= 0.95 * len(printed)
