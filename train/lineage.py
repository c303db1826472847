"""What a checkpoint says about itself: the task, the step, and the model it started from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from train.settings import TrainError

LINEAGE = "lineage.json"


@dataclass(frozen=True, slots=True)
class Lineage:
    """`base_fingerprint` tells the base model from any other (see `train.base_model.fingerprint`)."""

    task: str
    step: int
    base_source: str
    base_fingerprint: str

    def write(self, checkpoint: Path) -> None:
        """Write the lineage into a checkpoint's folder."""
        (checkpoint / LINEAGE).write_text(json.dumps(asdict(self), indent=1), encoding="utf8")

    @classmethod
    def read(cls, checkpoint: Path) -> Lineage:
        """The lineage of a checkpoint.

        Raises:
            TrainError: there is none or it is broken, so the base model is unknown.
        """
        try:
            return cls(**json.loads((checkpoint / LINEAGE).read_text(encoding="utf8")))
        except (OSError, ValueError, TypeError) as error:
            raise TrainError(
                f"--checkpoint {checkpoint}: no usable {LINEAGE} ({error}); only checkpoints of train.sft and "
                "train.dpo say which model they belong to"
            ) from error
