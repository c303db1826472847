import json
import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from PIL import Image

from data_jobs.job import ERRORS_SCHEMA
from data_jobs.ocr_images import OcrSettings, ocr_pictures
from data_jobs.schemas import OCR, read_table

EXAMPLES = Path(__file__).parents[2] / "examples"
SAMPLE = ("s01_main.jpg", "s01_size.png", "s01_spec.webp", "f01_promo.jpg", "h01_detail_long.jpg")
BROKEN = {
    "broken/zero.jpg": "empty_file",
    "broken/page.jpg": "not_a_picture",
    "broken/half.png": "corrupt",
    "broken/huge.png": "too_many_pixels",
}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for name in SAMPLE:
        shutil.copy(EXAMPLES / "images" / name, folder)
    broken = folder / "broken"
    broken.mkdir()
    (broken / "zero.jpg").touch()
    (broken / "page.jpg").write_text("<html>404</html>")
    whole = (EXAMPLES / "images" / "s01_size.png").read_bytes()
    (broken / "half.png").write_bytes(whole[: len(whole) // 2])
    Image.new("1", (20_000, 20_000)).save(broken / "huge.png")
    return folder


@pytest.fixture(scope="module")
def out(pictures: Path, tmp_path_factory: pytest.TempPathFactory, ray_cluster: str) -> Path:
    folder = tmp_path_factory.mktemp("ocr")
    ocr_pictures(OcrSettings(images=str(pictures), out=str(folder)))
    return folder


def labels() -> dict[str, list[str]]:
    rows = map(json.loads, (EXAMPLES / "labels.jsonl").read_text(encoding="utf8").splitlines())
    return {row["image_id"]: row["lines"] for row in rows}


@pytest.mark.ray
@pytest.mark.ocr
def test_every_picture_gives_one_row_that_polars_opens(out: Path) -> None:
    table = pl.read_parquet(out / "*.parquet")
    assert table.schema == OCR
    assert sorted(table["image_id"]) == sorted([*SAMPLE, *BROKEN])


@pytest.mark.ray
@pytest.mark.ocr
def test_the_text_is_what_the_pictures_say(out: Path) -> None:
    read = dict(read_table(str(out), OCR, "ocr_images").select("image_id", "text").iter_rows())
    for name in SAMPLE:
        said, seen = Counter("".join(labels()[name]).replace(" ", "")), Counter("".join(read[name].split()))
        assert (said & seen).total() >= 0.9 * max(said.total(), seen.total()), name
    assert "尺码 衣长 胸围 肩宽 袖长\nM 68 108 48 21\nL 70 112 50 22" in read["s01_size.png"]


@pytest.mark.ray
@pytest.mark.ocr
def test_pictures_that_cannot_be_read_are_rows_and_errors_with_their_reasons(out: Path) -> None:
    failed = pl.read_parquet(out / "*.parquet").drop_nulls("error")
    assert {i: e.split(":")[0] for i, e in failed.select("image_id", "error").iter_rows()} == BROKEN
    errors = pl.read_parquet(out / "_errors" / "*.parquet")
    assert errors.schema == ERRORS_SCHEMA
    assert sorted(errors["row"]) == sorted(BROKEN)


@pytest.mark.ray
@pytest.mark.ocr
def test_run_again_it_reads_only_what_is_missing(out: Path, pictures: Path, ray_cluster: str) -> None:
    before = read_table(str(out), OCR, "ocr_images")
    settings = OcrSettings(images=str(pictures), out=str(out))
    assert ocr_pictures(settings)["counts"] == {"pictures": 9, "replaced": 0, "already_read": 9}
    lost = next(part for part in out.glob("*.parquet") if "s01_main.jpg" in pl.read_parquet(part)["image_id"])
    missing = pl.read_parquet(lost).height
    lost.unlink()
    counts = ocr_pictures(settings)["counts"]
    assert (counts["already_read"], counts["read_now"]) == (9 - missing, missing)
    assert read_table(str(out), OCR, "ocr_images").equals(before)


@pytest.mark.ray
@pytest.mark.ocr
def test_a_replaced_picture_is_read_again(out: Path, pictures: Path, ray_cluster: str, tmp_path: Path) -> None:
    shop, pages = shutil.copytree(pictures, tmp_path / "shop"), shutil.copytree(out, tmp_path / "pages")
    shutil.copy(EXAMPLES / "images" / "s01_size.png", shop / "s01_main.jpg")
    counts = ocr_pictures(OcrSettings(images=str(shop), out=str(pages)))["counts"]
    assert (counts["replaced"], counts["already_read"], counts["read_now"]) == (1, 8, 1)
    read = dict(read_table(str(pages), OCR, "ocr_images").select("image_id", "text").iter_rows())
    assert len(read) == 9 and read["s01_main.jpg"] == read["s01_size.png"]


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ("images", "--images: 'images' is a relative path"),
        ("/no/such/folder", "--images /no/such/folder: there is no such folder or file"),
    ],
)
def test_input_that_cannot_be_used_stops_with_2(
    images: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from data_jobs.ocr_images import main

    monkeypatch.setattr("sys.argv", ["ocr_images", "--images", images, "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert message in capsys.readouterr().err
