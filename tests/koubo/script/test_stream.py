"""The words of a whole stream."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from koubo.catalog.records import parse_promotion
from koubo.script import stream as stream_module
from koubo.script.brief import Occasion, make_brief
from koubo.script.likeness import likeness
from koubo.script.plan import SectionKind, plan
from koubo.script.rundown import make_rundown
from koubo.script.stream import LONGEST_SHARED, MOST_ALIKE, StreamPlan, plan_stream
from koubo.script.stream_request import StreamRequest
from koubo.script.timeline import timeline
from tests.koubo.script.conftest import NOW

IDS = ("s01", "f01", "b02", "h01", "d02", "m01")


def planned(shop, **fields: Any) -> StreamPlan:
    asked = {"product_ids": IDS, "starts_at": NOW, "hours": 0.7, "seconds": 90} | fields
    request = StreamRequest.model_validate(asked)
    products = {one: shop.live(one, NOW) for one in request.product_ids}
    rundown = make_rundown(request, products, shop.promotions)
    return plan_stream(request, rundown, [shop.live(turn.product_id, turn.at) for turn in rundown.turns])


@pytest.fixture(scope="module")
def stream(example_shop) -> StreamPlan:
    return planned(example_shop)


def test_no_two_openings_or_closings_are_alike(stream: StreamPlan) -> None:
    assert len(stream.entries) > 25 and not any(entry.over_bound for entry in stream.entries)
    for ends in ([e.opening for e in stream.entries], [e.closing for e in stream.entries]):
        pairs = [likeness(one, other) for one, other in combinations(ends, 2)]
        assert max(pair.share for pair in pairs) <= MOST_ALIKE
        assert max(len(pair.run) for pair in pairs) <= LONGEST_SHARED


def test_the_same_request_gives_the_same_plan_and_another_seed_another(example_shop, stream: StreamPlan) -> None:
    short = {"hours": 0.15}
    assert planned(example_shop, **short) == planned(example_shop, **short)
    one, other = planned(example_shop, **short), planned(example_shop, **short, seed=1)
    assert [e.turn for e in one.entries] == [e.turn for e in other.entries]
    assert not {e.opening for e in one.entries} & {e.opening for e in other.entries}
    assert StreamPlan.from_json(json.loads(json.dumps(stream.to_json()))) == stream


def test_a_request_of_an_entry_gives_its_script(example_shop, stream: StreamPlan) -> None:
    for entry in stream.entries[::5]:
        sections = plan(make_brief(example_shop.live(entry.turn.product_id, entry.turn.at), entry.request)).sections
        assert (sections[0].planned, sections[-1].planned) == (entry.opening, entry.closing)
        said = {section.kind for section in sections}
        assert {SectionKind.OFFER, SectionKind.SELLING_POINTS} <= said


def test_no_promotion_is_spoken_of_before_it_begins_or_after_it_ends(shop) -> None:
    begins, ends = NOW + timedelta(minutes=9), NOW + timedelta(minutes=20)
    row = {"id": "sale", "kind": "flash_price", "price": "59.90", "product_ids": ["cup"]}
    shop.promotions = (
        parse_promotion(row | {"starts_at": begins, "ends_at": ends, "eligibility": {"kind": "everyone"}}),
    )
    found = planned(shop, product_ids=["cup"], hours=0.5).entries
    told = [(e.turn.at, e.turn.ends_at, "{activity}" in e.opening + e.closing) for e in found]
    assert not any(speaks for at, _, speaks in told if not begins <= at < ends)
    assert {e.turn.at for e in found if e.turn.occasion is Occasion.FLASH_SALE} == {begins}
    for entry in found:
        brief = make_brief(shop.live("cup", entry.turn.at), entry.request)
        text = "".join(brief.filled(section.planned) for section in plan(brief).sections)
        assert ("59.9" in text) == (begins <= entry.turn.at < ends)


def test_hosts_take_turns(example_shop) -> None:
    found = planned(example_shop, hours=0.3, personas=["热情", "沉稳"]).entries
    personas = [entry.request.persona for entry in found]
    assert personas == sorted(personas, key=["热情", "沉稳"].index) and len(set(personas)) == 2


def test_where_no_seed_keeps_to_the_bound_the_plan_says_so(example_shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "MOST_ALIKE", 0.0)
    monkeypatch.setattr(stream_module, "MOST_TRIED", 3)
    found = planned(example_shop, product_ids=["f01", "s01"], hours=0.2, seconds=60).entries
    assert any(entry.over_bound for entry in found)
    assert all(entry.over_bound for entry in found if entry.opening_likeness.share > 0)
    assert not found[0].over_bound


def test_where_the_words_run_out_the_search_ends(example_shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "MOST_ALIKE", 0.0)
    words = stream_module._Words(StreamRequest(product_ids=("f01",), starts_at=NOW, hours=0.2, seconds=60), spare=5)
    monkeypatch.setattr(stream_module, "_Words", lambda request: words)
    found = planned(example_shop, product_ids=["f01"], hours=0.2, seconds=60).entries
    assert sum(entry.tried - stream_module.TRIED for entry in found) == 5


def test_a_wrong_number_of_products_is_refused(example_shop, stream: StreamPlan) -> None:
    request = stream.request
    rundown = make_rundown(request, {one: example_shop.live(one) for one in IDS}, ())
    with pytest.raises(ValueError, match="lives"):
        plan_stream(request, rundown, [])


def test_the_picture_shows_every_turn(stream: StreamPlan) -> None:
    picture = timeline(stream)
    assert picture.count("<title>") == len(stream.entries)
    assert all(entry.name in picture for entry in stream.entries)
