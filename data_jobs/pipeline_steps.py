"""The steps of the pipeline: which job, with which settings, made from what, into which folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cluster.settings import JobSettings
from data_jobs.made_from import CODE, ROOT, code, files_at, fingerprint, rows_of
from data_jobs.manifest import read_manifest


@dataclass(frozen=True, slots=True)
class Step:
    """One job of a run.

    `inputs` are addresses of the files and folders that it reads, `images` the pictures, whose stamps count too; `out`
    is its output folder.
    """

    settings: JobSettings
    run: Callable[[Any], Mapping[str, Any]] = field(repr=False)
    inputs: Sequence[str]
    out: str
    images: str | None = None

    @property
    def name(self) -> str:
        """The job's name without its package, such as ocr_images."""
        return self.settings.job.rpartition(".")[2]

    def made_from(self) -> str:
        """The step's fingerprint: its settings, the state of its inputs, and the code."""
        settings = {name: _placed(value) for name, value in self.settings.model_dump(mode="json").items()}
        models = self.settings.models.model_dump()
        held = [files_at(address) for address in self.inputs]
        pictures = rows_of(read_manifest(self.images)[0]) if self.images else None
        return fingerprint(self.settings.job, settings, models, held, pictures, code())

    def state(self) -> list[list[str]]:
        """What the output folder holds, as JSON has it: another run into it, or a version taken back, shows."""
        return [list(file) for file in files_at(self.out)]


def _placed(value: Any) -> Any:
    """A setting as it counts: a file that an operator edits by its state, one of the code's own by its name."""
    path = Path(value.removeprefix("file://")) if isinstance(value, str) else None
    if path is None or not path.is_absolute() or not path.is_file():
        return value
    own = any(path.is_relative_to(ROOT / package) for package in CODE)
    return path.relative_to(ROOT).as_posix() if own else [value, files_at(value)]
