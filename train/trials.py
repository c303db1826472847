"""The runs of the experiments: which data each is trained on, what it starts from, and whether it is finished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from train.checkpoints import checkpoint_at
from train.export import ExportSettings, export
from train.lineage import Lineage
from train.settings import TrainError

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
    for seed in seeds[1:]:
        yield from (Trial("choice", method, seed) for method in METHODS if method in repeated)


def finished(folder: Path, steps: int) -> bool:
    """Whether a run's last checkpoint is that of its last step."""
    try:
        return Lineage.read(checkpoint_at(folder)).step >= steps
    except TrainError:
        return False


def train(trial: Trial, settings: ExperimentsSettings) -> Path:
    """Train a run, go on with it, or leave it as it is where it is finished; returns its folder."""
    folder = settings.out / trial.name
    steps = settings.steps_of(trial)
    if finished(folder, steps):
        print(f"train.experiments: {trial.name} is trained already", flush=True)
        return folder
    print(f"train.experiments: {trial.name}, {steps} steps", flush=True)
    if trial.method == "dpo":
        _preferences(trial, settings, folder)
    else:
        _supervised(trial, settings, folder)
    return folder


def _supervised(trial: Trial, settings: ExperimentsSettings, folder: Path) -> None:
    from train.fit import fit
    from train.sft import SftSettings
    from train.tasks import SFT

    rows = settings.rows / trial.form / f"{trial.method}.jsonl"
    fit(SFT, SftSettings.of_profile(settings.profile, rows=rows, out=folder, **settings.shared(trial)))


def _preferences(trial: Trial, settings: ExperimentsSettings, folder: Path) -> None:
    from train.dpo import DpoSettings
    from train.fit import fit
    from train.tasks import DPO

    start = settings.out / f"{trial.start.name}-merged"
    if not start.exists():
        checkpoint = settings.out / trial.start.name
        export(ExportSettings.model_validate({"checkpoint": checkpoint, "out": start, "dtype": "float32"}))
    rows = settings.rows / trial.form / "preferences.jsonl"
    own = {"rows": rows, "out": folder, "base": str(start), **settings.shared(trial)}
    dpo = DpoSettings.of_profile(settings.profile, **own)
    fit(DPO, dpo, {"beta": dpo.beta})
