"""The experiments: four ways to teach reading, as choice and as rewriting, judged on the same kept-out spans.

    python -m data_jobs.build_preferences --labels "$PWD/labelled.jsonl" --out "$PWD/rows"
    python -m train.experiments --rows "$PWD/rows" --out "$PWD/runs" --report "$PWD/docs/experiments"
    python -m train.experiments --profile gpu --rows /mnt/koubo/rows --out /mnt/koubo/runs

SFT on the labelled texts, with generic augmentation, with hard cases, and DPO after the hard cases. All SFT runs of a
form take the same number of steps, so that more rows are not more training. A run that is finished is not trained
again, one that was stopped goes on. Each is judged against the rules, wetext and the untrained model, alone, with the
rules' score and in the cascade; weight and margin are tuned on one half of the sentences and judged on the other, both
ways.

Writes README.md (tables), record.json (all figures, seeds, versions), curves-FORM.svg and confusion.svg into --report.
"""

from __future__ import annotations

import sys
from typing import Any, ClassVar

from pydantic import Field, field_validator

from cluster.settings import JobSettings
from koubo.dataset.rows import DatasetError
from train.settings import AbsolutePath
from train.trials import Form, Method, Trial, train, trials


class ExperimentsSettings(JobSettings):
    """Settings of `train.experiments`; how a run trains is the profile's section of `train.sft` and `train.dpo`."""

    job: ClassVar[str] = "train.experiments"

    rows: AbsolutePath = Field(description="Folder that data_jobs.build_preferences wrote.")
    out: AbsolutePath = Field(description="Folder of the runs; each has a folder of its own in it.")
    report: AbsolutePath | None = Field(None, description="Folder of the report; OUT/report when none is given.")
    forms: tuple[Form, ...] = Field(("choice", "rewrite"), description="Forms of the task.")
    seeds: tuple[int, ...] = Field((17, 18, 19), min_length=1, description="The first for all runs.")
    repeated: tuple[Method, ...] = Field(("hard", "dpo"), description="Methods of choice that all seeds train.")
    choice_steps: int = Field(120, ge=1, description="Steps of SFT for choice.")
    rewrite_steps: int = Field(80, ge=1, description="Steps of SFT for rewriting.")
    choice_dpo_steps: int = Field(60, ge=1, description="Steps of DPO for choice.")
    rewrite_dpo_steps: int = Field(30, ge=1, description="Steps of DPO for rewriting.")
    rewritten: int | None = Field(300, ge=1, description="Texts that are rewritten in judging; a sample of all.")
    save_steps: int = Field(40, ge=1, description="Steps between two checkpoints.")

    @field_validator("repeated")
    @classmethod
    def _dpo_goes_on_from_hard(cls, repeated: tuple[Method, ...]) -> tuple[Method, ...]:
        if "dpo" in repeated and "hard" not in repeated:
            raise ValueError("dpo goes on from hard; repeat that too")
        return repeated

    def steps_of(self, trial: Trial) -> int:
        """Optimizer steps of a run."""
        tuned = "dpo_" if trial.method == "dpo" else ""
        steps: int = getattr(self, f"{trial.form}_{tuned}steps")
        return steps

    def shared(self, trial: Trial) -> dict[str, Any]:
        """What a run's settings are beside the profile's."""
        return {
            "steps": self.steps_of(trial),
            "warmup_steps": 5 if trial.method == "dpo" else 10,
            "seed": trial.seed,
            "save_steps": self.save_steps,
            "log_steps": 5,
            "keep": 1,
            "samples": 0,
        }


def run(settings: ExperimentsSettings) -> None:
    """Train and judge all runs, then write the report; a run that cannot be judged stops it with its reason.

    Raises:
        DatasetError: rows that cannot be used.
        TrainingFailedError: workers failed more often than allowed.
    """
    import ray

    from train.experiment_report import write
    from train.trial_scores import Bench

    bench = Bench.open(settings)
    if not ray.is_initialized():
        ray.init()
    for trial in trials(settings.forms, settings.seeds, settings.repeated):
        train(trial, settings)
        bench.judge(trial)
    write(bench, settings.report or settings.out / "report")


def main() -> None:
    """Command line of `train.experiments`."""
    settings = ExperimentsSettings.from_cli()
    try:
        run(settings)
    except DatasetError as error:
        print(f"train.experiments: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    print(f"train.experiments: {settings.report or settings.out / 'report'}")


if __name__ == "__main__":
    main()
