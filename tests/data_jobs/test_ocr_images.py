import json
import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
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
    "broken/half.jpg": "corrupt",
    "broken/half.webp": "corrupt",
    "broken/huge.png": "too_many_pixels",
    "broken/pipe.jpg": "not_a_file",
}
PECULIAR = {
    "odd/cmyk.jpg": "cmyk",
    "odd/moving.gif": "animated",
    "odd/really_a_png.jpg": "disguised",
    "odd/tall.png": "very_tall",
}
COPY = "odd/copy_of_s01_size.png"
ALL = sorted([*SAMPLE, *BROKEN, *PECULIAR, COPY])


def make_broken(folder: Path) -> None:
    folder.mkdir()
    (folder / "zero.jpg").touch()
    (folder / "page.jpg").write_text("<html>404</html>")
    for name in ("s01_size.png", "s01_main.jpg", "s01_spec.webp"):
        whole = (EXAMPLES / "images" / name).read_bytes()
        (folder / f"half.{name.split('.')[1]}").write_bytes(whole[: len(whole) // 2])
    Image.new("1", (20_000, 20_000)).save(folder / "huge.png")
    os.mkfifo(folder / "pipe.jpg")


def make_peculiar(folder: Path) -> None:
    folder.mkdir()
    page = Image.open(EXAMPLES / "images" / "s01_size.png").convert("RGB")
    page.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    page.save(folder / "moving.gif", save_all=True, append_images=[Image.new("RGB", page.size)])
    page.save(folder / "really_a_png.jpg", "PNG")
    Image.new("RGB", (96, 20_000), "white").save(folder / "tall.png")
    shutil.copy(EXAMPLES / "images" / "s01_size.png", folder / Path(COPY).name)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for name in SAMPLE:
        shutil.copy(EXAMPLES / "images" / name, folder)
    make_broken(folder / "broken")
    make_peculiar(folder / "odd")
    return folder


@pytest.fixture(scope="module")
def out(pictures: Path, tmp_path_factory: pytest.TempPathFactory, ray_cluster: str) -> Path:
    folder = tmp_path_factory.mktemp("ocr")
    ocr_pictures(OcrSettings(images=str(pictures), out=str(folder), recycle_after=10))
    return folder


def labels() -> dict[str, list[str]]:
    rows = map(json.loads, (EXAMPLES / "labels.jsonl").read_text(encoding="utf8").splitlines())
    return {row["image_id"]: row["lines"] for row in rows}


def texts(folder: Path) -> dict[str, str]:
    return dict(read_table(str(folder), OCR, "ocr_images").select("image_id", "text").iter_rows())


@pytest.mark.ray
@pytest.mark.ocr
def test_every_picture_gives_one_row_that_polars_opens(out: Path) -> None:
    table = pl.read_parquet(out / "*.parquet")
    assert table.schema == OCR
    assert sorted(table["image_id"]) == ALL


@pytest.mark.ray
@pytest.mark.ocr
def test_the_text_is_what_the_pictures_say(out: Path) -> None:
    read = texts(out)
    for name in SAMPLE:
        said, seen = Counter("".join(labels()[name]).replace(" ", "")), Counter("".join(read[name].split()))
        assert (said & seen).total() >= 0.9 * max(said.total(), seen.total()), name
    assert "尺码 衣长 胸围 肩宽 袖长\nM 68 108 48 21\nL 70 112 50 22" in read["s01_size.png"]


@pytest.mark.ray
@pytest.mark.ocr
def test_headings_are_larger_than_body_print(out: Path) -> None:
    table = read_table(str(out), OCR, "ocr_images").filter(pl.col("image_id") == "h01_detail_long.jpg")
    ratios = [line["font_ratio"] for line in table["lines"][0]]
    assert max(ratios) > 1.3 and any(0.9 <= ratio <= 1.1 for ratio in ratios)


@pytest.mark.ray
@pytest.mark.ocr
def test_pictures_that_cannot_be_read_are_rows_and_errors_with_their_reasons(out: Path) -> None:
    failed = pl.read_parquet(out / "*.parquet").drop_nulls("error")
    assert {i: e.split(":")[0] for i, e in failed.select("image_id", "error").iter_rows()} == BROKEN
    errors = pl.read_parquet(out / "_errors" / "*.parquet")
    assert errors.schema == ERRORS_SCHEMA
    assert {row: reason.split(":")[0] for row, reason in errors.select("row", "reason").iter_rows()} == {
        **BROKEN,
        **{name: f"read though {note}" for name, note in PECULIAR.items()},
    }


@pytest.mark.ray
@pytest.mark.ocr
def test_peculiar_pictures_are_read_and_counted_apart(out: Path) -> None:
    notes = pl.read_parquet(out / "*.parquet").drop_nulls("note")
    assert {i: note.split(":")[0] for i, note in notes.select("image_id", "note").iter_rows()} == PECULIAR
    read = texts(out)
    for name in ("odd/cmyk.jpg", "odd/moving.gif", "odd/really_a_png.jpg"):
        assert "尺码" in read[name], name
    report = json.loads((out / "_report.json").read_text())
    assert report["errors"] == dict(Counter(BROKEN.values()))
    assert report["notes"] == dict(Counter(PECULIAR.values()))


@pytest.mark.ray
@pytest.mark.ocr
def test_a_copy_costs_no_reading_and_the_report_shows_who_read_what(out: Path) -> None:
    read = texts(out)
    assert read[COPY] == read["s01_size.png"]
    report = json.loads((out / "_report.json").read_text())
    counts = report["counts"]
    assert (counts["read_now"], counts["shared"], counts["redone"]) == (len(ALL) - 1, 1, 0)
    assert sum(worker["recycles"] for worker in report["workers"]) >= 1
    without_bytes = {"broken/pipe.jpg"}
    assert sum(worker["pictures"] for worker in report["workers"]) == len(ALL) - 1 - len(without_bytes)


@pytest.mark.ray
@pytest.mark.ocr
def test_run_again_it_reads_only_what_is_missing(out: Path, pictures: Path, ray_cluster: str) -> None:
    before = read_table(str(out), OCR, "ocr_images")
    settings = OcrSettings(images=str(pictures), out=str(out))
    counts = ocr_pictures(settings)["counts"]
    assert counts["already_read"] == len(ALL) and "read_now" not in counts
    lost = next(part for part in out.glob("*.parquet") if "s01_main.jpg" in pl.read_parquet(part)["image_id"])
    missing = pl.read_parquet(lost).height
    lost.unlink()
    counts = ocr_pictures(settings)["counts"]
    assert (counts["already_read"], counts["read_now"]) == (len(ALL) - missing, missing)
    assert read_table(str(out), OCR, "ocr_images").equals(before)


@pytest.mark.ray
@pytest.mark.ocr
def test_replaced_and_renamed_pictures_and_copies_that_come_later(
    out: Path, pictures: Path, ray_cluster: str, tmp_path: Path
) -> None:
    shop, pages = tmp_path / "shop", shutil.copytree(out, tmp_path / "pages")
    shutil.copytree(pictures, shop, ignore=shutil.ignore_patterns("pipe.jpg"))
    shutil.copy(EXAMPLES / "images" / "s01_size.png", shop / "s01_main.jpg")
    (shop / "s01_spec.webp").rename(shop / "renamed.webp")
    shutil.copy(EXAMPLES / "images" / "f01_promo.jpg", shop / "later.jpg")
    report = ocr_pictures(OcrSettings(images=str(shop), out=str(pages)))
    counts = report["counts"]
    assert (counts["replaced"], counts["already_read"]) == (1, len(ALL) - 3)
    assert (counts["shared"], sum(worker["pictures"] for worker in report["workers"])) == (3, 0)
    read = texts(pages)
    assert len(read) == len(ALL) + 2
    for name, original in (
        ("s01_main.jpg", "s01_size.png"),
        ("renamed.webp", "s01_spec.webp"),
        ("later.jpg", "f01_promo.jpg"),
    ):
        assert read[name] == read[original]


class Shop(SimpleHTTPRequestHandler):
    """A shop whose server is down for every picture but one until `well` is set."""

    well = threading.Event()

    def do_GET(self) -> None:
        if self.well.is_set() or self.path.endswith("s01_size.png"):
            super().do_GET()
        else:
            self.send_error(503)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop() -> Iterator[str]:
    """URL of a web server with the example pictures."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *given: Shop(*given, directory=str(EXAMPLES / "images")))  # type: ignore[arg-type]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.ray
@pytest.mark.ocr
def test_pictures_of_a_products_table_come_from_the_web_and_failed_ones_come_later(
    shop: str, ray_cluster: str, tmp_path: Path
) -> None:
    images = [f"{shop}/s01_size.png", f"{shop}/s01_spec.webp", "http://169.254.169.254/key.jpg"]
    (tmp_path / "products.jsonl").write_text(json.dumps({"id": "p1", "images": images}))
    given = {"images": f"{tmp_path}/products.jsonl", "private_hosts": ["127.0.0.1"], "fetch_tries": 1}
    settings = OcrSettings(**given, out=f"{tmp_path}/out")  # type: ignore[arg-type]
    assert ocr_pictures(settings)["errors"] == {"unreachable": 1, "refused_address": 1}
    Shop.well.set()
    counts = ocr_pictures(settings)["counts"]
    assert (counts["retried"], counts["already_read"], counts["read_now"]) == (2, 1, 2)
    read = texts(tmp_path / "out")
    assert len(read) == 3 and "尺码" in read[images[0]] and read[images[1]] != "" == read[images[2]]


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
