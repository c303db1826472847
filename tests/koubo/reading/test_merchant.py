"""A merchant's lexicon is swapped while serving; a bad one leaves the old one in service."""

from __future__ import annotations

from pathlib import Path

import pytest

from koubo.reading import Kind, LexiconError, MerchantReader, Span, read


def write(path: Path, written: str, spoken: str) -> Path:
    path.write_text(f"readings:\n  - {{written: {written}, spoken: {spoken}}}\n", encoding="utf-8")
    return path


def test_a_changed_file_is_in_service_at_the_next_reading(tmp_path: Path) -> None:
    say = MerchantReader(write(tmp_path / "ours.yaml", "A9", "爱久"), look_s=0)
    assert say("A9 99元").spoken == "爱久 九十九元"
    write(tmp_path / "ours.yaml", "A9", "阿九家的")
    assert say("A9 99元").spoken == "阿九家的 九十九元"


def test_a_bad_file_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    path = write(tmp_path / "ours.yaml", "A9", "爱久")
    say = MerchantReader(path, look_s=0)
    before = say.state
    path.write_text("readings: 3", encoding="utf-8")
    assert say("A9").spoken == "爱久"
    assert say.state.startswith(before) and "refused" in say.state
    path.unlink()
    assert say("A9").spoken == "爱久"
    write(path, "A9", "阿九家的")
    assert say("A9").spoken == "阿九家的" and "refused" not in say.state


def test_a_bad_file_stops_at_start_up(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"ours\.yaml"):
        MerchantReader(tmp_path / "ours.yaml")


def test_pinned_readings_go_before_the_lexicon(tmp_path: Path) -> None:
    say = MerchantReader(write(tmp_path / "ours.yaml", "99元", "久久元"), look_s=0)
    pinned = Span(2, 5, "99元", "九十九块", Kind.PRICE)
    assert say("现价99元", (pinned,)).spoken == "现价九十九块"
    assert say("现价99元").spoken == "现价久久元"


def test_without_a_file_it_reads_by_the_rules() -> None:
    assert MerchantReader()("88VIP到手¥9.9") == read("88VIP到手¥9.9")
