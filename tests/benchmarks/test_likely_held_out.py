"""What a model is judged on did not train it: neither its half nor, for ordinary texts, its fold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks import likely_held_out
from benchmarks.likely_held_out import WITH_LIKELY, false_alarms, sides_of, trained_without


@dataclass
class Row:
    text: str
    unsafe: bool
    half: str


ROWS = [
    Row(f"这个{name}{word}叫", word == "呱呱", half)
    for half, word in (("one", "呱呱"), ("one", "咕咕"), ("other", "哞哞"), ("other", "呱呱"))
    for name in "茶饼粉膏糖酒"
]


@pytest.fixture(autouse=True)
def ordinary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four ordinary texts, in one of which stands what elsewhere is always a breach."""
    path = tmp_path / "ordinary.jsonl"
    texts = ["碗来了。", "盘子来了。", "那只鸭呱呱叫。", "勺子来了。"]
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    monkeypatch.setattr(likely_held_out, "ORDINARY", (path,))


def test_a_half_is_judged_by_a_model_that_it_did_not_train() -> None:
    assert "哞哞" in trained_without("one", ROWS).ngrams
    assert "哞哞" not in trained_without("other", ROWS).ngrams
    assert sides_of("other", ROWS)[WITH_LIKELY]("这个壶呱呱叫")
    assert not sides_of("other", ROWS)[WITH_LIKELY]("这个壶咕咕叫")


def test_an_ordinary_text_is_judged_by_a_model_that_it_did_not_train() -> None:
    (cells,) = false_alarms(ROWS).values()
    assert (cells["refused"]["marked"], cells["refused"]["of"]) == (1, 4)
    assert cells["rules"]["marked"] == 0
