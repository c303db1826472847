"""Direct preference optimization: make the better reading likelier than a worse one, with LoRA, on Ray Train workers.

    python -m train.dpo --rows "$PWD/rows/choice/preferences.jsonl" --base "$PWD/models/sft" --out "$PWD/runs/dpo"

--base is the merged SFT model (`python -m train.export`), which is also the reference: a checkpoint that was not merged
is refused. Run again with the same --out, it goes on from the latest checkpoint. Source: Rafailov et al. 2023, "Direct
Preference Optimization", arXiv:2305.18290.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from train.plan import print_plan
from train.settings import TrainSettings
from train.tasks import DPO


class DpoSettings(TrainSettings):
    """Settings of `train.dpo`."""

    job: ClassVar[str] = "train.dpo"

    beta: float = Field(0.1, gt=0, description="How strongly the reference holds: higher stays closer to it.")
    learning_rate: float = Field(5e-5, gt=0, description="Peak learning rate; falls linearly to zero over the run.")


def main() -> None:
    """Command line of `train.dpo`."""
    settings = DpoSettings.from_cli()
    if settings.plan:
        return print_plan(DPO, settings)
    from train.fit import run  # loads Ray and torch; --help and bad settings do not wait for them

    run(DPO, settings, {"beta": settings.beta})


if __name__ == "__main__":
    main()
