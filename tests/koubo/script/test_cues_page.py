"""The page on cues says what is so, and its program does what it says."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from koubo.script.cue_table import cue_table
from tests.koubo.script import cues_page


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    """What the page's program defines."""
    (code,) = re.findall(r"```python\n(.*?)```", cues_page.PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "docs/cues.md", "exec"), names)
    return names


@pytest.fixture(scope="module")
def sentence(example_shop: Any) -> dict[str, Any]:
    return cues_page.offer(*cues_page.script(example_shop))


def test_the_page_is_as_it_would_be_made_now(example_shop: Any) -> None:
    assert cues_page.page(example_shop) == cues_page.PAGE.read_text(encoding="utf-8"), (
        "run tests.koubo.script.cues_page"
    )


def test_every_tag_has_a_mapping() -> None:
    table = cues_page.PAGE.read_text(encoding="utf-8").split("A mapping to start from.")[1].split("\n## ")[0]
    words = set(re.findall("[a-z_]+", table))
    assert {*cue_table().emotions, *cue_table().gestures} <= words


def test_the_program_gives_each_engine_what_it_takes(program: dict[str, Any], sentence: dict[str, Any]) -> None:
    azure = ElementTree.fromstring(program["for_azure"](sentence["cues"]["ssml"], "zh-CN-XiaoxiaoNeural", "excited"))
    assert azure.attrib["version"] == "1.0" and len(list(azure.iter("{http://www.w3.org/2001/10/synthesis}sub"))) > 1
    cosyvoice = ElementTree.fromstring(program["for_cosyvoice"](sentence["cues"]["ssml"]))
    assert {node.tag for node in cosyvoice.iter()} == {"speak", "sub", "break"}
    assert "".join(cosyvoice.itertext()) == sentence["written"]


def test_captions_follow_the_real_audio(program: dict[str, Any], sentence: dict[str, Any]) -> None:
    placed = program["captions_on_air"](sentence, 100.0, 2 * sentence["cues"]["seconds"])
    assert placed[0][0] == pytest.approx(100.0)
    assert placed[-1][1] == pytest.approx(100.0 + 2 * sentence["cues"]["seconds"], abs=0.01)
    assert "".join(line for _, _, lines in placed for line in lines) == sentence["written"]
