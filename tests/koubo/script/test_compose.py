"""Composing: the best candidate that passes, or the planned section with its reason."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from koubo.protocols import Embedder, ExemplarLine
from koubo.reading import read
from koubo.script.brief import Brief
from koubo.script.compose import Budget, Completed, ComposedSection, Verdict, compose
from koubo.script.exemplars import Exemplars, Shown, load_exemplars
from koubo.script.plan import SectionKind, SectionPlan, plan
from koubo.script.prompt import SLOTTED_REGEX, TASKS, messages, prompt, tidy, trained
from koubo.script.render import render
from koubo.script.script import Script
from koubo.script.slots import OFFER_SLOTS, slots_in

GOOD = "你们早上出门，是不是老忘了带上水杯？"


def test_without_a_writer_everything_is_planned_by_design(shop, script_of) -> None:
    brief = shop.brief("cup")
    script = script_of(brief)
    assert {(s.source, s.reason) for s in script.sections} == {("planned", "by_design")}
    assert [s.slotted for s in script.sections] == [s.planned for s in plan(brief).sections]


def test_the_best_candidate_that_passes_is_committed(shop, script_of, writer_saying) -> None:
    writer = writer_saying([GOOD, "今天只要九块九，冲啊家人们。", "杯子好。"])
    script = script_of(shop.brief("cup"), writer)
    hook = script.sections[0]
    assert hook.source == "model" and hook.reason is None
    assert hook.model_text == GOOD and hook.slotted.startswith(GOOD)
    assert {r.rule for r in hook.refusals} >= {"quantity", "length"}
    assert len(hook.candidates) == 3


def test_words_about_something_else_are_refused(shop, script_of, writer_saying) -> None:
    script = script_of(shop.brief("cup"), writer_saying(["晚饭想吃什么呀，我有点饿了，你们呢？"]))
    hook = script.sections[0]
    assert (hook.source, hook.reason) == ("planned", "refused")
    assert {r.rule for r in hook.refusals} == {"off_topic"}
    assert hook.candidates[0].score is not None


def test_offers_and_proofs_are_never_asked_for(shop, script_of, writer_saying) -> None:
    writer = writer_saying([GOOD])
    script = script_of(shop.brief("cup"), writer)
    assert {request.section for request in writer.asked}.isdisjoint({"offer", "proof"})
    assert all(not set(request.slots) & OFFER_SLOTS for request in writer.asked)
    offer = next(s for s in script.sections if s.kind is SectionKind.OFFER)
    assert offer.reason == "by_design"


def test_the_same_words_are_not_said_twice(shop, script_of, writer_saying) -> None:
    script = script_of(shop.brief("cup"), writer_saying([GOOD]))
    assert sum(s.source == "model" for s in script.sections) == 1
    assert {s.reason for s in script.sections if s.source == "planned"} == {"refused", "by_design"}


def test_a_model_section_keeps_its_facts(shop, script_of, writer_saying) -> None:
    brief = shop.brief("cup")
    script = script_of(brief, writer_saying(["来，先看看这个，{point1}，你们感受一下。"]))
    section = next(s for s in script.sections if s.kind is SectionKind.SELLING_POINTS)
    planned = next(s for s in plan(brief).sections if s.kind is SectionKind.SELLING_POINTS)
    assert len(set(slots_in(section.slotted))) >= len(set(planned.slots)) - 1


def test_a_writer_that_raises_is_down(shop, script_of, writer_saying) -> None:
    script = script_of(shop.brief("cup"), writer_saying(raises=ConnectionError("no route to the engine")))
    hook = script.sections[0]
    assert (hook.source, hook.reason) == ("planned", "writer_down")
    assert "no route to the engine" in (hook.error or "")


def test_without_a_scorer_the_script_is_planned_and_says_so(shop, writer_saying) -> None:
    async def dead(brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> Sequence[Verdict]:
        raise ConnectionError("no route to the scorer")

    brief, writer = shop.brief("cup"), writer_saying([GOOD])

    async def composed() -> list[ComposedSection]:
        return [s async for s in compose(brief, plan(brief), writer, dead, Exemplars(()))]

    sections = asyncio.run(composed())
    assert {s.reason for s in sections} == {"scorer_down", "by_design"}
    assert sections[0].error == "ConnectionError: no route to the scorer" and sections[0].slotted
    assert len(writer.asked) == 1


def test_a_late_writer_is_not_waited_for_again(shop, script_of, writer_saying) -> None:
    writer = writer_saying([GOOD], waits=5.0)
    script = script_of(shop.brief("cup"), writer, Budget(seconds=0.05))
    asked = [s for s in script.sections if s.kind not in (SectionKind.OFFER, SectionKind.PROOF)]
    assert {s.reason for s in asked} == {"timeout"}
    assert len(writer.asked) == 1


def test_refused_candidates_leave_the_planned_section_and_are_counted(shop, script_of, writer_saying) -> None:
    script = script_of(shop.brief("cup"), writer_saying(["全网最低价，只要九块九，家人们快冲。"] * 3))
    assert script.sections[0].reason == "refused"
    assert {r.rule for r in script.sections[0].refusals} >= {"quantity", "superlative", "offer"}


def test_a_script_is_json_both_ways(shop, script_of, writer_saying) -> None:
    script = script_of(shop.brief("cup"), writer_saying([GOOD, "只要九块九，快来看看。"]))
    again = Script.from_json(script.to_json())
    assert again == script
    live = shop.live("cup")
    assert render(again, live, live.at, read) == render(script, live, live.at, read)


def test_prompts_are_short_and_hold_no_price(shop, script_of, writer_saying) -> None:
    writer = writer_saying([GOOD])
    script_of(shop.brief("cup", seconds=120), writer)
    for request in writer.asked:
        text = prompt(request)
        assert len(text) <= 600
        assert text.endswith("台词：")
        assert "79.9" not in "".join(request.product_lines)
        system, ask = messages(request)
        assert (system["role"], ask["role"]) == ("system", "user")


def test_the_prompt_of_a_trained_writer_names_product_slots_and_what_was_said_and_shows_no_exemplar(
    shop, script_of, writer_saying
) -> None:
    writer = writer_saying([GOOD])
    script_of(shop.brief("cup", seconds=120, persona="亲切"), writer)
    for number, request in enumerate(writer.asked):
        text = trained(request)
        assert len(text) <= 200
        assert text.startswith(f"商品：{request.product_name}。")
        assert all("{" + slot + "}" in text for slot in request.slots)
        assert ("刚说过：" in text) == (number > 0)
        assert text.split("\n")[-1] == f"亲切，{TASKS[request.section]}："
        assert not any(line.text in text for line in request.exemplars)


def test_exemplars_speak_of_other_products(shop, script_of, writer_saying) -> None:
    writer = writer_saying([GOOD])
    script_of(shop.brief("cup"), writer)
    assert all("保温杯" not in line.text for request in writer.asked for line in request.exemplars)
    assert all(len(request.exemplars) == 3 for request in writer.asked)


def test_the_grammar_takes_hanzi_marks_and_slots_only() -> None:
    grammar = re.compile(SLOTTED_REGEX)
    assert grammar.fullmatch("来，看看{name}，{point1}。喜欢吗？")
    assert not grammar.fullmatch("今天99块。")
    assert not grammar.fullmatch("{price}，冲。")
    assert not grammar.fullmatch("没有说完")


def test_a_candidate_is_cut_after_its_last_whole_sentence() -> None:
    assert tidy(" 看看这个杯子。是不是很顺手？我跟你") == "看看这个杯子。是不是很顺手？"
    assert tidy("没有一句说完的话") == ""


def test_a_bad_exemplar_row_is_named(tmp_path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"id": "a", "function": "hook", "text": "好"}\n{"id": "b", "function": "song", "text": "啦"}\n')
    try:
        load_exemplars(path)
    except ValueError as error:
        assert "row 2" in str(error) and "function" in str(error) and "song" in str(error)
    else:
        raise AssertionError("an unknown function was taken")


class ByLength:
    """An embedder by which texts are alike that are nearly as long; it counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        angles = np.array([len(text) / 100 for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def shown_for(shop, lines: Sequence[ExemplarLine], embedder: Embedder | None) -> Shown:
    brief = shop.brief("cup")
    section = next(one for one in plan(brief).sections if one.kind is SectionKind.HOOK)
    return asyncio.run(Exemplars(lines, embedder).choose(brief, section, 2))


def test_exemplars_are_chosen_by_similarity_to_what_the_section_would_say(shop) -> None:
    brief = shop.brief("cup")
    planned = brief.filled(plan(brief).sections[0].planned)
    near = ExemplarLine("near", "hook", "好" * len(planned))
    lines = [ExemplarLine(f"far{n}", "hook", "好" * (len(planned) + 60 + n)) for n in range(5)]
    shown = shown_for(shop, [*lines, near], ByLength())
    assert (shown.by, shown.lines[0].id) == ("similarity", "near")


def test_lines_are_embedded_once(shop) -> None:
    lines = [ExemplarLine(f"l{n}", "hook", "好" * (n + 3)) for n in range(6)]
    embedder, brief = ByLength(), shop.brief("cup")
    section = plan(brief).sections[0]
    exemplars = Exemplars(lines, embedder)
    for _ in range(2):
        asyncio.run(exemplars.choose(brief, section, 2))
    assert len(embedder.asked) == len(lines) + 2


def test_an_embedder_that_is_away_leaves_a_draw_that_says_so(shop, script_of, writer_saying) -> None:
    class Away:
        async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            raise ConnectionError("no scorer")

    lines = [ExemplarLine(f"l{n}", "hook", "好" * (n + 3)) for n in range(6)]
    shown = shown_for(shop, lines, Away())
    assert (shown.by, len(shown.lines)) == ("drawn", 2)
    sections = script_of(shop.brief("cup"), writer_saying([GOOD])).sections
    assert {section.exemplars_by for section in sections} == {"drawn", None}
