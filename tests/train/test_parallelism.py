"""One curve, however a global batch of eight is shared: 1 worker or 2, DDP, ZeRO-2, ZeRO-3, fewer workers than asked.

On a small random model; the long variants train the real one and DPO too. The curves agree to `TOLERANCE`; they part
where the last batch of an epoch is not divided evenly, as it is then filled up with rows of its beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ray.train import TrainingFailedError

from koubo.dataset.rows import write_jsonl
from tests.train.runs import ADAPTER_WEIGHTS, CURVES, GOLDEN, kill_a_worker, losses, once, small_run, steps_done
from tests.train.small_model import save_small_model
from train.checkpoints import best_or_latest
from train.dpo import DpoSettings
from train.fit import fit
from train.metrics import read_metrics
from train.sft import SftSettings
from train.tasks import DPO, SFT

pytestmark = pytest.mark.train

TOLERANCE = 1e-4
ONE: dict[str, Any] = {"workers": 1, "batch": 8}
FEWER: dict[str, Any] = {"workers": 2, "min_workers": 1, "cpus_per_worker": 10}  # of the 16 that there are
Run = Callable[..., Path]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture
def run(ray_cluster: str, small: Path, tmp_path: Path) -> Run:
    def run(**values: Any) -> Path:
        fit(SFT, small_run(small, tmp_path / "run", **values))
        return tmp_path / "run"

    return run


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(ONE, id="one"),
        pytest.param({"workers": 2}, id="ddp"),
        pytest.param({"workers": 2, "deepspeed": "zero3"}, id="zero3"),
        pytest.param({"workers": 2, "deepspeed": "zero2"}, id="zero2", marks=pytest.mark.trouble),
        pytest.param(FEWER, id="fewer", marks=pytest.mark.trouble),
    ],
)
def test_the_curve_is_the_same_on_any_workers(run: Run, values: dict[str, Any]) -> None:
    out = run(**values)
    assert losses(out) == pytest.approx(CURVES["small"]["loss"], abs=TOLERANCE)
    assert adapter_norm(out) == pytest.approx(CURVES["small"]["adapter_norm"], rel=1e-3), "saved whole, not a shard"


def adapter_norm(out: Path) -> float:
    """Euclidean norm of all weights of the adapter that the run has saved last."""
    from safetensors.torch import load_file

    return sum(float((t**2).sum()) for t in load_file(best_or_latest(out) / ADAPTER_WEIGHTS).values()) ** 0.5


def test_the_best_checkpoint_by_held_out_rows_is_kept(run: Run, tmp_path: Path) -> None:
    held_out = tmp_path / "held_out.jsonl"  # answers that training on numerals helps at first only
    write_jsonl(held_out, ({"prompt": f"一只«{n}»猫\n读作：", "completion": "猫狗"} for n in range(3, 7)))
    out = run(**ONE, evaluation=held_out, save_steps=1, eval_steps=4, keep=1)
    scores = {entry["step"]: entry["eval_loss"] for entry in read_metrics(out) if "eval_loss" in entry}
    assert sorted(scores) == [1, 2, 3, 4, 5], "every checkpoint has a score of its own"
    best = min(scores, key=scores.__getitem__)
    assert best != 5, "or this test shows nothing"
    assert best_or_latest(out) == out / f"checkpoint-{best:06d}"
    assert {path.name for path in out.glob("checkpoint-*")} == {f"checkpoint-{best:06d}", "checkpoint-000005"}


@pytest.mark.trouble
def test_a_run_that_lost_a_machine_goes_on_with_fewer_workers_on_the_same_curve(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "run"
    with once(lambda: steps_done(out) >= 3, kill_a_worker), pytest.raises(TrainingFailedError):
        run(workers=2, min_workers=1, steps=5)
    assert losses(run(**FEWER)) == pytest.approx(CURVES["small"]["loss"], abs=TOLERANCE)


@pytest.mark.trouble
@pytest.mark.parametrize("values", [ONE, {"workers": 2, "deepspeed": "zero2"}, {"workers": 2, "deepspeed": "zero3"}])
def test_dpo_has_one_curve_too(ray_cluster: str, small: Path, tmp_path: Path, values: dict[str, Any]) -> None:
    curves = []
    for name, given in {"ddp": {"workers": 2}, "other": values}.items():
        settings = small_run(small, tmp_path / name, rows=GOLDEN / "preferences.jsonl", **given)
        fit(DPO, DpoSettings.model_validate(settings.model_dump()), {"beta": 0.1})
        curves.append(losses(tmp_path / name))
    assert len(set(curves[0])) == 5, "it learns"
    assert curves[1] == pytest.approx(curves[0], abs=TOLERANCE)


@pytest.mark.trouble
@pytest.mark.parametrize("values", [ONE, {"deepspeed": "zero2"}, {"deepspeed": "zero3"}], ids=["one", "zero2", "zero3"])
def test_the_real_model_has_its_golden_curve_on_any_workers(
    ray_cluster: str, tmp_path: Path, values: dict[str, Any]
) -> None:
    given = {"batch": 4, "max_length": 64, "lora_rank": 8, "steps": 4, "samples": 1}
    settings = {"rows": GOLDEN / "choice.jsonl", "out": tmp_path / "run", **given, **values}
    fit(SFT, SftSettings.model_validate(settings))
    assert losses(tmp_path / "run") == pytest.approx(CURVES["sft"]["loss"], abs=CURVES["sft"]["tolerance"])
