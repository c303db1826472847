"""Which facts a brief takes first, and why."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance, Source
from koubo.script.alike import alike
from koubo.script.plan import plan
from koubo.script.ranking import Alikes, rank_facts, weights
from koubo.script.slots import LABELLED, POINTS, Slot, slots_in

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def fact(
    name: str,
    value: str,
    kind: FactKind = FactKind.ATTRIBUTE,
    source: Source = "table",
    confidence: float = 1.0,
    since: datetime | None = None,
) -> Fact:
    came = Provenance(source, "somewhere")
    return Fact(name, "p", kind, name, value, None, PRIORITY[kind], since, None, confidence, came)


def test_without_any_reason_the_priority_decides() -> None:
    facts = [fact("颜色", "雾灰"), fact("point", "一按就开", FactKind.SELLING_POINT)]
    assert [one.fact.id for one in rank_facts(facts, NOW)] == ["point", "颜色"]
    assert all(one.reasons == () for one in rank_facts(facts, NOW))


@pytest.mark.parametrize("focus", ["材质", "不锈钢"], ids=["its label", "a word of it"])
def test_what_the_merchant_asks_for_comes_first(focus: str) -> None:
    facts = [fact("point", "一按就开", FactKind.SELLING_POINT), fact("材质", "304不锈钢")]
    first = rank_facts(facts, NOW, focus=(focus,))[0]
    assert (first.fact.id, first.reasons) == ("材质", (f"focus: {focus}",))


def test_an_audience_hears_first_what_it_listens_for() -> None:
    facts = [fact("a", "男女同款", FactKind.SELLING_POINT), fact("b", "食品级硅胶", FactKind.SELLING_POINT)]
    assert [one.fact.id for one in rank_facts(facts, NOW, audience="宝妈们")] == ["b", "a"]
    assert [one.fact.id for one in rank_facts(facts, NOW)] == ["a", "b"]


def test_what_another_source_bears_out_goes_before_what_stands_alone() -> None:
    facts = [
        fact("alone", "颜色很正", FactKind.SELLING_POINT),
        fact("borne", "盖子一按就开", FactKind.SELLING_POINT),
        fact("praise", "盖子一按就开很方便", FactKind.REVIEW_PRAISE, "review"),
        fact("same table", "颜色很正的", FactKind.CATEGORY),
    ]
    ranked = rank_facts(facts, NOW)
    assert (ranked[0].fact.id, ranked[0].reasons) == ("borne", ("borne out by: review",))
    assert next(one for one in ranked if one.fact.id == "alone").reasons == ()


def test_the_index_finds_what_comparing_each_with_each_finds() -> None:
    """The index compares a fact only with those that share a pair of characters: none other can be alike."""
    draw, sources = random.Random(5), ("table", "review", "picture", "question")
    texts = ["".join(draw.choices("盖子一按就开很方便，", k=draw.randint(0, 7))) for _ in range(120)]
    facts = [fact(f"f{n}", text, source=draw.choice(sources)) for n, text in enumerate(texts)]
    index = Alikes(facts)
    found = [index.agreeing(one) for one in facts]
    assert found == [_compared(one, facts) for one in facts]
    assert any(found) and not all(found)


def _compared(one: Fact, facts: list[Fact]) -> list[str]:
    own = one.provenance.source
    others = (other.provenance.source for other in facts if alike(one.value, other.value))
    return list(dict.fromkeys(source for source in others if source != own))


def test_what_became_true_lately_moves_up_and_what_is_to_come_does_not() -> None:
    days = timedelta(days=1)
    facts = [
        fact("a old", "雾灰", since=NOW - 90 * days),
        fact("b coming", "米白", since=NOW + days),
        fact("c new", "奶咖", since=NOW - 2 * days),
    ]
    assert [one.fact.id for one in rank_facts(facts, NOW)] == ["c new", "a old", "b coming"]


def test_doubt_moves_down() -> None:
    facts = [fact("a", "防滑底", confidence=0.6), fact("b", "软底")]
    assert [one.fact.id for one in rank_facts(facts, NOW)] == ["b", "a"]


def test_a_brief_keeps_why_and_is_the_same_again(shop) -> None:
    brief = shop.brief("cup", focus=("内胆",))
    again = shop.brief("cup", focus=("内胆",))
    assert brief == again
    moved = [reasons for reasons in brief.reasons.values() if "focus: 内胆" in reasons]
    assert moved
    assert set(brief.reasons) <= set(brief.chosen.values())


def test_the_table_is_read() -> None:
    assert weights().focus > weights().audience > 0


def test_what_is_in_focus_is_told_before_other_points(shop) -> None:
    brief = shop.brief("cup", focus=("颜色",), seconds=90)
    slotted = "".join(section.planned for section in plan(brief).sections)
    told = [slot for slot in slots_in(slotted) if slot in (*POINTS, *LABELLED)]
    assert told[0] is Slot.COLOR and len(told) > 1
    assert brief.in_focus() == {Slot.COLOR}
