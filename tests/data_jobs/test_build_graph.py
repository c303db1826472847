"""The job as a user runs it: a folder in, a snapshot, an errors table and a report out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data_jobs.build_graph import GraphSettings, build_graph, main
from data_jobs.job import JobError
from data_jobs.schemas import CLUSTERS, UNDERSTOOD
from koubo.catalog.facts import FactKind
from koubo.catalog.snapshot import Snapshot
from koubo.versions import current

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "catalog"


def run(catalog: Path, out: Path, **settings: Any) -> dict[str, Any]:
    return build_graph(GraphSettings(catalog=str(catalog), out=str(out), **settings))


def write_shop(folder: Path, *products: dict[str, Any]) -> Path:
    folder.mkdir()
    lines = (json.dumps(product, ensure_ascii=False) for product in products)
    (folder / "products.jsonl").write_text("\n".join(lines), encoding="utf8")
    return folder


def test_the_example_shop_from_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "data_jobs.build_graph", "--catalog", str(EXAMPLES), "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "23 products" in done.stdout
    assert "errors: none" in done.stdout
    snapshot = Snapshot.load(current(tmp_path))
    report = json.loads((tmp_path / "_report.json").read_text())
    assert report["version"] == snapshot.version
    assert report["counts"]["facts"] == snapshot.stats()["rows"]["facts"]
    assert pl.read_parquet(tmp_path / "_errors" / "errors.parquet").height == 0


def test_bad_rows_go_to_the_errors_table_and_the_job_goes_on(tmp_path: Path) -> None:
    good = {"id": "a", "title": "杯", "price": "¥9.90"}
    shop = write_shop(tmp_path / "shop", good, {**good, "id": "b", "price": "面议"}, good)
    (shop / "promotions.jsonl").write_text('{"id": "x", "kind": "lottery"}\n')
    report = run(shop, tmp_path / "out")
    errors = pl.read_parquet(tmp_path / "out" / "_errors" / "errors.parquet")
    assert errors.select("source", "row", "field", "value").rows() == [
        ("products.jsonl", "2", "price", "面议"),
        ("products.jsonl", "3", "id", "a"),
        ("promotions.jsonl", "1", "kind", "lottery"),
    ]
    assert report["errors"] == {"refused price": 1, "refused id": 1, "refused kind": 1}
    assert len(Snapshot.load(Path(report["folder"]))) == 1


def test_kept_pictures_become_facts(tmp_path: Path) -> None:
    shop = write_shop(tmp_path / "shop", {"id": "a", "title": "杯", "price": 9, "images": ["1.jpg", "2.jpg", "3.jpg"]})
    box = [[0, 0], [90, 0], [90, 20], [0, 20]]
    said = {"kind": "image_attribute", "label": "容量", "value": "500ml", "line": 0, "box": box, "score": 0.98}
    row = {"topic": "specifications", "confidence": 0.9, "summary": "", "method": "rules", "error": None}
    pages = [row | {"image_id": name, "statements": [said | {"quote": "容量：500ml"}]} for name in ("1.jpg", "2.jpg")]
    clusters = [
        ("1.jpg", 0, "1.jpg", "specifications", True, None, 2),
        ("2.jpg", 0, "1.jpg", "specifications", False, "redundant: 1.jpg", 2),
    ]
    for name, rows, schema in (("understood", pages, UNDERSTOOD), ("clusters", clusters, CLUSTERS)):
        (tmp_path / name).mkdir()
        pl.DataFrame(rows, schema=schema, orient="row").write_parquet(tmp_path / name / "part.parquet")
    report = run(shop, tmp_path / "out", understood=str(tmp_path / "understood"), clusters=str(tmp_path / "clusters"))
    assert (report["counts"]["picture_facts"], report["counts"]["pictures"]) == (1, 1)
    assert report["errors"] == {"left out images": 1}
    fact = Snapshot.load(current(tmp_path / "out")).facts("a", kinds=[FactKind.IMAGE_ATTRIBUTE])[0]
    assert (fact.label, fact.value, fact.provenance.place) == ("容量", "500ml", "1.jpg")


def test_a_mapping_file_for_the_merchants_own_headers(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "products.csv").write_bytes("宝贝编码,宝贝名,到手,面料\n1,T恤,59.9,棉\n".encode("gb18030"))
    mapping = tmp_path / "headers.yaml"
    mapping.write_text("products: {宝贝编码: id, 宝贝名: title, 到手: price, 面料: attributes.面料}", encoding="utf8")
    run(shop, tmp_path / "out", mapping=str(mapping))
    assert Snapshot.load(current(tmp_path / "out")).product("1").attributes == {"面料": "棉"}


def test_the_same_input_is_the_same_version_and_a_change_is_another(tmp_path: Path) -> None:
    first, second = run(EXAMPLES, tmp_path), run(EXAMPLES, tmp_path)
    assert first["version"] == second["version"]
    shop = Path(shutil.copytree(EXAMPLES, tmp_path / "shop"))
    rows = (shop / "products.jsonl").read_text(encoding="utf8").replace('"59.90"', '"58.80"')
    (shop / "products.jsonl").write_text(rows, encoding="utf8")
    changed = run(shop, tmp_path)
    assert changed["version"] != first["version"]
    assert current(tmp_path).name == changed["version"]


def test_what_cannot_start_says_why_and_leaves_the_snapshot_in_service(tmp_path: Path) -> None:
    good = run(EXAMPLES, tmp_path / "out")["version"]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(JobError, match="no such folder"):
        run(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(JobError, match="no product could be imported"):
        run(empty, tmp_path / "out")
    with pytest.raises(JobError, match="not s3://"):
        build_graph(GraphSettings(catalog="s3://shop", out=str(tmp_path / "out")))
    with pytest.raises(JobError, match="no Parquet parts here"):
        run(EXAMPLES, tmp_path / "out", understood=str(empty))
    (tmp_path / "file").touch()
    with pytest.raises(JobError, match=r"--out .*/file: cannot be made a folder"):
        run(EXAMPLES, tmp_path / "file")
    assert current(tmp_path / "out").name == good


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--catalog", "shop", "--out", "/tmp/x"], "--catalog: 'shop' is a relative path"),
        (["--catalog", "/shop", "--clusters", "/c", "--out", "/tmp/x"], "give --understood too"),
        (["--catalog", "/shop"], "--out: Field required"),
        (["--catalog", "/nowhere", "--out", "/tmp/x"], "/nowhere: no such folder"),
    ],
)
def test_bad_arguments_exit_with_2_and_a_message(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["build_graph", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(("shop", "products"), [("mall", 20), ("shopxo", 18), ("yanxuan", 239)])
def test_real_catalogues(shared_data: Path, tmp_path: Path, shop: str, products: int) -> None:
    report = run(shared_data / "catalog" / shop, tmp_path)
    assert report["counts"]["products"] == products
    assert sum(report["errors"].values()) <= 1
    assert len(Snapshot.load(Path(report["folder"]))) == products
