"""How long a host takes: by persona, marks, and as a real host took."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from koubo.script.pace import PaceTable, pace_of, spoken_length

READER = Path(__file__).with_name("reader_seconds.tsv")


def test_a_steady_host_takes_longer_than_a_lively_one_and_an_unknown_one_has_a_pace() -> None:
    text = "来，看看这个保温杯。"
    seconds = [pace_of(persona).seconds(text) for persona in ("热情", "亲切", "专业", "沉稳")]
    assert all(first < second for first, second in pairwise(seconds))
    assert pace_of("没听说过").seconds(text) > 0


def test_of_marks_together_the_longest_pause_counts_once() -> None:
    pace = pace_of("热情")
    assert pace.seconds("好。") == pytest.approx(1 / pace.chars_per_second + pace.pauses["。"])
    assert pace.seconds("好，”。") == pytest.approx(pace.seconds("好。"))
    assert pace.pause_after("好？”") == pace.pauses["？"]
    assert pace.pause_after("好") == 0.0 == pace.seconds("")


def test_a_pace_without_a_default_is_refused() -> None:
    with pytest.raises(ValueError, match="any"):
        PaceTable.model_validate({"chars_per_minute": {"热情": 300}, "pauses": {}})


def test_a_real_host_takes_as_long_as_we_say(shared_data: Path) -> None:
    """Two minutes of a lively host, by speech recognition: no marks, so each cue's end counts as a comma.

    The cues' own times share out each minute by characters, so only the minutes are measured, not the pauses.
    """
    pace = pace_of("热情")
    minutes = json.loads((shared_data / "live" / "papercraft_asr.json").read_text(encoding="utf-8"))["segments"]
    said = [sum(pace.seconds(cue["content"] + "，") for cue in minute) for minute in minutes]
    took = [sum(cue["to"] - cue["from"] for cue in minute) for minute in minutes]
    assert sum(said) == pytest.approx(sum(took), rel=0.03)
    assert all(ours == pytest.approx(theirs, rel=0.06) for ours, theirs in zip(said, took, strict=True))
    assert sum(spoken_length(cue["content"]) for minute in minutes for cue in minute) == 600


def test_a_synthetic_reader_takes_as_long_as_we_say_but_for_its_own_pace() -> None:
    rows = [line.split("\t") for line in READER.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    took = [float(seconds) for seconds, _ in rows]
    pace = pace_of("专业")
    said = [pace.seconds(text) - pace.pause_after(text) for _, text in rows]
    by_length = [spoken_length(text) for _, text in rows]
    assert len(rows) == 221 and mean_error(said, took) < 0.05 < mean_error(by_length, took)


def mean_error(estimates: Sequence[float], truth: Sequence[float]) -> float:
    """The mean relative error once the estimates are made as long in all as the truth."""
    scale = sum(truth) / sum(estimates)
    return sum(abs(one * scale / other - 1) for one, other in zip(estimates, truth, strict=True)) / len(truth)
