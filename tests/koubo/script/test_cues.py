"""Cues: a voice, an avatar and a player driven by them say and show what the script says, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koubo.catalog.facts import Fact, FactKind, Provenance
from koubo.reading import read
from koubo.script.brief import BriefRequest, Occasion
from koubo.script.cue_table import PLAIN, QUESTION, CueTable, Moment, cue_table, tag_of
from koubo.script.cues import (
    Cueing,
    Picture,
    ScriptCues,
    SentenceCues,
    emphasis_of,
    picture_of,
    script_cues,
    script_webvtt,
)
from koubo.script.pace import pace_of
from koubo.script.plan import SectionKind
from koubo.script.render import RenderedScript, RenderedSentence, SlotUse, render, spoken_at
from koubo.script.sentence_ssml import sentence_ssml
from koubo.script.slots import Slot
from tests.koubo.script.webvtt_file import parse

SSML = "{http://www.w3.org/2001/10/synthesis}"
Cued = tuple[RenderedScript, ScriptCues]


def cued(shop: Any, script_of: Any, product_id: str, **request: Any) -> Cued:
    live = shop.live(product_id)
    script = script_of(shop.brief(product_id, **request))
    rendered = render(script, live, live.at, read)
    return rendered, script_cues(rendered, script.brief.request)


@pytest.fixture(scope="module")
def scripts(example_shop: Any, script_of: Any) -> list[Cued]:
    """A script for every third product, each occasion and persona among them."""
    occasions, personas = list(Occasion), ["热情", "亲切", "专业", "沉稳", "没听说过"]
    return [
        cued(
            example_shop, script_of, product_id,
            occasion=occasions[number % len(occasions)], persona=personas[number % len(personas)],
        )
        for number, product_id in enumerate(list(example_shop.products)[::3])
    ]  # fmt: skip


def each(scripts: list[Cued]) -> Iterator[tuple[RenderedSentence, SentenceCues]]:
    for rendered, cues in scripts:
        for section, own in zip(rendered.sections, cues.sections, strict=True):
            yield from zip(section.sentences, own, strict=True)


def said(ssml: str) -> str:
    """Say a document as an engine does: a sub's alias, else the text."""
    return "".join(_said(ElementTree.fromstring(ssml)))


def _said(node: ElementTree.Element) -> Iterator[str]:
    if node.tag == SSML + "sub":
        yield node.attrib["alias"]
    else:
        yield node.text or ""
        for child in node:
            yield from _said(child)
    yield node.tail or ""


def test_ssml_says_the_spoken_form_and_shows_the_written_one(scripts: list[Cued]) -> None:
    for sentence, cues in each(scripts):
        root = ElementTree.fromstring(cues.ssml)
        assert root.tag == SSML + "speak" and root.attrib["version"] == "1.1"
        assert {node.tag.removeprefix(SSML) for node in root.iter()} <= {"speak", "s", "sub", "emphasis", "break"}
        assert said(cues.ssml) == sentence.spoken
        assert root[1].attrib == {"time": f"{round(cues.pause * 1000)}ms"} and cues.pause > 0


def test_what_is_stressed_lies_within_a_phrase_in_both_forms_and_in_the_ssml(scripts: list[Cued]) -> None:
    levels = set()
    for sentence, cues in each(scripts):
        for stress in cues.emphasis:
            (use,) = [use for use in sentence.slots if use.slot is stress.slot and use.start <= stress.start < use.end]
            assert stress.start < stress.end == use.end
            assert use.spoken_start <= stress.spoken_start < stress.spoken_end == use.spoken_end
            words = sentence.written[stress.start : stress.end]
            assert read(words).spoken == sentence.spoken[stress.spoken_start : stress.spoken_end]
            levels.add((stress.slot, stress.level))
        marked = ElementTree.fromstring(cues.ssml).iter(SSML + "emphasis")
        assert ["".join(node.itertext()) for node in marked] == [
            sentence.written[stress.start : stress.end] for stress in cues.emphasis
        ]
    assert {(Slot.PRICE, "strong"), (Slot.OFFER, "strong"), (Slot.POINT1, "moderate")} <= levels


def test_of_an_offer_what_is_to_be_paid_is_stressed(example_shop: Any, script_of: Any) -> None:
    sentences = list(each([cued(example_shop, script_of, "d02")]))
    (words,) = [
        (sentence.written[stress.start : stress.end], sentence.spoken[stress.spoken_start : stress.spoken_end])
        for sentence, cues in sentences
        for stress in cues.emphasis
        if stress.slot is Slot.OFFER
    ]
    assert words == ("到手价179元", "到手价一百七十九元")


def test_every_tag_is_of_the_documented_set(scripts: list[Cued]) -> None:
    table = cue_table()
    assert {cues.emotion for _, cues in each(scripts)} <= set(table.emotions)
    assert {cues.gesture for _, cues in each(scripts)} <= set(table.gestures)


