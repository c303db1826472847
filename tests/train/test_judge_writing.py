"""Judging a writer: what it offers goes through the application's own check; copies and facts are told apart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from koubo.catalog.build import tables_of
from koubo.catalog.live import EMPTY
from koubo.catalog.pictures import NO_PICTURES
from koubo.catalog.snapshot import Snapshot
from koubo.catalog.store import CatalogView
from koubo.catalog.tables import load_catalog
from koubo.dataset.writing import HeldOut, Sold, held_out_briefs
from koubo.dataset.written import MEASURES, Known
from koubo.protocols import ExemplarLine
from koubo.script.brief import Brief
from koubo.script.compose import Completed, Verdict
from koubo.script.exemplars import Exemplars
from koubo.script.plan import SectionPlan
from koubo.script.prompt import trained
from train.judge_writing import judge
from train.sampling_writer import GatheringWriter
from train.writing_table import Column, interval, table

EXAMPLES = Path(__file__).parents[2] / "examples"
EVENING = datetime(2026, 11, 11, 20, tzinfo=timezone(timedelta(hours=8)))
EXEMPLAR = ExemplarLine("h1", "hook", "刚进来的姐妹先别急着划走，听我把这个好东西说完。")
TRAINED_ON = "想买保温杯的家人们看过来，{name}。"


@pytest.fixture(scope="module")
def held_out() -> list[HeldOut]:
    catalog = load_catalog(EXAMPLES / "catalog")
    view = CatalogView(Snapshot("examples", tables_of(catalog, NO_PICTURES)), EMPTY)
    return held_out_briefs((Sold(product.id, view.product(product.id, EVENING)) for product in catalog.products[:4]), 7)


async def all_fit(brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> list[Verdict]:
    return [Verdict(0.5, 1.0) for _ in completed]


def judged(held_out: list[HeldOut], *texts: str) -> Column:
    def sample(prompts: Sequence[str]) -> list[str]:
        assert all("商品：" in one for one in prompts)
        return [texts[i % len(texts)] for i in range(len(prompts))]

    writer = GatheringWriter(trained, sample, quiet_s=0.05)
    known = Known([EXEMPLAR], [TRAINED_ON])
    return Column("fake", asyncio.run(judge(held_out, writer, all_fit, Exemplars(known.exemplars), known, len(texts))))


def test_a_copyist_a_liar_and_one_with_words_of_its_own(held_out: list[HeldOut]) -> None:
    own = "镜头前面坐稳了，我手里就是{name}。\n然后呢"
    column = judged(held_out, own, "只要九块九，今天最便宜。", EXEMPLAR.text, "找耳机的各位看过来，{name}。")
    candidates = [c for script in column.scripts for c in script.sections[0].candidates]
    assert [c.text for c in candidates[:4]] == [
        "镜头前面坐稳了，我手里就是{name}。",
        "只要九块九，今天最便宜。",
        EXEMPLAR.text,
        "找耳机的各位看过来，{name}。",
    ]
    by_text = {c.text: c for c in candidates}
    assert by_text["镜头前面坐稳了，我手里就是{name}。"].usable
    assert by_text["镜头前面坐稳了，我手里就是{name}。"].own
    assert "quantity" in by_text["只要九块九，今天最便宜。"].rules
    assert by_text[EXEMPLAR.text].copies_exemplar
    assert not by_text[EXEMPLAR.text].copies_training
    assert by_text["只要九块九，今天最便宜。"].new == 1.0
    assert by_text["找耳机的各位看过来，{name}。"].new == 0.0  # another noun and address in a sentence trained on


def test_requests_of_the_same_moment_are_sampled_together(held_out: list[HeldOut]) -> None:
    batches: list[int] = []

    def sample(prompts: Sequence[str]) -> list[str]:
        batches.append(len(prompts))
        return ["来，看看{name}。"] * len(prompts)

    asyncio.run(
        judge(held_out, GatheringWriter(trained, sample, quiet_s=0.05), all_fit, Exemplars(()), Known([], []), 2)
    )
    assert batches[0] == 2 * len(held_out)


def test_the_table_has_a_row_a_measure_and_paired_differences(held_out: list[HeldOut]) -> None:
    good, bad = judged(held_out, "镜头前面坐稳了，我手里就是{name}。"), judged(held_out, "只要九块九。")
    lines = table([bad, good]).splitlines()
    assert len(lines) == 2 + len(MEASURES)
    usable = next(line for line in lines if line.startswith("| usable candidates"))
    assert usable.split("|")[-2].strip().startswith("+")
    assert "| last - first |" in lines[0]


def test_an_interval_holds_the_measure_and_a_difference_from_itself_is_nothing(held_out: list[HeldOut]) -> None:
    scripts = judged(held_out, "镜头前面坐稳了，我手里就是{name}。", "只要九块九。").scripts
    measure = MEASURES["usable candidates"]
    low, high = interval(measure, scripts)
    assert low <= measure(scripts) <= high
    assert interval(measure, scripts, scripts) == (0.0, 0.0)
