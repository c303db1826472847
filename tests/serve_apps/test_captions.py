"""Cues and captions over HTTP: an engine is driven by the JSON of a script alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi.testclient import TestClient

from koubo.script.cue_table import cue_table
from tests.koubo.script.webvtt_file import parse


def test_every_sentence_of_a_script_carries_its_cues(client: TestClient) -> None:
    script = client.post("/v1/scripts", json={"product_id": "b02", "seconds": 60}).json()
    for answer in (script, client.post(f"/v1/scripts/{script['id']}/render").json()):
        sentences = [sentence for section in answer["sections"] for sentence in section["sentences"]]
        cues = [sentence["cues"] for sentence in sentences]
        assert answer["seconds"] == round(sum(cue["seconds"] for cue in cues), 3)
        assert {cue["emotion"] for cue in cues} <= set(cue_table().emotions)
        assert {cue["gesture"] for cue in cues} <= set(cue_table().gestures)
        assert all(cue["ssml"].startswith("<speak ") and cue["picture"]["image"] == "b02_main.jpg" for cue in cues)
        assert any(cue["emphasis"] for cue in cues)
        shown = "".join(line for cue in cues for caption in cue["captions"] for line in caption["lines"])
        assert shown == answer["written"]
        assert f"as_of {answer['as_of']}" in parse(answer["webvtt"])[0][0]


def test_captions_alone_are_a_webvtt_file_of_now_or_of_a_later_moment(client: TestClient) -> None:
    script = client.post("/v1/scripts", json={"product_id": "b02", "seconds": 30}).json()
    client.patch("/v1/products/b02/live", json={"price": "123.4"})
    captions = client.post(f"/v1/scripts/{script['id']}/captions")
    assert captions.status_code == 200 and captions.headers["content-type"] == "text/vtt; charset=utf-8"
    rendered = client.post(f"/v1/scripts/{script['id']}/render").json()
    notes, cues = parse(captions.text)
    assert "123.4" in captions.text and f"as_of {rendered['as_of']}" in notes[0]
    assert "".join(line for cue in cues for line in cue.lines) == rendered["written"]
    later = (datetime.now().astimezone() + timedelta(days=1)).isoformat()
    assert later in client.post(f"/v1/scripts/{script['id']}/captions", json={"at": later}).text


def test_captions_of_what_is_unknown_are_a_problem(client: TestClient) -> None:
    answer = client.post("/v1/scripts/nope/captions")
    assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"
    assert client.post("/v1/scripts/nope/captions", json={"when": "now"}).status_code == 422
