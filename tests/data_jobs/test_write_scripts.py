"""The job on a real cluster: every product has its script, errors are told, and only what changed is written again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data_jobs.build_graph import GraphSettings, build_graph
from data_jobs.job import JobError
from data_jobs.schemas import SCRIPTS, part_paths, read_table
from data_jobs.write_scripts import WriteSettings, main, write_scripts
from koubo.script.script import Script
from tests.data_jobs.endpoint import serving

CUP = {"id": "cup", "title": "栖木屋不锈钢保温杯", "brand": "栖木屋", "category": "家居/水具", "price": 79.9}
PRODUCTS = [
    CUP | {"brief": "弹盖一按就开，单手能操作", "attributes": {"颜色": "松绿/奶白"}},
    {"id": "tea", "title": "云雾绿茶", "category": "食品/茶", "price": 59, "brief": "明前采摘，独立小袋"},
    {"id": "odd", "title": "呢件衫唔係佢哋嘅", "category": "服饰/上衣", "price": 10},
]
GOOD = "你们早上出门，是不是老忘了带东西？"


def snapshots(folder: Path, products: list[dict[str, Any]] = PRODUCTS) -> Path:
    shop = folder / "shop"
    shop.mkdir(exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) for row in products)
    (shop / "products.jsonl").write_text("\n".join(lines), encoding="utf-8")
    build_graph(GraphSettings(catalog=str(shop), out=str(folder / "snapshots")))
    return folder / "snapshots"


def run(root: Path, out: Path, **settings: Any) -> dict[str, Any]:
    chosen = {"writer": "none", "seconds": 30, "num_cpus": 0.1} | settings
    return write_scripts(WriteSettings(snapshots=str(root), out=str(out), **chosen))


def scripts(out: Path) -> dict[str, dict[str, Any]]:
    table = read_table(str(out), SCRIPTS, "data_jobs.write_scripts")
    return {row["product_id"]: row for row in table.iter_rows(named=True)}


@pytest.mark.ray
def test_every_product_has_a_script_and_only_what_changed_is_written_again(ray_cluster: str, tmp_path: Path) -> None:
    root, out = snapshots(tmp_path), tmp_path / "out"
    report = run(root, out)
    rows = scripts(out)
    script = Script.from_json(rows["cup"]["script"])
    assert script.id == rows["cup"]["script_id"] and "{price}" in "".join(s.slotted for s in script.sections)
    assert "七十九块九" in rows["cup"]["spoken"] and rows["cup"]["safe"]
    assert rows["odd"]["script"] is None and "UnsupportedLanguage" in rows["odd"]["error"]
    errors = pl.read_parquet(out / "_errors" / "errors.parquet")
    assert errors["row"].to_list() == ["odd"]
    assert (report["counts"]["scripts"], report["counts"]["by_model"]) == (2, 0)

    again = run(root, out)
    assert (again["counts"]["already_written"], again["counts"]["retried"]) == (2, 1), "errors are tried again"
    assert scripts(out)["cup"] == rows["cup"] and "UnsupportedLanguage" in scripts(out)["odd"]["error"]

    dearer = [PRODUCTS[0] | {"brief": "盖子一转就开"}, *PRODUCTS[1:]]
    third = run(snapshots(tmp_path, dearer), out)
    assert (third["counts"]["changed"], third["counts"]["retried"], third["counts"]["written_now"]) == (1, 1, 2)
    assert scripts(out)["tea"] == rows["tea"]
    assert scripts(out)["cup"]["script_id"] != rows["cup"]["script_id"]


@pytest.mark.ray
def test_a_model_behind_an_endpoint_writes_and_what_it_could_not_is_written_later(
    ray_cluster: str, tmp_path: Path
) -> None:
    root, out = snapshots(tmp_path, PRODUCTS[:1]), tmp_path / "out"
    down = run(root, out, writer="openai:http://127.0.0.1:9/v1#m", style="chat", section_timeout_s=5)
    assert down["planned"]["writer_down"] >= 3 and down["counts"]["by_model"] == 0
    with serving(lambda _: (200, GOOD)) as (source, requests):
        up = run(root, out, writer=source, style="chat", candidates=1)
    assert up["counts"]["by_model"] >= 1 and up["counts"]["candidates"] == len(requests)
    assert up["planned"].get("writer_down") is None
    assert len(part_paths(str(out))) == 1


def test_bad_settings_stop_before_anything_is_written(tmp_path: Path, capsys, monkeypatch) -> None:
    with pytest.raises(JobError, match="nothing is published"):
        run(tmp_path, tmp_path / "out")
    root = snapshots(tmp_path)
    with pytest.raises(JobError, match="nobody: not in the snapshot"):
        run(root, tmp_path / "out", products=["cup", "nobody"])
    with pytest.raises(JobError, match="只要九块九"):
        run(root, tmp_path / "out", required=["只要九块九"])
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr("sys.argv", ["write_scripts", "--snapshots", "here", "--out", str(tmp_path)])
    with pytest.raises(SystemExit):
        main()
    assert "relative path" in capsys.readouterr().err
