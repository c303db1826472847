import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import ray
from PIL import Image

from data_jobs.cluster_images import ClusterSettings, cluster_pictures
from data_jobs.distributed_kmeans import fit_dataset
from data_jobs.job import JobError, write_table
from data_jobs.kmeans import fit, seeds, step
from data_jobs.schemas import CLUSTERS, OCR

EXAMPLES = Path(__file__).parents[2] / "examples"
GROUPED = {
    "s01_main_small.jpg": "s01_main.jpg",
    "b02_main_wm.jpg": "b02_main.jpg",
    "h01_main_crop.jpg": "h01_main.jpg",
    "h03_main_resaved.webp": "h03_main.jpg",
}


def ocr_row(label: dict[str, object]) -> dict[str, object]:
    """An OCR row from a picture's label: its lines one below the other, in letters of 3% of the width."""
    image_id, texts = str(label["image_id"]), list(label["lines"])  # type: ignore[call-overload]
    error = "corrupt: image file is truncated" if label["expected"] == "corrupt" else None
    width, height = (None, None) if error else Image.open(EXAMPLES / "images" / image_id).size
    size = 0.03 * (width or 0) if label["expected"] != "tiny_print" else 9.0
    box = [[0, 0], [9, 0], [9, 9], [0, 9]]
    lines = [] if error else [{"text": text, "box": box, "score": 0.9, "height": size} for text in texts]
    text = "" if error else "\n".join(texts)
    return {"image_id": image_id, "lines": lines, "text": text, "width": width, "height": height, "error": error}


@pytest.fixture(scope="module")
def ocr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    labels = map(json.loads, (EXAMPLES / "labels.jsonl").read_text(encoding="utf8").splitlines())
    folder = tmp_path_factory.mktemp("ocr")
    write_table(str(folder / "part-0.parquet"), pl.DataFrame([ocr_row(label) for label in labels], schema=OCR))
    return folder


@pytest.fixture(scope="module")
def out(ocr: Path, tmp_path_factory: pytest.TempPathFactory, ray_cluster: str) -> Path:
    folder = tmp_path_factory.mktemp("clusters")
    cluster_pictures(ClusterSettings(ocr=str(ocr), images=str(EXAMPLES / "images"), out=str(folder)))
    return folder


def rows(out: Path) -> dict[str, dict[str, object]]:
    return {row["image_id"]: row for row in pl.read_parquet(out / "*.parquet").iter_rows(named=True)}


@pytest.mark.ray
def test_every_picture_gives_one_row(out: Path, ocr: Path) -> None:
    table = pl.read_parquet(out / "*.parquet")
    assert table.schema == CLUSTERS
    assert table["image_id"].to_list() == sorted(pl.read_parquet(ocr / "*.parquet")["image_id"])


@pytest.mark.ray
def test_near_duplicates_share_a_group_and_two_prices_do_not(out: Path) -> None:
    found = rows(out)
    for copy, best in GROUPED.items():
        assert found[copy]["group_id"] == best
        assert found[copy]["reason"] == f"redundant: {best} is the best of its group"
        assert found[best]["keep"]
    assert found["h03_main_1l.jpg"]["group_id"] == "h03_main_1l.jpg"
    assert found["h03_main_1l.jpg"]["keep"]


@pytest.mark.ray
def test_dropped_pictures_say_which_filter(out: Path) -> None:
    found = rows(out)
    assert str(found["h01_detail_long.jpg"]["reason"]).startswith("overlong: ")
    assert str(found["b03_label_tiny.png"]["reason"]).startswith("tiny_print: ")
    broken = found["h05_detail_broken.jpg"]
    assert str(broken["reason"]).startswith("unreadable: corrupt: ")
    assert (broken["keep"], broken["cluster_id"], broken["group_id"]) == (False, -1, "h05_detail_broken.jpg")


@pytest.mark.ray
def test_topics_and_priorities(out: Path) -> None:
    labels = map(json.loads, (EXAMPLES / "labels.jsonl").read_text(encoding="utf8").splitlines())
    found = rows(out)
    right = [found[label["image_id"]]["topic"] == label["topic"] for label in labels if label["expected"] == "keep"]
    assert sum(right) >= 0.9 * len(right)
    assert found["f01_promo.jpg"]["priority"] == 1


@pytest.mark.ray
def test_the_same_input_gives_the_same_bytes(out: Path, ocr: Path, tmp_path: Path, ray_cluster: str) -> None:
    cluster_pictures(ClusterSettings(ocr=str(ocr), images=str(EXAMPLES / "images"), out=str(tmp_path)))
    assert (tmp_path / "part-0.parquet").read_bytes() == (out / "part-0.parquet").read_bytes()


@pytest.mark.ray
def test_one_picture_is_enough(tmp_path: Path, ray_cluster: str) -> None:
    label = {"image_id": "s01_main.jpg", "lines": ["精梳棉T恤 3色可选"], "expected": "keep"}
    write_table(str(tmp_path / "ocr" / "part-0.parquet"), pl.DataFrame([ocr_row(label)], schema=OCR))
    picture = str(EXAMPLES / "images" / "s01_main.jpg")
    cluster_pictures(ClusterSettings(ocr=str(tmp_path / "ocr"), images=picture, out=str(tmp_path / "out")))
    assert rows(tmp_path / "out")["s01_main.jpg"]["cluster_id"] == 0


@pytest.mark.ray
def test_kmeans_over_a_dataset_is_kmeans(ray_cluster: str) -> None:
    vectors = np.random.default_rng(3).normal(size=(400, 8)).astype(np.float32)
    start = seeds(vectors, 4)
    here, inertia = fit(lambda centroids: step(vectors, centroids), start)
    blocks = ray.data.from_numpy(np.array_split(vectors, 4)).rename_columns({"data": "vector"})
    there, same = fit_dataset(blocks, start)
    np.testing.assert_allclose(there, here, atol=1e-5)
    assert same == pytest.approx(inertia, rel=1e-6)


def test_a_missing_ocr_table_says_what_writes_it(tmp_path: Path) -> None:
    settings = ClusterSettings(ocr=str(tmp_path), images=str(EXAMPLES / "images"), out=str(tmp_path / "out"))
    with pytest.raises(JobError, match=r"no Parquet parts here; write them with python -m data_jobs.ocr_images"):
        cluster_pictures(settings)
