"""The job on a real cluster: rows with their origin, bad rows told, only what changed mined again."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data_jobs.build_graph import GraphSettings, build_graph
from data_jobs.job import JobError
from data_jobs.mine_reviews import ReviewSettings, main, mine_reviews
from data_jobs.schemas import ASPECTS, part_paths, read_table
from koubo.catalog.facts import FactKind
from koubo.catalog.review_facts import aspects_by_product
from koubo.catalog.snapshot import Snapshot
from koubo.catalog.tables import load_catalog
from koubo.voices.mining import mine_catalog

PRODUCTS = [
    {"id": "bed", "title": "纯棉四件套", "category": "居家/床品", "price": 199},
    {"id": "tea", "title": "绿茶", "category": "食品/茶", "price": 59},
]
REVIEWS = [
    {"id": "r1", "product_id": "bed", "text": "布料挺厚实，手感不错"},
    {"id": "r2", "product_id": "bed", "text": "面料很厚实，洗了不掉色"},
    {"id": "r3", "product_id": "bed", "text": "拉链线头太多，难看"},
    {"id": "r4", "product_id": "tea", "text": "味道很好，喝着很香"},
    {"id": "r5", "product_id": "nobody", "text": "很好"},
    {"id": "r6", "product_id": "tea", "text": ""},
]
QUESTIONS = [{"id": "q1", "product_id": "bed", "question": "会掉色吗", "answer": "不会"}]


def write_shop(folder: Path, reviews: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in (("products", PRODUCTS), ("reviews", reviews), ("questions", QUESTIONS)):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def run(shop: Path, out: Path, **settings: Any) -> dict[str, Any]:
    return mine_reviews(ReviewSettings(catalog=str(shop), out=str(out), part_rows=1, **settings))


@pytest.mark.ray
def test_rows_errors_and_facts_and_a_second_run_mines_only_what_changed(ray_cluster: str, tmp_path: Path) -> None:
    shop, out = write_shop(tmp_path / "shop", REVIEWS), tmp_path / "out"
    report = run(shop, out)
    table = read_table(str(out), ASPECTS, "data_jobs.mine_reviews")
    rows = {(r["product_id"], r["aspect"], r["polarity"]): r for r in table.iter_rows(named=True)}
    assert rows["bed", "材质", "positive"]["count"] == 2
    assert rows["bed", "材质", "positive"]["opinion"] == "厚实"
    assert rows["bed", "做工", "negative"]["source"]["row"] == 3
    assert rows["bed", "材质", "asked"]["count"] == 1
    assert rows["tea", "味道", "positive"]["reviews"] == 1
    assert (report["counts"]["reviews"], report["counts"]["questions"]) == (4, 1)
    errors = pl.read_parquet(out / "_errors" / "errors.parquet")
    assert sorted(errors.select("source", "row", "field").rows()) == [
        ("reviews.jsonl", "5", "product_id"),
        ("reviews.jsonl", "6", "text"),
    ]
    snapshots = build_graph(GraphSettings(catalog=str(shop), reviews=str(out), out=str(tmp_path / "graph")))
    facts = Snapshot.load(Path(snapshots["folder"])).facts("bed")
    said = {(f.kind, f.label): (f.value, f.provenance.row) for f in facts}
    assert said[FactKind.REVIEW_PRAISE, "材质"] == ("厚实", 2)
    assert said[FactKind.REVIEW_COMPLAINT, "做工"][1] == 3
    quotes = {f.value for f in facts if f.kind is FactKind.REVIEW_QUOTE}
    assert quotes == {"布料挺厚实，手感不错", "面料很厚实，洗了不掉色"}

    before = {path: Path(path.removeprefix("file://")).stat().st_mtime_ns for path in part_paths(str(out))}
    again = run(shop, out)
    assert again["counts"]["parts_unchanged"] == again["counts"]["parts"] == len(before)
    write_shop(shop, [*REVIEWS[:3], {**REVIEWS[3], "text": "味道很淡，一点都不香"}])
    changed = run(shop, out)
    assert changed["counts"]["reviews"] == 1
    kept = {path for path in part_paths(str(out)) if path in before}
    assert len(kept) == len(before) - 1
    assert all(Path(path.removeprefix("file://")).stat().st_mtime_ns == before[path] for path in kept)
    tea = read_table(str(out), ASPECTS, "data_jobs.mine_reviews").filter(pl.col("product_id") == "tea")
    assert set(tea["polarity"]) == {"negative"}


@pytest.mark.ray
def test_the_job_gives_what_one_process_gives(ray_cluster: str, tmp_path: Path) -> None:
    examples = Path(__file__).parents[2] / "examples" / "catalog"
    run(examples, tmp_path)
    rows = aspects_by_product(read_table(str(tmp_path), ASPECTS, "data_jobs.mine_reviews").iter_rows(named=True))
    assert rows == dict(sorted(mine_catalog(load_catalog(examples)).items()))


def test_a_shop_without_reviews_has_an_empty_table(tmp_path: Path) -> None:
    shop, out = write_shop(tmp_path / "shop", []), tmp_path / "out"
    (shop / "questions.jsonl").unlink()
    assert run(shop, out)["counts"]["parts"] == 0
    assert read_table(str(out), ASPECTS, "data_jobs.mine_reviews").is_empty()
    run(shop, out)
    graph = build_graph(GraphSettings(catalog=str(shop), reviews=str(out), out=str(tmp_path / "graph")))
    assert graph["counts"]["products"] == 2


def test_what_cannot_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = write_shop(tmp_path / "shop", REVIEWS)
    bad = tmp_path / "aspects.yaml"
    bad.write_text("families: {}\naspects: {}", encoding="utf-8")
    with pytest.raises(JobError, match="no such folder"):
        run(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(JobError, match=r"aspects\.yaml"):
        run(shop, tmp_path / "out", aspects=str(bad))
    monkeypatch.setattr(sys, "argv", ["mine_reviews", "--catalog", "shop", "--out", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    assert "--catalog: 'shop' is a relative path" in capsys.readouterr().err
