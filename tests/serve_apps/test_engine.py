"""The whole application with the real vLLM engine, started once for all tests."""

from __future__ import annotations

import re

import httpx
import pytest
from ray import serve

from koubo.reading import lattice
from koubo.reading.asking import question
from koubo.reading.prompts import mark
from serve_apps.app import WRITER
from tests.serve_apps.fake_writer import GOOD
from tests.serve_apps.served import ServedApp, wait_for_health
from train.base_model import load_model, load_tokenizer, open_base
from train.likelihood import CandidateScorer

pytestmark = [pytest.mark.serve, pytest.mark.vllm]


@pytest.fixture(scope="module")
def api(serve_app: ServedApp) -> httpx.Client:
    client = serve_app.client()
    wait_for_health(client, "ok", 60)
    return client


def test_the_engine_writes_sections_of_a_script(api: httpx.Client) -> None:
    answers = [api.post("/v1/scripts", json={"product_id": "b02", "seed": seed}).json() for seed in (1, 2)]
    # A busy machine may keep some sections waiting too long: those say so and have no candidates.
    sections = [s for answer in answers for s in answer["sections"] if s["reason"] not in ("by_design", "timeout")]
    assert sections and all(s["candidates"] > 0 for s in sections), [(s["reason"], s["error"]) for s in sections]
    assert all(s["source"] == "model" if s["reason"] is None else s["refusals"] for s in sections)


def test_what_the_engine_writes_has_the_form_that_fakes_have(api: httpx.Client) -> None:
    script = api.post("/v1/scripts", json={"product_id": "s01", "seed": 5}).json()
    for section in script["sections"]:
        assert not re.search(r"[{}\n]", section["written"]) and not any(c.isdigit() for c in section["spoken"])
    assert all("\n" not in text for text in GOOD.values())


def test_the_engine_weighs_readings_as_transformers_does(api: httpx.Client, serve_app: ServedApp) -> None:
    questions = [question(text, lattice(text)[0]) for text in ("618大促提前开抢", "库存只剩120件了")]
    engine = serve.get_deployment_handle(WRITER, serve_app.name)
    weighed = engine.weigh.remote(questions).result(timeout_s=300)
    base = open_base(serve_app.settings.writer.source)
    scorer = CandidateScorer(load_model(base, "float32").eval(), load_tokenizer(base))
    expected = scorer.likelihoods([(mark(q.text, q.start, q.end), q.candidates) for q in questions])
    assert weighed.model == str(base.folder)
    # The engine calculates in bfloat16, which has been up to 0.28 nats away; in float32 it is within 0.0001.
    for scores, reference in zip(weighed.scores, expected, strict=True):
        assert scores == pytest.approx(reference, abs=0.6)
        assert scores.index(max(scores)) == reference.index(max(reference))


def test_the_engine_rewrites_sentences(api: httpx.Client, serve_app: ServedApp) -> None:
    engine = serve.get_deployment_handle(WRITER, serve_app.name)
    rewritten = engine.rewrite.remote(["仅售99元"]).result(timeout_s=300)
    assert rewritten.spoken[0] is not None and "\n" not in rewritten.spoken[0]
