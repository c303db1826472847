from pathlib import Path

import polars as pl
import pytest

import data_jobs.ocr.ledger
from data_jobs.ocr.ledger import Ledger, finished, lost_work
from data_jobs.parts import write_part
from data_jobs.schemas import OCR, part_paths

ONE, TWO = "1" * 64, "2" * 64


def test_the_same_bytes_are_given_out_once_and_to_their_owner_again(tmp_path: Path) -> None:
    ledger = Ledger(str(tmp_path))
    assert ledger.claim("n", 1, "a", ONE)
    assert not ledger.claim("n", 2, "copy of a", ONE)
    assert ledger.claim("n", 2, "b", TWO)
    assert ledger.claim("n", 3, "a", ONE), "the worker that had a died"
    assert {worker["pid"]: worker["pictures"] for worker in ledger.report()["workers"]} == {1: 1, 2: 1, 3: 1}


def test_what_the_parts_hold_is_not_given_out(tmp_path: Path) -> None:
    write_part(str(tmp_path), pl.DataFrame([{"image_id": "a", "digest": ONE}], schema=OCR))
    ledger = Ledger(str(tmp_path))
    assert not ledger.claim("n", 1, "renamed", ONE)
    assert ledger.claim("n", 1, "b", TWO)


def test_a_killed_run_leaves_how_much_it_had_begun_in_vain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_jobs.ocr.ledger, "EVERY_S", 0)
    out = str(tmp_path)
    assert lost_work(out) == 0
    ledger = Ledger(out)
    for number in range(5):
        ledger.claim("n", 1, str(number), str(number) * 64)
    ledger.wrote(3)
    assert lost_work(out) == 2
    assert part_paths(out) == []
    finished(out)
    assert lost_work(out) == 0


def test_steady_work_is_counted_from_when_the_last_worker_was_warm(tmp_path: Path) -> None:
    ledger = Ledger(str(tmp_path))
    ledger.arrive("n", 1, ["0"])
    ledger.claim("n", 1, "a", ONE)
    ledger.arrive("n", 2, ["0"])
    ledger.claim("n", 2, "b", TWO)
    ledger.recycled("n", 2, 1)
    told = ledger.report()
    assert (told["begun"], told["steady"]["pictures"]) == (2, 1)
    assert told["workers"][1] == {"node": "n", "pid": 2, "gpus": ["0"], "pictures": 1, "recycles": 1}
