"""The parts of the page on cues that are made from real output; run this file to write them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from koubo.reading import read
from koubo.script.brief import BriefRequest
from koubo.script.compose import ComposedSection
from koubo.script.cue_table import cue_table
from koubo.script.cues import script_cues, script_webvtt
from koubo.script.pace import pace_table
from koubo.script.plan import plan
from koubo.script.render import RenderedScript, render
from koubo.script.script import Script
from koubo.script.slots import Slot
from serve_apps.cue_answers import sentence_answers
from tests.koubo.script.conftest import NOW, Shop, read_example_shop

PAGE = Path(__file__).parents[3] / "docs" / "cues.md"
PRODUCT = "d02"
_PART = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_MULTILINE = 2
"""How deep an example's objects are written one field a line."""


def page(shop: Shop) -> str:
    """Return the page with its made parts as they are now."""
    parts = made(shop)
    return _PART.sub(lambda found: found[1] + parts[found[2]] + found[3], PAGE.read_text(encoding="utf-8"))


def made(shop: Shop) -> dict[str, str]:
    """Return each made part by its name."""
    rendered, request = script(shop)
    captions = script_webvtt(rendered, script_cues(rendered, request))
    return {
        "sentence": f"```json\n{_json(offer(rendered, request))}\n```\n",
        "webvtt": f"```text\n{captions}```\n",
        "tags": _table("emotion", cue_table().emotions) + "\n" + _table("gesture", cue_table().gestures),
        "pace": _table("persona", pace_table().chars_per_minute) + "\n" + _table("mark", pace_table().pauses),
    }


def script(shop: Shop) -> tuple[RenderedScript, BriefRequest]:
    """A planned script of half a minute, at the moment of these tests."""
    live, brief = shop.live(PRODUCT), shop.brief(PRODUCT, seconds=30)
    planned = plan(brief)
    sections = tuple(ComposedSection(s.kind, s.planned, "planned", "by_design") for s in planned.sections)
    return render(Script("8c1f", brief, planned.seed, sections, NOW), live, live.at, read), brief.request


def offer(rendered: RenderedScript, request: BriefRequest) -> dict[str, Any]:
    """The sentence that says the offer, as it goes over HTTP."""
    cues = script_cues(rendered, request)
    pairs = zip(rendered.sections, cues.sections, strict=True)
    answers = [answer for section, given in pairs for answer in sentence_answers(section, given)]
    return next(a.model_dump(mode="json") for a in answers if any(use.slot == Slot.OFFER for use in a.slots))


def _table(head: str, rows: Mapping[str, str | float]) -> str:
    """A table of names and what they stand for."""
    texts = {name: row if isinstance(row, str) else f"{row:g}" for name, row in rows.items()}
    return f"| {head} | |\n|---|---|\n" + "".join(f"| `{name}` | {text} |\n" for name, text in texts.items())


def _json(value: Any, depth: int = 0) -> str:
    """Write JSON with one field, or one object of a list, a line."""
    indent = "\n" + "  " * (depth + 1)
    if isinstance(value, dict) and depth < _MULTILINE:
        fields = (f"{json.dumps(name)}: {_json(field, depth + 1)}" for name, field in value.items())
        return "{" + indent + f",{indent}".join(fields) + indent[:-2] + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return (
            "[" + indent + f",{indent}".join(json.dumps(item, ensure_ascii=False) for item in value) + indent[:-2] + "]"
        )
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    PAGE.write_text(page(read_example_shop()), encoding="utf-8")