@pytest.mark.parametrize(
    ("section", "occasion", "persona", "content", "tags"),
    [
        ("hook", "opening", "热情", PLAIN, ("excited", "wave")),
        ("hook", "single_product", "热情", "name", ("cheerful", "show")),
        ("need", "single_product", "亲切", QUESTION, ("curious", "think")),
        ("offer", "single_product", "热情", "price", ("excited", "count")),
        ("offer", "single_product", "沉稳", "price", ("confident", "count")),
        ("closing", "last_call", "热情", "urgency", ("urgent", "order")),
        ("proof", "single_product", "热情", "proof", ("sincere", "reassure")),
    ],
)
def test_section_occasion_persona_and_content_choose_the_tags(
    section: str, occasion: str, persona: str, content: str, tags: tuple[str, str]
) -> None:
    moment, table = Moment(SectionKind(section), Occasion(occasion), persona, content), cue_table()
    assert (tag_of(table.emotion, moment), tag_of(table.gesture, moment)) == tags


def test_every_place_in_a_script_has_tags_and_every_tag_has_a_place() -> None:
    table = cue_table()
    contents = (*table.contents, QUESTION, PLAIN)
    places = itertools.product(SectionKind, Occasion, ["热情", "专业"], contents)
    moments = [Moment(*place) for place in places]
    assert {tag_of(table.emotion, moment) for moment in moments} == set(table.emotions)
    assert {tag_of(table.gesture, moment) for moment in moments} == set(table.gestures)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"emotion": [{"tag": "furious"}]}, "'furious' is not one of"),
        ({"gesture": [{"content": ["weather"], "tag": "rest"}]}, "'weather' is not one of"),
        ({"emotion": [{"section": ["hook"], "tag": "neutral"}]}, "last rule has conditions"),
        ({"gesture": []}, "last rule"),
        ({"emphasis": [{"slots": ["price", "price"], "level": "strong"}]}, "'price' is there twice"),
        ({"emphasis": [{"slots": ["prize"], "level": "strong"}]}, "emphasis.0.slots.0"),
        ({"gesture": [{"tag": "rest", "when": "hook"}]}, "gesture.0.when"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_name(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        CueTable.model_validate(cue_table().model_dump() | change)


def test_times_add_up_and_run_on(scripts: list[Cued]) -> None:
    for rendered, cues in scripts:
        sentences = list(cues.sentences)
        assert sentences[0].start == 0.0 and len(sentences) > 5
        assert all(after.start == pytest.approx(cue.start + cue.seconds) for cue, after in pairwise(sentences))
        assert cues.seconds == pytest.approx(sum(cue.seconds for cue in sentences), abs=1e-6)
        assert rendered.spoken and all(0 < cue.pause < cue.seconds for cue in sentences)


@pytest.mark.parametrize("persona", ["热情", "亲切", "专业", "沉稳"])
@pytest.mark.parametrize("seconds", [30, 180])
def test_a_script_lasts_about_as_long_as_was_asked(
    example_shop: Any, script_of: Any, seconds: int, persona: str
) -> None:
    products = list(example_shop.products)[::5]
    asked = [cued(example_shop, script_of, product, seconds=seconds, persona=persona) for product in products]
    assert all(cues.seconds == pytest.approx(seconds, rel=0.2) for _, cues in asked)
    assert sum(cues.seconds for _, cues in asked) == pytest.approx(seconds * len(asked), rel=0.1)


def test_webvtt_is_the_written_text_in_step_with_the_sentences(scripts: list[Cued]) -> None:
    for rendered, cues in scripts:
        notes, parsed = parse(script_webvtt(rendered, cues))
        assert f"as_of {rendered.as_of}" in notes[0]
        assert "".join(line for cue in parsed for line in cue.lines) == rendered.written
        assert all(len(cue.lines) <= 2 and cue.start < cue.end for cue in parsed)
        assert [cue.start for cue in parsed[1:]] == [cue.end for cue in parsed[:-1]]
        firsts = [cue.start for cue in parsed if cue.name.endswith("-1")]
        assert firsts == [sentence.start for sentence in cues.sentences]
        assert parsed[-1].end == pytest.approx(cues.seconds)


def test_no_caption_breaks_a_number_or_a_phrase_that_fits_a_line(scripts: list[Cued]) -> None:
    for sentence, cues in each(scripts):
        lines = [line for caption in cues.captions for line in caption.lines]
        for span in sentence.spans:
            assert any(span.written in line for line in lines), (span.written, lines)
        for use in sentence.slots:
            phrase = sentence.written[use.start : use.end]
            assert len(phrase) >= 18 or any(phrase in line for line in lines), (phrase, lines)


def test_streamed_section_by_section_the_cues_are_the_same(shop: Any, script_of: Any) -> None:
    rendered, cues = cued(shop, script_of, "cup", persona="亲切")
    cueing = Cueing(BriefRequest(product_id="cup", persona="亲切"))
    alone = [replace(rendered, sections=(section,)) for section in rendered.sections]
    assert tuple(cueing.section(one, one.sections[0]) for one in alone) == cues.sections


BOX = ((10.0, 20.0), (110.0, 20.0), (110.0, 60.0), (10.0, 60.0))


def pictured(image_id: str, images: tuple[str, ...]) -> tuple[Picture | None, Picture | None]:
    """The pictures of a sentence whose fact was read from one, and of a sentence that says nothing of the product."""
    came = Provenance("image", image_id, box=BOX, quote="内胆 316不锈钢")
    fact = Fact("cup:i", "cup", FactKind.IMAGE_ATTRIBUTE, "内胆", "不锈钢", None, 50, None, None, 0.97, came)
    shown = RenderedSentence("内胆是不锈钢。", "内胆是不锈钢。", (), None, ("cup:name", "cup:i"), ())
    plain = RenderedSentence("来。", "来。", (), None, (), ())
    first, second = (picture_of(sentence, {"cup:i": fact}, images) for sentence in (shown, plain))
    return first, second


@pytest.mark.parametrize(
    ("image_id", "images", "shown", "main"),
    [
        ("cup/detail.jpg", ("cup/main.jpg", "cup/detail.jpg"), "cup/detail.jpg", "cup/main.jpg"),
        ("detail.jpg", ("https://cdn/m.jpg", "https://cdn/detail.jpg?w=750"), "https://cdn/detail.jpg?w=750", "https://cdn/m.jpg"),
        ("shop/cup/detail.jpg", ("detail.jpg",), "detail.jpg", "detail.jpg"),
        ("a/detail.jpg", ("b/detail.jpg",), "a/detail.jpg", "b/detail.jpg"),
    ],
)  # fmt: skip
def test_the_picture_is_the_one_a_fact_came_from_else_the_main_one(
    image_id: str, images: tuple[str, ...], shown: str, main: str
) -> None:
    assert pictured(image_id, images) == (Picture(shown, BOX, "cup:i"), Picture(main, None, None))


def test_without_pictures_there_is_none_to_show(shop: Any, script_of: Any) -> None:
    _, cues = cued(shop, script_of, "cup")
    assert all(sentence.picture is None for sentence in cues.sentences)


def test_markup_in_what_a_merchant_wrote_is_text(shop: Any, script_of: Any) -> None:
    bad = "R&D<b>杯\"</speak>'--> &amp;"
    rows = {
        "id": "bad",
        "title": bad,
        "brand": "A&B<i>",
        "brief": "",
        "attributes": {"工艺": "A&B压纹"},
        "unit": "个&<break/>",
    }
    shop.products["bad"] = shop.products["cup"].model_copy(update={**rows, "images": ("a&b<.jpg",)})
    rendered, cues = cued(shop, script_of, "bad", seconds=120)
    assert "A&B" in rendered.written and "<" not in rendered.written, "a name with marks is not said, an attribute is"
    for sentence, own in each([(rendered, cues)]):
        assert said(own.ssml) == sentence.spoken
    _, parsed = parse(script_webvtt(rendered, cues))
    assert "".join(line for cue in parsed for line in cue.lines) == rendered.written


TEXTS = st.lists(
    st.sampled_from([*"的，。“”看&<>'\"★【】", "59.9元", "3件", "T恤", "-->", "\x00"]), min_size=1, max_size=20
)


@settings(max_examples=80, deadline=None)
@given(TEXTS.map("".join), st.data())
def test_wherever_phrases_stand_the_ssml_says_the_spoken_form_once(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    reading = read(text)
    phrases = [(Slot.OFFER, *places[:2]), (Slot.PRICE, *places[2:])]
    uses = tuple(
        SlotUse(slot, a, b, spoken_at(reading, a, False), spoken_at(reading, b, True), ()) for slot, a, b in phrases
    )
    sentence = RenderedSentence(text, reading.spoken, reading.spans, None, (), uses)
    stressed = emphasis_of(sentence)
    ssml = sentence_ssml(sentence.reading, stressed, 0.4)
    assert said(ssml) == reading.spoken.replace("\x00", "")
    assert [sentence.spoken[e.spoken_start : e.spoken_end].replace("\x00", "") for e in stressed] == [
        "".join(_said(node)).removesuffix(node.tail or "")
        for node in ElementTree.fromstring(ssml).iter(SSML + "emphasis")
    ]


def test_cues_keep_pace_with_the_persona(shop: Any, script_of: Any) -> None:
    rendered, cues = cued(shop, script_of, "cup", persona="沉稳")
    assert cues.seconds == pytest.approx(pace_of("沉稳").seconds(rendered.spoken), abs=0.05)
