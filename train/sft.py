"""Supervised fine-tuning: teach a language model the reading of a marked span, with LoRA, on Ray Train workers.

    python -m train.sft --rows "$PWD/rows/choice/hard.jsonl" --out "$PWD/runs/sft"

Run again with the same --out, it goes on from the latest checkpoint. `python -m data_jobs.build_preferences` makes the
rows, `python -m train.export` merges the result.
"""

from __future__ import annotations

from typing import ClassVar

from train.plan import print_plan
from train.settings import TrainSettings
from train.tasks import SFT


class SftSettings(TrainSettings):
    """Settings of `train.sft`."""

    job: ClassVar[str] = "train.sft"


def main() -> None:
    """Command line of `train.sft`."""
    settings = SftSettings.from_cli()
    if settings.plan:
        return print_plan(SFT, settings)
    from train.fit import run  # loads Ray and torch; --help and bad settings do not wait for them

    run(SFT, settings)


if __name__ == "__main__":
    main()
