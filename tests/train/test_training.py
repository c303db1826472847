"""SFT, resume, export and DPO for a few steps: real Gemma 270M on two Ray Train workers, against golden loss curves.

One story, told once for all tests of this file: SFT for 4 steps, one of its workers killed after the third, merged; DPO
for 4 steps from the merged model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from koubo.dataset.rows import CompletionRow, DatasetError, load_rows
from tests.train.runs import CURVES, GOLDEN, kill_a_worker, once, steps_done
from train.base_model import load_model, load_tokenizer, open_base
from train.board import TENSORBOARD
from train.dpo import DpoSettings
from train.export import ExportSettings, export
from train.fit import fit
from train.metrics import read_metrics
from train.settings import TrainError
from train.sft import SftSettings
from train.tasks import DPO, SFT

pytestmark = pytest.mark.train

SMALL: dict[str, Any] = {"batch": 4, "max_length": 64, "lora_rank": 8, "steps": 4, "save_steps": 2, "max_failures": 0}
Curve = list[float]


@dataclass(frozen=True)
class Story:
    """Folder of the runs, and their metrics: of SFT when a worker was killed and when it was done, of DPO."""

    folder: Path
    killed: list[dict[str, float]]
    sft: list[dict[str, float]]
    dpo: list[dict[str, float]]

    @property
    def merged(self) -> Path:
        return self.folder / "merged"


def sft_settings(folder: Path, **values: Any) -> SftSettings:
    return SftSettings.model_validate({"rows": GOLDEN / "choice.jsonl", "out": folder / "sft", **SMALL, **values})


def dpo_settings(folder: Path, **values: Any) -> DpoSettings:
    given = {"rows": GOLDEN / "preferences.jsonl", "out": folder / "dpo", "base": str(folder / "merged")}
    return DpoSettings.model_validate({**given, **SMALL, **values})


def losses(metrics: list[dict[str, float]]) -> Curve:
    return [entry["loss"] for entry in metrics]


@pytest.fixture(scope="module")
def story(ray_cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("train")
    checkpoint, out = folder / "sft", folder / "merged"
    killed: list[dict[str, float]] = []

    def kill() -> None:
        killed.extend(read_metrics(checkpoint))
        kill_a_worker()

    with once(lambda: steps_done(checkpoint) >= 3, kill):
        fit(SFT, sft_settings(folder, max_failures=1))
    export(ExportSettings.model_validate({"checkpoint": checkpoint, "out": out, "dtype": "float32"}))
    settings = dpo_settings(folder)
    fit(DPO, settings, {"beta": settings.beta})
    return Story(folder, killed, read_metrics(folder / "sft"), read_metrics(folder / "dpo"))


def test_a_run_with_a_killed_worker_goes_on_by_itself_to_the_same_curve(story: Story) -> None:
    assert [entry["step"] for entry in story.killed] == [1, 2, 3]
    assert [entry["step"] for entry in story.sft] == [1, 2, 3, 4]
    assert story.sft[:2] == story.killed[:2], "steps before the checkpoint are not done again"
    assert story.sft[2]["seconds"] != story.killed[2]["seconds"], "the third step is"
    assert losses(story.sft) == pytest.approx(CURVES["sft"]["loss"], abs=CURVES["sft"]["tolerance"])


def test_tensorboard_shows_each_step_once_also_after_the_kill(story: Story) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    shown = EventAccumulator(str(story.folder / "sft" / TENSORBOARD)).Reload().Scalars("loss")
    assert [event.step for event in shown] == [1, 2, 3, 4]
    assert [event.value for event in shown] == pytest.approx(losses(story.sft))


def test_the_merged_model_has_the_loss_of_base_and_adapter(story: Story) -> None:
    import torch
    from peft import PeftModel

    checkpoint = story.folder / "sft" / "checkpoint-000004"
    base = open_base(json.loads((checkpoint / "lineage.json").read_text("utf8"))["base_source"])
    batch = [row.prompt + row.completion for row in load_rows(GOLDEN / "choice.jsonl", CompletionRow).rows[:4]]
    tokens = load_tokenizer(base)(batch, return_tensors="pt", padding=True)
    labels = tokens.input_ids.masked_fill(tokens.attention_mask == 0, -100)
    untrained = load_model(base, "float32").eval()
    with torch.no_grad():
        before = untrained(**tokens, labels=labels).loss.item()
        adapted = PeftModel.from_pretrained(untrained, str(checkpoint)).eval()(**tokens, labels=labels).loss.item()
        merged = load_model(open_base(f"folder:{story.merged}"), "float32").eval()(**tokens, labels=labels).loss.item()
    assert merged == pytest.approx(adapted, abs=1e-4)
    assert merged < before - 0.1, "training changed the model"


def test_the_merged_folder_is_whole_and_nothing_else_is_left(story: Story) -> None:
    assert {"config.json", "generation_config.json", "tokenizer.json", "README.md", "model.safetensors"} <= {
        file.name for file in story.merged.iterdir()
    }
    assert "train.sft" in (story.merged / "README.md").read_text("utf8")
    assert not list(story.folder.glob(".*partial*"))
    with pytest.raises(TrainError, match="a model is never overwritten"):
        export(ExportSettings.model_validate({"checkpoint": story.folder / "sft", "out": story.merged}))


def test_dpo_follows_its_golden_curve_with_the_sft_model_as_reference(story: Story) -> None:
    assert losses(story.dpo) == pytest.approx(CURVES["dpo"]["loss"], abs=CURVES["dpo"]["tolerance"])
    assert story.dpo[0]["loss"] == pytest.approx(0.6931, abs=1e-3), "policy and reference start as one: ln 2"


def test_an_unmerged_adapter_is_no_base(story: Story) -> None:
    settings = dpo_settings(story.folder, base=str(story.folder / "sft" / "checkpoint-000004"), out=story.folder / "no")
    with pytest.raises(TrainError, match="merge it first"):
        fit(DPO, settings)
    assert not (story.folder / "no").exists()


def test_another_base_model_is_refused_at_export(story: Story) -> None:
    given = {"checkpoint": story.folder / "sft", "base": str(story.merged), "out": story.folder / "wrong"}
    with pytest.raises(TrainError, match="is another model"):
        export(ExportSettings.model_validate(given))
    assert not (story.folder / "wrong").exists()


@pytest.mark.parametrize(
    ("values", "named"),
    [({"learning_rate": 0.1}, "learning_rate: 0.0003 -> 0.1"), ({"rows": GOLDEN / "other.jsonl"}, "cannot be read")],
)
def test_a_folder_is_not_resumed_with_other_settings(story: Story, values: dict[str, Any], named: str) -> None:
    with pytest.raises(DatasetError, match=named):
        fit(SFT, sft_settings(story.folder, **values))
