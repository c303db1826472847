from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
import ray

from data_jobs.cluster_images import ClusterSettings, _finish, _unseen, cluster_pictures
from data_jobs.clustering.distributed_kmeans import assign, fit_dataset
from data_jobs.clustering.grouped_pages import Groups
from data_jobs.clustering.kmeans import fit, nearest, seeds, step
from data_jobs.job import JobError, JobReport, write_table
from data_jobs.ocr_images import OcrSettings
from data_jobs.pipeline import WORTH_A_RETRY
from data_jobs.schemas import CLUSTERS, OCR, UNDERSTOOD
from tests.data_jobs.example_tables import EXAMPLES, labels, ocr_row, understood_row
from tests.data_jobs.web_shop import web_shop

GROUPED = {
    "s01_main_small.jpg": "s01_main.jpg",
    "b02_main_wm.jpg": "b02_main.jpg",
    "h01_main_crop.jpg": "h01_main.jpg",
    "h03_main_resaved.webp": "h03_main.jpg",
}


@pytest.fixture(scope="module")
def ocr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ocr")
    write_table(str(folder / "part-0.parquet"), pl.DataFrame([ocr_row(label) for label in labels()], schema=OCR))
    return folder


@pytest.fixture(scope="module")
def understood(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("understood")
    rows = [understood_row(str(label["image_id"]), str(label["topic"])) for label in labels()]
    write_table(str(folder / "part-0.parquet"), pl.DataFrame(rows, schema=UNDERSTOOD))
    return folder


def settings(ocr: Path, understood: Path, out: Path, images: Path = EXAMPLES / "images") -> ClusterSettings:
    return ClusterSettings(ocr=str(ocr), understood=str(understood), images=str(images), out=str(out))


@pytest.fixture(scope="module")
def out(ocr: Path, understood: Path, tmp_path_factory: pytest.TempPathFactory, ray_cluster: str) -> Path:
    folder = tmp_path_factory.mktemp("clusters")
    cluster_pictures(settings(ocr, understood, folder))
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
def test_topics_are_those_of_the_understood_table_and_give_the_priority(out: Path) -> None:
    found = rows(out)
    assert {image_id: row["topic"] for image_id, row in found.items()} == {x["image_id"]: x["topic"] for x in labels()}
    assert (found["f01_promo.jpg"]["topic"], found["f01_promo.jpg"]["priority"]) == ("promotion", 1)


@pytest.mark.ray
def test_the_same_input_gives_the_same_bytes(
    out: Path, ocr: Path, understood: Path, tmp_path: Path, ray_cluster: str
) -> None:
    cluster_pictures(settings(ocr, understood, tmp_path))
    assert (tmp_path / "part-0.parquet").read_bytes() == (out / "part-0.parquet").read_bytes()


@pytest.mark.ray
def test_one_picture_is_enough(understood: Path, tmp_path: Path, ray_cluster: str) -> None:
    label = {"image_id": "s01_main.jpg", "lines": ["精梳棉T恤 3色可选"], "expected": "keep"}
    write_table(str(tmp_path / "ocr" / "part-0.parquet"), pl.DataFrame([ocr_row(label)], schema=OCR))
    picture = EXAMPLES / "images" / "s01_main.jpg"
    cluster_pictures(settings(tmp_path / "ocr", understood, tmp_path / "out", picture))
    assert rows(tmp_path / "out")["s01_main.jpg"]["cluster_id"] == 0


@pytest.mark.ray
def test_a_picture_that_the_web_does_not_give_now_is_kept_by_its_text(tmp_path: Path, ray_cluster: str) -> None:
    label = {"image_id": "s01_main.jpg", "lines": ["精梳棉T恤 3色可选"], "expected": "keep"}
    with web_shop((EXAMPLES / "images" / "s01_main.jpg").read_bytes()) as (url, _):
        ids = [f"{url}/a.jpg", f"{url}/503"]
        (tmp_path / "pictures.jsonl").write_text("".join(f'{{"path": "{image_id}"}}\n' for image_id in ids))
        pages = pl.DataFrame([ocr_row(label) | {"image_id": image_id} for image_id in ids], schema=OCR)
        write_table(str(tmp_path / "ocr" / "part-0.parquet"), pages)
        topics = pl.DataFrame([understood_row(image_id, "selling_point") for image_id in ids], schema=UNDERSTOOD)
        write_table(str(tmp_path / "understood" / "part-0.parquet"), topics)
        given = settings(
            tmp_path / "ocr", tmp_path / "understood", tmp_path / "out", tmp_path / "pictures.jsonl"
        ).model_copy(update={"private_hosts": ["127.0.0.1"], "fetch_tries": 1})
        assert cluster_pictures(given)["errors"] == {"unreachable": 1}
    found = rows(tmp_path / "out")
    assert [(found[i]["cluster_id"], found[i]["keep"]) for i in ids] == [(0, True), (-1, True)]


def test_pictures_not_seen_are_named_and_make_the_pipeline_try_again(ocr: Path, tmp_path: Path) -> None:
    described = pl.DataFrame({"image_id": ["a", "b", "c"], "unseen": [None, "web_missing: HTTP 404", None]})
    unseen = _unseen(described, Groups({}, {"c": "unreachable: HTTP 503 (3 tries)"}))
    table = pl.DataFrame([(i, -1, i, "other", True, None, 1) for i in "abc"], schema=CLUSTERS, orient="row")
    report = _finish(settings(ocr, ocr, tmp_path), table, JobReport("cluster_images"), unseen)
    assert report["errors"] == {"web_missing": 1, "unreachable": 1} and report["counts"]["kept"] == 3
    assert report["errors"].keys() <= WORTH_A_RETRY
    errors = pl.read_parquet(tmp_path / "_errors" / "errors.parquet")
    assert dict(errors.select("row", "reason").iter_rows()) == {
        "b": "web_missing: HTTP 404; judged by its text alone, in no group or cluster",
        "c": "unreachable: HTTP 503 (3 tries); not compared a second time",
    }


def test_web_limits_are_settings_as_for_ocr() -> None:
    flags = ["--ocr", "/o", "--understood", "/u", "--images", "/i", "--out", "/c", "--private-hosts", '["CDN.local"]']
    web = ClusterSettings.from_cli([*flags, "--fetch-timeout-s", "3", "--fetch-tries", "2"]).web
    assert (web.timeout_s, web.tries, web.private_hosts) == (3, 2, {"cdn.local"})
    for name in ("fetch_timeout_s", "fetch_tries", "private_hosts"):
        assert ClusterSettings.model_fields[name].description == OcrSettings.model_fields[name].description


@pytest.mark.ray
def test_kmeans_over_a_dataset_is_kmeans(ray_cluster: str) -> None:
    vectors = np.random.default_rng(3).normal(size=(400, 8)).astype(np.float32)
    start = seeds(vectors, 4)
    here, inertia = fit(lambda centroids: step(vectors, centroids), start)
    ids = np.arange(400).astype(str)
    dataset = ray.data.from_arrow(
        [pa.table({"image_id": ids[i::4], "vector": list(vectors[i::4])}) for i in range(4)]
    ).materialize()
    there = fit_dataset(dataset, start)
    np.testing.assert_allclose(there.centroids, here, atol=1e-5)
    assert there.inertia == pytest.approx(inertia, rel=1e-6)
    assert assign(dataset, here) == dict(zip(ids.tolist(), nearest(vectors, here).tolist(), strict=True))


def test_a_missing_ocr_table_says_what_writes_it(understood: Path, tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"no Parquet parts here; write them with python -m data_jobs.ocr_images"):
        cluster_pictures(settings(tmp_path, understood, tmp_path / "out"))


def test_pictures_that_were_not_understood_are_named(ocr: Path, tmp_path: Path) -> None:
    rows = [understood_row("s01_main.jpg", "selling_point")]
    write_table(str(tmp_path / "understood" / "part-0.parquet"), pl.DataFrame(rows, schema=UNDERSTOOD))
    with pytest.raises(JobError, match=r"lacks \d+ of the \d+ pictures of --ocr, such as b01_cert.png; run python -m"):
        cluster_pictures(settings(ocr, tmp_path / "understood", tmp_path / "out"))
