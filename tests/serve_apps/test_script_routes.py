"""The life of a stored script over HTTP: reviewed, revised, approved, rendered. Real parts; the writer is a fake."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from koubo.script.revise import approve
from serve_apps.ingress import make_studio as make_studio_of
from serve_apps.library import Change
from serve_apps.settings import AppSettings
from serve_apps.studio import Parts, Studio
from tests.serve_apps.fake_writer import FakeWriter

PRODUCT = "b02"
FINE = "这个{name}我自己家里天天在用，大家看一下。"
ANY = {"If-Match": "*"}


@pytest.fixture
def script(client: TestClient) -> dict[str, Any]:
    """A new script, as it is stored."""
    return read(client, write(client)["id"])


def write(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/v1/scripts", json={"product_id": PRODUCT, "seconds": 60, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def read(client: TestClient, script_id: str) -> dict[str, Any]:
    answer = client.get(f"/v1/scripts/{script_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["ETag"] == f'"{found["revision"]}"'
    return found


def change(client: TestClient, method: str, script: dict[str, Any], place: str, body: Any = None) -> dict[str, Any]:
    """Change a script from the revision that was seen; the script afterwards."""
    headers = {"If-Match": f'"{script["revision"]}"', "X-Actor": "anna"}
    answer = client.request(method, f"/v1/scripts/{script['id']}{place}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["ETag"] == f'"{found["revision"]}"'
    return found


def texts(script: dict[str, Any], section: int | None = None) -> list[str]:
    rows = script["sections"] if section is None else [script["sections"][section]]
    return [sentence["slotted"] for row in rows for sentence in row["sentences"]]


def offer(script: dict[str, Any]) -> str:
    """The address of the first sentence of an offer."""
    return next(
        f"/sections/{row['number']}/sentences/{sentence['number']}"
        for row in script["sections"]
        for sentence in row["sentences"]
        if sentence["offer"]
    )


def test_a_new_script_is_a_draft_at_its_first_revision(client: TestClient) -> None:
    answer = client.post("/v1/scripts", json={"product_id": PRODUCT}, headers={"X-Actor": "anna"})
    script = answer.json()
    assert answer.headers["ETag"] == '"1"' and answer.headers["Location"] == f"/v1/scripts/{script['id']}"
    assert (script["revision"], script["status"], script["approved_only"]) == (1, "draft", False)
    stored = client.get(answer.headers["Location"]).json()
    assert (stored["changed_by"], stored["change"], stored["brief"]) == ("anna", "composed", script["brief"])


def test_a_stored_script_shows_its_sentences_by_section_and_number_without_live_values(
    client: TestClient, script: dict[str, Any]
) -> None:
    assert [row["number"] for row in script["sections"]] == list(range(len(script["sections"])))
    for row in script["sections"]:
        assert [one["number"] for one in row["sentences"]] == list(range(len(row["sentences"])))
    offers = [one for row in script["sections"] for one in row["sentences"] if one["offer"]]
    assert offers and all("{" in one["slotted"] and "{" not in one["as_composed"] for one in offers)
    client.patch(f"/v1/products/{PRODUCT}/live", json={"price": "123.4"})
    assert read(client, script["id"]) == script


def test_an_edit_is_spoken_by_the_next_render_and_is_a_revision_of_its_own(
    client: TestClient, script: dict[str, Any]
) -> None:
    after = change(client, "PUT", script, "/sections/0/sentences/0", {"text": FINE})
    assert texts(after, 0)[0] == FINE and after["sections"][0]["sentences"][0]["edited"]
    rendered = client.post(f"/v1/scripts/{script['id']}/render").json()
    assert "我自己家里天天在用" in rendered["spoken"] and rendered["revision"] == 2
    assert (after["revision"], after["changed_by"], after["change"]) == (2, "anna", "section 0 sentence 0 edited")
    told = client.get(f"/v1/scripts/{script['id']}/revisions").json()
    assert [(r["number"], r["actor"], r["status"]) for r in told["revisions"]] == [
        (1, "api", "draft"),
        (2, "anna", "draft"),
    ]
    assert texts(client.get(f"/v1/scripts/{script['id']}/revisions/1").json()) == texts(script)


def test_a_refused_edit_is_a_422_that_names_rule_words_and_reason(client: TestClient, script: dict[str, Any]) -> None:
    address = f"/v1/scripts/{script['id']}/sections/0/sentences/0"
    answer = client.put(address, json={"text": "全网最低价，只要九十九块九。"}, headers=ANY)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "urn:koubo:problem:refused")
    assert {"quantity", "superlative"} <= {one["rule"] for one in problem["refusals"]}
    assert all(one["words"] and one["why"] for one in problem["refusals"])
    assert {error["field"] for error in problem["errors"]} == {"text"} and "九十九" in problem["detail"]
    assert read(client, script["id"])["revision"] == 1


@pytest.mark.parametrize("text", ["", "看\n看。", "好" * 501])
def test_text_that_cannot_be_a_sentence_is_a_422_that_names_the_field(
    client: TestClient, script: dict[str, Any], text: str
) -> None:
    answer = client.put(f"/v1/scripts/{script['id']}/sections/0/sentences/0", json={"text": text}, headers=ANY)
    assert answer.status_code == 422 and [e["field"] for e in answer.json()["errors"]] == ["text"]


def test_an_offer_is_moved_but_not_reworded(client: TestClient, script: dict[str, Any]) -> None:
    address = offer(script)
    section, number = int(address.split("/")[2]), int(address.split("/")[4])
    planned = texts(script, section)[number]
    answer = client.put(f"/v1/scripts/{script['id']}{address}", json={"text": "真的，" + planned}, headers=ANY)
    assert "offer_slot" in {one["rule"] for one in answer.json()["refusals"]}
    after = change(client, "POST", script, f"{address}/move", {"section": 0, "sentence": 0})
    assert texts(after, 0)[0] == planned and sorted(texts(after)) == sorted(texts(script))


def test_a_sentence_is_deleted_and_a_revision_restored(client: TestClient, script: dict[str, Any]) -> None:
    after = change(client, "DELETE", script, "/sections/2/sentences/0")
    assert texts(after, 2) == texts(script, 2)[1:]
    back = change(client, "POST", after, "/revisions/1/restore")
    assert (back["revision"], texts(back)) == (3, texts(script))


def test_a_rewrite_keeps_pinned_sentences_and_says_the_rest_in_other_words(
    client: TestClient, script: dict[str, Any], writer: FakeWriter
) -> None:
    edited = change(client, "PUT", script, "/sections/2/sentences/0", {"text": FINE})
    pinned = change(client, "PUT", edited, "/sections/2/sentences/0/pin")
    assert pinned["sections"][2]["sentences"][0]["pinned"]
    asked = len(writer.asked)
    one = change(client, "POST", pinned, "/rewrite", {"section": 2})
    assert texts(one, 2)[0] == FINE and one["sections"][2]["sentences"][0]["pinned"]
    assert [texts(one, n) for n in (0, 1, 3)] == [texts(pinned, n) for n in (0, 1, 3)]
    assert len(writer.asked) == asked + 1 and one["change"] == "section 2 rewritten"
    every = change(client, "POST", one, "/rewrite")
    assert FINE in texts(every) and texts(every) != texts(one)
    free = change(client, "DELETE", every, "/sections/2/sentences/0/pin")
    assert not any(s["pinned"] for row in free["sections"] for s in row["sentences"])


def test_a_pinned_sentence_that_is_not_true_is_not_rendered_and_that_is_said(client: TestClient) -> None:
    flash = {"id": "p9", "kind": "flash_price", "name": "限时价", "product_ids": [PRODUCT], "price": "33.30"}
    flash |= {"eligibility": {"kind": "everyone"}, "stacking_group": "单品价"}
    assert client.put("/v1/promotions/p9", json=flash).status_code == 200
    script = read(client, write(client)["id"])
    section, number, planned = next(
        (row["number"], sentence["number"], sentence["slotted"])
        for row in script["sections"]
        for sentence in row["sentences"]
        if "conditions" in sentence["slots"]
    )
    change(client, "PUT", script, f"/sections/{section}/sentences/{number}/pin")
    render = f"/v1/scripts/{script['id']}/render"
    assert client.post(render).json()["warnings"] == []
    for promotion in client.get("/v1/promotions").json()["promotions"]:
        client.delete(f"/v1/promotions/{promotion['id']}")
    after = client.post(render).json()
    assert [(one["sentence"], one["pinned"]) for one in after["dropped"]] == [(planned, True)]
    assert after["warnings"] == ["pinned_dropped"]


CHANGES = [
    ("PUT", "/sections/0/sentences/0", {"text": FINE}),
    ("DELETE", "/sections/0/sentences/0", None),
    ("POST", "/sections/0/sentences/0/move", {"section": 1, "sentence": 0}),
    ("PUT", "/sections/0/sentences/0/pin", None),
    ("DELETE", "/sections/0/sentences/0/pin", None),
    ("PUT", "/approval", None),
    ("POST", "/rewrite", None),
    ("POST", "/revisions/1/restore", None),
]


def test_a_change_says_which_revision_it_is_made_from(client: TestClient, script: dict[str, Any]) -> None:
    for method, place, body in CHANGES:
        answer = client.request(method, f"/v1/scripts/{script['id']}{place}", json=body)
        assert (answer.status_code, answer.json()["type"]) == (428, "urn:koubo:problem:if-match-required"), place
        assert "If-Match" in answer.json()["detail"]
    assert read(client, script["id"]) == script


def test_a_change_from_an_old_revision_is_refused_and_names_who_was_faster(
    client: TestClient, script: dict[str, Any]
) -> None:
    change(client, "PUT", script, "/sections/0/sentences/0", {"text": FINE})
    for method, place, body in CHANGES:
        for tag in ('"1"', 'W/"2"', '"x", "1"'):
            address, headers = f"/v1/scripts/{script['id']}{place}", {"If-Match": tag}
            answer = client.request(method, address, json=body, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (412, "urn:koubo:problem:changed-meanwhile"), place
            assert "revision 2" in answer.json()["detail"] and "anna" in answer.json()["detail"]
    assert read(client, script["id"])["revision"] == 2


@pytest.mark.parametrize(("tag", "status"), [('"1"', 200), ("*", 200), ('"7", "1"', 200), ("1", 422), ("", 422)])
def test_the_forms_of_if_match(client: TestClient, script: dict[str, Any], tag: str, status: int) -> None:
    answer = client.put(f"/v1/scripts/{script['id']}/approval", headers={"If-Match": tag})
    assert answer.status_code == status, answer.text


def test_a_change_while_a_rewrite_is_composed_is_not_overwritten(
    client: TestClient,
    script: dict[str, Any],
    writer: FakeWriter,
    monkeypatch: pytest.MonkeyPatch,
    make_studio: Callable[[], Studio],
) -> None:
    answer, other = writer.write, make_studio().library

    async def write_after_an_edit(requests: Any) -> Any:
        kept = await other.get(script["id"])
        if kept.revision.number == 1:
            await other.change(script["id"], Change("bo", "approved"), partial(approve, approved=True))
        return await answer(requests)

    monkeypatch.setattr(writer, "write", write_after_an_edit)
    found = client.post(f"/v1/scripts/{script['id']}/rewrite", headers={"If-Match": '"1"'})
    assert found.status_code == 412 and "bo" in found.json()["detail"]
    assert read(client, script["id"])["status"] == "approved"


def test_what_changes_nothing_is_no_revision(client: TestClient, script: dict[str, Any]) -> None:
    same = change(client, "PUT", script, "/sections/0/sentences/0", {"text": texts(script)[0]})
    assert change(client, "DELETE", script, "/sections/0/sentences/0/pin") == same == script


@pytest.mark.parametrize(
    ("method", "place", "body"),
    [
        ("PUT", "/sections/99/sentences/0", {"text": FINE}),
        ("DELETE", "/sections/0/sentences/99", None),
        ("POST", "/sections/0/sentences/0/move", {"section": 99, "sentence": 0}),
        ("POST", "/rewrite", {"section": 99}),
        ("POST", "/revisions/99/restore", None),
    ],
)
def test_a_place_that_is_not_there_is_a_404_problem_that_names_it(
    client: TestClient, script: dict[str, Any], method: str, place: str, body: Any
) -> None:
    answer = client.request(method, f"/v1/scripts/{script['id']}{place}", json=body, headers=ANY)
    assert answer.status_code == 404 and "99" in answer.json()["detail"]


@pytest.mark.parametrize("place", ["", "/revisions", "/revisions/1"])
def test_a_script_that_is_not_there_is_a_404_problem(client: TestClient, place: str) -> None:
    answer = client.get(f"/v1/scripts/nope{place}")
    assert answer.status_code == 404 and "nope" in answer.json()["detail"]


def test_scripts_are_listed_by_product_and_status_in_pages(client: TestClient) -> None:
    ids = [write(client, product_id=product)["id"] for product in (PRODUCT, "s01", PRODUCT)]
    client.put(f"/v1/scripts/{ids[0]}/approval", headers=ANY)

    def listed(**query: Any) -> list[str]:
        return [one["id"] for one in client.get("/v1/scripts", params=query).json()["scripts"]]

    assert listed() == ids[::-1]
    assert listed(product_id=PRODUCT) == [ids[2], ids[0]]
    assert listed(status="approved") == [ids[0]] and listed(status="draft") == [ids[2], ids[1]]
    first = client.get("/v1/scripts", params={"limit": 2}).json()
    assert (first["total"], first["next_offset"]) == (3, 2)
    assert listed(limit=2, offset=2) == [ids[0]]
    assert client.get("/v1/scripts", params={"offset": 2}).json()["next_offset"] is None
    assert client.get("/v1/scripts", params={"status": "aproved"}).json()["errors"][0]["field"] == "status"


def test_only_approved_scripts_are_rendered_where_that_is_set(guarded: TestClient) -> None:
    assert guarded.get("/healthz").json()["approved_only"] is True
    new = write(guarded)
    assert new["approved_only"] is True and "not_approved" in new["warnings"]
    render = f"/v1/scripts/{new['id']}/render"
    draft = guarded.post(render)
    assert (draft.status_code, draft.json()["type"]) == (409, "urn:koubo:problem:not-approved")
    assert "approval" in draft.json()["detail"]
    approved = change(guarded, "PUT", read(guarded, new["id"]), "/approval")
    rendered = guarded.post(render).json()
    assert rendered["status"] == "approved" and "not_approved" not in rendered["warnings"]
    pinned = change(guarded, "PUT", approved, "/sections/0/sentences/0/pin")
    assert pinned["status"] == "approved" and guarded.post(render).status_code == 200
    assert change(guarded, "PUT", pinned, "/sections/0/sentences/0", {"text": FINE})["status"] == "draft"
    assert guarded.post(render).status_code == 409


def test_an_approval_is_withdrawn_whatever_was_seen(client: TestClient, guarded: TestClient) -> None:
    script = read(client, write(client)["id"])
    approved = change(client, "PUT", script, "/approval")
    assert approved["status"] == "approved"
    withdrawn = guarded.delete(f"/v1/scripts/{script['id']}/approval")
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "draft")
    assert guarded.post(f"/v1/scripts/{script['id']}/render").status_code == 409
    on = {"product_id": script["product_id"], "script_id": script["id"]}
    assert guarded.put("/v1/stage", json=on).status_code == 409
    stale = client.delete(f"/v1/scripts/{script['id']}/approval", headers={"If-Match": '"1"'})
    assert stale.status_code == 412


def test_the_stage_says_that_its_script_lost_its_approval(client: TestClient, guarded: TestClient) -> None:
    script = read(client, write(client)["id"])
    change(client, "PUT", script, "/approval")
    on = {"product_id": script["product_id"], "script_id": script["id"]}
    put = guarded.put("/v1/stage", json=on).json()
    assert (put["renderable"], put["warning"]) == (True, None) and guarded.get("/v1/stage").json() == put
    guarded.delete(f"/v1/scripts/{script['id']}/approval")
    found = guarded.get("/v1/stage").json()
    assert found["renderable"] is False and "is a draft" in found["warning"]
    bare = guarded.put("/v1/stage", json={"product_id": script["product_id"]}).json()
    assert (bare["renderable"], bare["warning"]) == (None, None)


@pytest.mark.parametrize("sent", ["小王".encode(), b"%E5%B0%8F%E7%8E%8B"])
def test_an_actor_is_kept_as_the_name_that_was_sent(client: TestClient, sent: bytes) -> None:
    written = client.post("/v1/scripts", json={"product_id": "s01", "seconds": 30}, headers={b"X-Actor": sent})
    assert read(client, written.json()["id"])["changed_by"] == "小王"


@pytest.mark.parametrize("sent", [b"%FF", b"%20", b"a%0Ab", b"a" * 65])
def test_an_actor_that_is_no_name_is_refused(client: TestClient, sent: bytes) -> None:
    answer = client.post("/v1/scripts", json={"product_id": "s01", "seconds": 30}, headers={b"X-Actor": sent})
    assert answer.status_code == 422 and [e["field"] for e in answer.json()["errors"]] == ["X-Actor"]


def test_phrases_that_leave_nothing_to_be_said_are_refused(client: TestClient) -> None:
    answer = client.post("/v1/scripts", json={"product_id": "s01", "banned": ["。", "！", "？", "，", "~"]})
    assert answer.status_code == 422 and [e["field"] for e in answer.json()["errors"]] == ["banned"]
    assert client.get("/v1/scripts").json()["total"] == 0


def test_drafts_are_rendered_where_nothing_else_is_set(client: TestClient) -> None:
    assert client.get("/healthz").json()["approved_only"] is False
    assert client.post(f"/v1/scripts/{write(client)['id']}/render").json()["status"] == "draft"


def test_the_setting_reaches_the_studio(parts: Parts, tmp_path: Path) -> None:
    given = {"snapshots": tmp_path, "state": tmp_path, "writer": {"source": "openai:http://127.0.0.1:9/v1#m"}}
    for approved_only in (True, False):
        settings = AppSettings.model_validate(given | {"approved_only": approved_only})
        assert make_studio_of(settings, parts).approved_only is approved_only
