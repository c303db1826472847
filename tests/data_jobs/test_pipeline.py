"""The pipeline as an operator runs it: one command, then again after changes of the shop."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cluster.settings import load_profile
from data_jobs.catalog_pictures import write_catalog_manifest
from data_jobs.job import JobError
from data_jobs.pipeline import PipelineSettings, plan, run_pipeline
from koubo.catalog.facts import FactKind
from koubo.catalog.snapshot import Snapshot
from koubo.versions import current, point

EXAMPLES = Path(__file__).parents[2] / "examples"
PICTURES = ("s01_spec.webp", "s01_main.jpg", "h03_main.jpg", "h03_main_resaved.webp", "h05_detail_broken.jpg")
PRODUCTS = ("s01", "h03", "h05")


def shop(folder: Path) -> Path:
    """A few products of the example shop, with their reviews and questions and five of their pictures beside them."""
    (folder / "pictures").mkdir(parents=True)
    for name in PICTURES:
        shutil.copy(EXAMPLES / "images" / name, folder / "pictures")
    for table in ("products", "reviews", "questions"):
        rows = map(json.loads, (EXAMPLES / "catalog" / f"{table}.jsonl").read_text(encoding="utf8").splitlines())
        kept = [_row(row) for row in rows if row.get("product_id", row["id"]) in PRODUCTS]
        write(folder / f"{table}.jsonl", kept)
    return folder


def _row(row: dict[str, Any]) -> dict[str, Any]:
    named = [f"pictures/{image}" for image in row.get("images", ()) if image in PICTURES]
    return row | {"images": named} if "images" in row else row


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf8")


def states(report: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["state"] for step in report["steps"]}


@pytest.mark.ray
@pytest.mark.ocr
def test_one_submit_then_only_what_changed(tmp_path: Path, ray_cluster: str) -> None:
    folder, out = shop(tmp_path / "shop"), tmp_path / "out"
    settings = PipelineSettings(catalog=str(folder), out=str(out))
    first = run_pipeline(settings)
    assert set(states(first).values()) == {"ran"}
    assert first["errors"]["ocr_images: corrupt"] == 1
    snapshot = Snapshot.load(current(out / "snapshots"))
    fact = next(f for f in snapshot.facts("s01", kinds=[FactKind.IMAGE_ATTRIBUTE]))
    assert fact.provenance.place == "pictures/s01_spec.webp"
    assert any(snapshot.facts(product_id, kinds=[FactKind.REVIEW_PRAISE]) for product_id in PRODUCTS)
    page = (out / "report.html").read_text(encoding="utf8")
    assert "redundant: pictures/h03_main" in page and "data:image/jpeg;base64," in page and "<polygon" in page

    again = run_pipeline(settings)
    assert set(states(again).values()) == {"unchanged"}
    assert Snapshot.load(current(out / "snapshots")).version == snapshot.version

    (folder / "pictures" / "s01_main.jpg").unlink()
    shutil.copy(EXAMPLES / "images" / "s01_size.png", folder / "pictures" / "s01_main.jpg")
    changed = run_pipeline(settings)
    assert states(changed)["ocr_images"] == states(changed)["build_graph"] == "ran"
    assert states(changed)["mine_reviews"] == "unchanged"
    ocr = next(step for step in changed["steps"] if step["name"] == "ocr_images")
    assert (ocr["counts"]["replaced"], ocr["counts"]["read_now"]) == (1, 1)


@pytest.mark.ray
def test_a_catalogue_without_pictures_has_no_picture_steps(tmp_path: Path, ray_cluster: str) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    write(folder / "products.jsonl", [{"id": "a", "title": "杯子", "price": "9.90"}])
    report = run_pipeline(PipelineSettings(catalog=str(folder), out=str(tmp_path / "out")))
    assert list(states(report)) == ["mine_reviews", "build_graph"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf8")
    assert "names no pictures" in page and "There are no reviews" in page


def test_a_step_interrupted_or_asked_for_is_run_again(tmp_path: Path, ray_cluster: str) -> None:
    folder, out = tmp_path / "shop", tmp_path / "out"
    folder.mkdir()
    write(folder / "products.jsonl", [{"id": "a", "title": "杯子", "price": "9.90"}])
    run_pipeline(PipelineSettings(catalog=str(folder), out=str(out)))
    asked = run_pipeline(PipelineSettings(catalog=str(folder), out=str(out), redo=["mine_reviews"]))
    assert states(asked) == {"mine_reviews": "ran", "build_graph": "unchanged"}
    (out / "snapshots" / "_done.json").unlink()
    mended = run_pipeline(PipelineSettings(catalog=str(folder), out=str(out)))
    assert states(mended) == {"mine_reviews": "unchanged", "build_graph": "ran"}


def test_output_that_somebody_else_changed_is_made_again(tmp_path: Path, ray_cluster: str) -> None:
    folder, out = tmp_path / "shop", tmp_path / "out"
    folder.mkdir()
    write(folder / "products.jsonl", [{"id": "a", "title": "杯子", "price": "9.90"}])
    settings = PipelineSettings(catalog=str(folder), out=str(out))
    run_pipeline(settings)
    old = current(out / "snapshots").name
    write(folder / "products.jsonl", [{"id": "a", "title": "杯子", "price": "8.80"}])
    run_pipeline(settings)
    new = current(out / "snapshots").name
    point(out / "snapshots", old)
    assert states(run_pipeline(settings))["build_graph"] == "ran"
    assert current(out / "snapshots").name == new != old


def test_settings_of_steps_are_checked_before_anything_runs(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")

    def planned(*values: str) -> list[Any]:
        return plan(PipelineSettings(catalog=str(folder), out=str(tmp_path / "out"), set=list(values)))

    assert planned("ocr_images.max-side=640")[0].settings.max_side == 640
    for wrong, words in {
        "ocr_images.max_side=small": "--max-side",
        "ocr_images.side=1": "--side",
        "ocr.max_side=1": "STEP.FIELD=VALUE",
        "ocr_images.max_side=[": "no YAML value",
        "ocr_images.out=/x": "the pipeline sets this itself",
    }.items():
        with pytest.raises(JobError, match=words):
            planned(wrong)


def test_what_a_step_is_made_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = shop(tmp_path / "shop")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("products: {}")

    def made_from() -> dict[str, str]:
        asked = PipelineSettings(catalog=str(folder), out=str(tmp_path / "out"), mapping=f"file://{mapping}")
        return {step.name: step.made_from() for step in plan(asked)}

    first = made_from()
    assert made_from() == first
    mapping.write_text("products: {货: id}")
    assert differing(first, made_from()) == {"mine_reviews", "build_graph"}
    now = made_from()
    monkeypatch.setitem(load_profile("laptop").models.__dict__, "ocr", "hub")
    assert "ocr_images" in differing(now, made_from())


def differing(one: dict[str, str], other: dict[str, str]) -> set[str]:
    return {name for name in one if one[name] != other[name]}


def test_pictures_named_by_the_catalogue_are_beside_it_or_have_addresses(tmp_path: Path) -> None:
    folder, out = tmp_path / "shop", tmp_path / "out"
    folder.mkdir()
    images = ["a.jpg", "https://cdn.example.com/b.jpg", "a.jpg"]
    write(folder / "products.jsonl", [{"id": "a", "title": "杯子", "price": 9, "images": images}])
    place = write_catalog_manifest(str(folder), None, str(out))
    assert place is not None
    rows = [json.loads(line) for line in Path(place).read_text().splitlines()]
    assert rows == [
        {"image_id": "a.jpg", "path": str(folder / "a.jpg")},
        {"image_id": "https://cdn.example.com/b.jpg", "path": "https://cdn.example.com/b.jpg"},
    ]
