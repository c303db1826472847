"""Which facts answer a viewer's comment: single cases, and a labelled set over three shops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from koubo.catalog.answers import answers, load_topics, reranked
from koubo.catalog.build import build_snapshot
from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance
from koubo.catalog.snapshot import Snapshot
from koubo.catalog.tables import load_catalog

COMMENTS = Path(__file__).parent / "comments.jsonl"
EXAMPLES = Path(__file__).parents[3] / "examples" / "catalog"


def fact(kind: FactKind, label: str, value: str, source: str = "table") -> Fact:
    came = Provenance(source, "x")  # type: ignore[arg-type]
    return Fact(f"p:{kind}:{label}", "p", kind, label, value, None, PRIORITY[kind], None, None, 1.0, came)


FACTS = [
    fact(FactKind.NAME, "名称", "厚底小白鞋 可机洗"),
    fact(FactKind.PRICE, "价格", "99.00"),
    fact(FactKind.ATTRIBUTE, "鞋底", "橡胶"),
    fact(FactKind.ATTRIBUTE, "鞋底厚度", "3.5cm"),
    fact(FactKind.ATTRIBUTE, "颜色", "白/白绿"),
    fact(FactKind.QUESTION_ANSWER, "多久发货？", "48小时内发出"),
    fact(FactKind.IMAGE_CLAIM, "价格", "券后价59", "image"),
    fact(FactKind.IMAGE_ATTRIBUTE, "面料", "牛皮", "image"),
]


@pytest.mark.parametrize(
    ("comment", "label"),
    [
        ("什么颜色的", "颜色"),
        ("鞋底多厚", "鞋底厚度"),
        ("鞋底是什么材料", "鞋底"),
        ("什么时候能发货呀", "多久发货？"),
        ("多少钱", "价格"),
        ("能放洗衣机里吗", "名称"),
        ("是什么面料", "面料"),
    ],
)
def test_the_fact_that_answers(comment: str, label: str) -> None:
    found = answers(FACTS, comment)
    assert found[0].fact.label == label
    assert found[0].why and 0.5 <= found[0].score <= 1


@pytest.mark.parametrize("comment", ["666", "主播好美", "", "保修多久", "孕妇可以穿吗", "？？？"])
def test_nothing_where_nothing_answers(comment: str) -> None:
    assert answers(FACTS, comment) == ()


def test_a_price_in_a_picture_never_answers_what_it_costs() -> None:
    assert all(one.fact.kind is FactKind.PRICE for one in answers(FACTS, "到手价多少钱", n=9))


def test_at_most_n_and_the_best_first() -> None:
    found = answers(FACTS, "鞋底多厚 什么颜色 什么面料", n=2)
    assert len(found) == 2 and found[0].score >= found[1].score


class Shoes:
    """An embedder for which one text is near the comment."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([[1.0, 0.0] if i == 0 or "橡胶" in t else [0.0, 1.0] for i, t in enumerate(texts)], np.float32)


def test_an_embedder_may_change_the_order() -> None:
    found = answers(FACTS, "鞋底多厚", n=3)
    assert [one.fact.label for one in found[:2]] == ["鞋底厚度", "鞋底"]
    assert asyncio.run(reranked(found, "鞋底多厚", Shoes()))[0].fact.label == "鞋底"
    assert asyncio.run(reranked((), "x", Shoes())) == ()


def test_a_wrong_file_of_topics_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("topics: {材质: {ask: [料子]}}", encoding="utf8")
    with pytest.raises(ValueError, match=r"mine.yaml: topic 材质: unknown ask"):
        load_topics(path)
    path.write_text("topics: {材质: {asks: 料子}}", encoding="utf8")
    with pytest.raises(ValueError, match="write lists"):
        load_topics(path)
    path.write_text("topics: {价格: {asks: [多少钱], kinds: [prices]}}", encoding="utf8")
    with pytest.raises(ValueError, match="no kinds of facts: prices"):
        load_topics(path)


@dataclass(frozen=True, slots=True)
class Score:
    """Of labelled comments: right ones among those answered, answered rightly of all, rightly left unanswered."""

    precision: float
    recall: float
    silence: float


def score(rows: Iterable[dict[str, object]], facts: dict[str, Sequence[Fact]]) -> Score:
    right = answered = wanted = silent = unanswerable = 0
    for row in rows:
        found = answers(facts[str(row["product"])], str(row["comment"]))
        good = [f"{row['product']}:{key}" for key in row["answers"]]  # type: ignore[attr-defined]
        answered += bool(found)
        right += bool(found) and found[0].fact.id in good
        wanted += bool(good)
        unanswerable += not good
        silent += not good and not found
    return Score(right / answered, right / wanted, silent / unanswerable)


def facts_by_product(folder: Path, *shops: Path) -> dict[str, Sequence[Fact]]:
    found: dict[str, Sequence[Fact]] = {}
    for shop in shops:
        snapshot = Snapshot.load(build_snapshot(load_catalog(shop), None, None, folder / shop.name))
        found |= {product.id: snapshot.facts(product.id) for product in snapshot.products(0, len(snapshot))}
    return found


def labelled(shops: Sequence[str], split: str) -> list[dict[str, object]]:
    rows = [json.loads(line) for line in COMMENTS.read_text(encoding="utf8").splitlines()]
    return [row for row in rows if row["shop"] in shops and row["split"] == split]


@pytest.mark.parametrize("split", ["dev", "held"])
def test_labelled_comments_about_the_example_shop(split: str, tmp_path: Path) -> None:
    reached = score(labelled(["examples"], split), facts_by_product(tmp_path, EXAMPLES))
    assert reached.precision >= 0.9 and reached.recall >= 0.85 and reached.silence >= 0.85, reached


@pytest.mark.parametrize("split", ["dev", "held"])
def test_labelled_comments_about_real_shops(split: str, shared_data: Path, tmp_path: Path) -> None:
    facts = facts_by_product(tmp_path, shared_data / "catalog" / "yanxuan", shared_data / "catalog" / "mall")
    reached = score(labelled(["yanxuan", "mall"], split), facts)
    assert reached.precision >= 0.9 and reached.recall >= 0.8 and reached.silence >= 0.75, reached
