"""The runs of the experiments: which data each is trained on, what it starts from, and whether it is finished."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from train.base_model import ADAPTER
from train.checkpoints import checkpoint_at
from train.export import ExportSettings, export
from train.lineage import Lineage
from train.settings import TrainError, TrainSettings
from train.tasks import DPO, SFT, Task

if TYPE_CHECKING:
    from train.experiments import ExperimentsSettings

Form = Literal["choice", "rewrite"]
Method = Literal["plain", "generic", "hard", "dpo"]
METHODS: tuple[Method, ...] = ("plain", "hard", "dpo", "generic")
"""In the order of training: DPO goes on from the model of the hard cases."""
NAMES: dict[Method, str] = {
    "plain": "SFT",
    "generic": "SFT, generic augmentation",
    "hard": "SFT, hard cases",
    "dpo": "SFT, hard cases + DPO",
}


@dataclass(frozen=True, slots=True)
class Trial:
    """One run: a form of the task, a method, a seed."""

    form: Form
    method: Method
    seed: int

    @property
    def name(self) -> str:
        """The name of the run's folder."""
        return f"{self.form}-{self.method}-{self.seed}"

    @property
    def start(self) -> Trial:
        """The run that DPO goes on from."""
        return Trial(self.form, "hard", self.seed)


def trials(forms: Sequence[Form], seeds: Sequence[int], repeated: Sequence[Method]) -> Iterator[Trial]:
    """All runs in order: every form and method with the first seed, then the repeated ones of choice with the rest."""
    for form in forms:
        yield from (Trial(form, method, seeds[0]) for method in METHODS)
    for seed in seeds[1:] if "choice" in forms else ():
        yield from (Trial("choice", method, seed) for method in METHODS if method in repeated)


def finished(folder: Path, steps: int) -> bool:
    """Whether a run's last checkpoint is that of its last step."""
    try:
        return Lineage.read(checkpoint_at(folder)).step >= steps
    except TrainError:
        return False


def train(trial: Trial, settings: ExperimentsSettings) -> Path:
    """Train a run, go on with it, or leave it as it is where it is finished; returns its folder.

    Raises:
        DatasetError: the folder holds a run of other rows, another model or other settings.
    """
    from train.base_model import open_base
    from train.fit import claim, fit
    from train.worker_plan import WorkerPlan

    task, run, objective = _run(trial, settings)
    claim(WorkerPlan(task, run, objective), open_base(run.base_source).fingerprint)
    if finished(run.out, settings.steps_of(trial)):
        print(f"train.experiments: {trial.name} is trained already", flush=True)
        return run.out
    print(f"train.experiments: {trial.name}, {settings.steps_of(trial)} steps", flush=True)
    fit(task, run, objective)
    return run.out


def _run(trial: Trial, settings: ExperimentsSettings) -> tuple[Task, TrainSettings, dict[str, float]]:
    """What a trial is for `train.fit`: DPO goes on from the merged model of the hard cases."""
    from train.dpo import DpoSettings
    from train.sft import SftSettings

    shared = settings.shared(trial) | {"out": settings.out / trial.name}
    if trial.method != "dpo":
        rows = settings.rows / trial.form / f"{trial.method}.jsonl"
        return SFT, SftSettings.of_profile(settings.profile, rows=rows, **shared), {}
    rows = settings.rows / trial.form / "preferences.jsonl"
    dpo = DpoSettings.of_profile(settings.profile, rows=rows, base=str(_merged(trial.start, settings)), **shared)
    return DPO, dpo, {"beta": dpo.beta}


def _merged(trial: Trial, settings: ExperimentsSettings) -> Path:
    """The merged model of a run, made anew where the run was trained anew since."""
    run, place = settings.out / trial.name, settings.out / f"{trial.name}-merged"
    trained = checkpoint_at(run) / ADAPTER
    if place.exists() and place.stat().st_mtime < trained.stat().st_mtime:
        shutil.rmtree(place)
    if not place.exists():
        export(ExportSettings.model_validate({"checkpoint": run, "out": place, "dtype": "float32"}))
    return place
