"""What candidates are worth: copies, own words, and measures over scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from koubo.dataset.rows import DatasetError, write_jsonl
from koubo.dataset.written import (
    MEASURES,
    JudgedScript,
    JudgedSection,
    Measured,
    load_scripts,
    script_json,
)


def candidate(text: str, *rules: str, copied: bool = False) -> Measured:
    return Measured(text, rules, copied, copied, 0.0 if copied else 1.0, True, "{point1}" in text)


SCRIPTS = [
    JudgedScript(
        "shop/a",
        0.8,
        (
            JudgedSection("hook", 3, True, (candidate("来，看看{name}。"), candidate("三个杯子。", "quantity"))),
            JudgedSection("closing", 3, False, (candidate("只要九块九。", "quantity", "offer"),)),
        ),
    ),
    JudgedScript("shop/b", 0.6, (JudgedSection("hook", 3, True, (candidate("{point1}，记一下。", copied=True),)),)),
]


def test_measures_count_candidates_sections_and_scripts() -> None:
    found = {name: measure(SCRIPTS) for name, measure in MEASURES.items()}
    assert found["usable candidates"] == pytest.approx(2 / 9)  # one that says the same as another is not offered again
    assert found["sections opened by the model"] == pytest.approx(2 / 3)
    assert found["near copies of an exemplar"] == pytest.approx(1 / 4)
    assert found["usable: sentences in no training row"] == pytest.approx(1 / 2)
    assert found["usable: a fact of the product"] == pytest.approx(1 / 2)
    assert found["rubric total of the scripts"] == pytest.approx(0.7)


def test_measures_of_nothing_are_nothing() -> None:
    assert {measure([]) for measure in MEASURES.values()} == {0.0}


def test_scripts_are_read_as_they_were_written_and_a_broken_one_is_named(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "scripts.jsonl", map(script_json, SCRIPTS))
    assert load_scripts(path) == SCRIPTS
    path.write_text('{"source": "shop/a"}\n', "utf-8")
    with pytest.raises(DatasetError, match=r"scripts\.jsonl: line 1"):
        load_scripts(path)
