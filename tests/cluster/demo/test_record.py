"""What the demo counts, it counts by itself: a number without a fact must show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cluster.demo.marked import as_html
from cluster.demo.record import PriceChange, Written


def sentence(written: str, slots: list[tuple[str, str]]) -> dict[str, Any]:
    """A sentence whose slots are (phrase, fact id)."""
    uses = [
        {"start": written.index(phrase), "end": written.index(phrase) + len(phrase), "fact_ids": [fact]}
        for phrase, fact in slots
    ]
    return {"written": written, "spoken": written, "spans": [], "slots": uses}


def answer(*sentences: dict[str, Any]) -> dict[str, Any]:
    section = {"source": "planned", "sentences": list(sentences), "spoken": "".join(s["spoken"] for s in sentences)}
    return {"sections": [section], "facts": [{"id": "p1:price"}]}


def test_a_number_in_a_slot_with_a_known_fact_is_traced() -> None:
    written = Written(answer(sentence("现价29.9元起。", [("29.9元", "p1:price")])), {}, 1.0)
    assert [n.fact_ids for n in written.numbers] == [("p1:price",)]
    assert written.untraced == []


def test_numbers_outside_slots_or_with_unknown_facts_are_named() -> None:
    loose = sentence("只要九十九块九，送2瓶。", [])
    unknown = sentence("原价59元。", [("59元", "p1:gone")])
    untraced = Written(answer(loose, unknown), {}, 1.0).untraced
    assert [number.startswith(("九十九", "送2", "2", "59")) for number in untraced] == [True, True, True]


def test_a_price_change_shows_the_sections_that_read_otherwise() -> None:
    before, after = answer(sentence("现价29.9元。", [])), answer(sentence("现价26.91元。", []))
    change = PriceChange("T", Decimal("29.9"), Decimal("26.91"), 3, before, after)
    assert change.lines == [("现价29.9元。", "现价26.91元。")]


def test_marked_text_keeps_everything_and_escapes_it() -> None:
    span = {"start": 2, "end": 5, "written": "9元<", "spoken": "九元"}
    text = {"written": "现价9元<b", "spans": [span]}
    assert as_html(text, "written") == '现价<mark class="written">9元&lt;</mark>b'
    assert as_html(text, "spoken") == '现价<mark class="spoken">九元</mark>b'
