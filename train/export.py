"""Merge a checkpoint's LoRA adapter into its base model: a Hugging Face folder that vLLM, transformers and DPO load.

    python -m train.export --checkpoint "$PWD/runs/sft" --out "$PWD/models/sft"

--checkpoint is a run's folder, of which the latest checkpoint is taken, or one checkpoint. The model is written beside
--out, checked (the tokenizer puts BOS first, the model generates with its own generation config) and then renamed, so
that nothing half-written is ever found at --out. A folder that is there already is never overwritten.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from cluster.settings import JobSettings
from koubo.dataset.rows import DatasetError
from train.base_model import ADAPTER, BaseModel, check_bos, load_model, load_tokenizer, open_base
from train.lineage import Lineage
from train.settings import AbsolutePath, ModelPlace, TrainError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

COPYRIGHT_FILES = ("LICENSE*", "NOTICE*", "USE_POLICY*")


class ExportSettings(JobSettings):
    """Settings of `train.export`."""

    job: ClassVar[str] = "train.export"

    checkpoint: AbsolutePath = Field(description="A run's folder (its latest checkpoint) or one checkpoint in it.")
    out: AbsolutePath = Field(description="Folder of the merged model; must not exist yet.")
    base: ModelPlace | None = Field(
        None, description="Where the base model lies now, if not where it was in training; it must be the same model."
    )
    dtype: Literal["float32", "bfloat16"] = Field("bfloat16", description="Type of the merged weights.")


def latest_checkpoint(place: Path) -> Path:
    """The checkpoint at `place`, or the latest one of the run whose folder `place` is.

    Raises:
        TrainError: neither a checkpoint nor a run with one.
    """
    if (place / ADAPTER).is_file():
        return place
    if (place / "checkpoint_manager_snapshot.json").is_file():
        from ray.train import Result

        checkpoint = Result.from_path(place).checkpoint
        if checkpoint is not None and (Path(checkpoint.path) / ADAPTER).is_file():
            return Path(checkpoint.path)
    raise TrainError(f"--checkpoint {place}: no checkpoint of train.sft or train.dpo there; give a run's folder")


def export(settings: ExportSettings) -> Path:
    """Write the merged model to `settings.out`; returns that path.

    Raises:
        TrainError: no checkpoint, another base model than the adapter's, an existing --out, or a failed check.
    """
    if settings.out.exists():
        raise TrainError(f"--out {settings.out}: exists, and a model is never overwritten; give a new folder")
    checkpoint = latest_checkpoint(settings.checkpoint)
    lineage = Lineage.read(checkpoint)
    base = same_base(lineage, settings.base)
    partial = settings.out.with_name(f".{settings.out.name}.partial-{os.getpid()}")
    try:
        partial.mkdir(parents=True)
        write_model(partial, merge(base, checkpoint, settings.dtype), base)
        (partial / "README.md").write_text(model_card(lineage, settings.dtype), encoding="utf8")
        check(partial)
        partial.rename(settings.out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return settings.out


def same_base(lineage: Lineage, source: str | None) -> BaseModel:
    """The base model the adapter was trained on, opened at `source` or where it was.

    Raises:
        TrainError: the model there is another one.
    """
    base = open_base(source or lineage.base_source)
    if base.fingerprint != lineage.base_fingerprint:
        raise TrainError(
            f"--checkpoint: trained on {lineage.base_source} (fingerprint {lineage.base_fingerprint[:12]}), "
            f"but {base.source} is another model ({base.fingerprint[:12]}); give the same one with --base"
        )
    return base


def merge(base: BaseModel, checkpoint: Path, dtype: str) -> PreTrainedModel:
    """The base model with the adapter's change added to its weights in float32, then rounded to `dtype`."""
    import torch
    from peft import PeftModel

    adapted = PeftModel.from_pretrained(load_model(base, "float32"), str(checkpoint))
    return adapted.merge_and_unload(safe_merge=True).to(getattr(torch, dtype))


def write_model(folder: Path, model: PreTrainedModel, base: BaseModel) -> None:
    """Write weights, configs, and the base's tokenizer and licence files into `folder`."""
    model.save_pretrained(folder)
    load_tokenizer(base).save_pretrained(folder)
    for pattern in COPYRIGHT_FILES:
        for file in base.folder.glob(pattern):
            shutil.copy(file, folder)


def model_card(lineage: Lineage, dtype: str) -> str:
    """A short model card with front matter, in Markdown."""
    return f"""---
language: zh
base_model: {lineage.base_source}
tags: [koubo, {lineage.task}, text-normalization]
---
# Koubo reading model ({lineage.task})

Chooses how a marked span of a Chinese sentence is read aloud, by the likelihood of each candidate after the prompt of
`koubo/reading/prompts.py`.

- Base model: `{lineage.base_source}`, fingerprint `{lineage.base_fingerprint}`. Its licence holds for this model too.
- Training: `train.{lineage.task}`, LoRA merged after step {lineage.step}, weights stored as {dtype}.
- Not for free text: it is trained on short answers only.
"""


def check(folder: Path) -> None:
    """Load the folder as its users will: BOS first, and a few tokens generated with its own generation config.

    Raises:
        TrainError: what is wrong with the model.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    check_bos(tokenizer, folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype="auto")
    prompt = tokenizer("仅售«88»块\n读作：", return_tensors="pt")
    made = model.generate(**prompt, max_new_tokens=4)
    if made.shape[1] <= prompt.input_ids.shape[1]:
        raise TrainError(f"{folder}: generates nothing after {prompt.input_ids.tolist()}")


def main() -> None:
    """Command line of `train.export`."""
    settings = ExportSettings.from_cli()
    try:
        print(f"train.export: {export(settings)}")
    except DatasetError as error:
        print(f"train.export: {error}", file=sys.stderr)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
