"""Merge a checkpoint's LoRA adapter into its base model: a Hugging Face folder that vLLM, transformers and DPO load.

    python -m train.export --checkpoint "$PWD/runs/sft" --out "$PWD/models/sft"
    python -m train.export --checkpoint "$PWD/runs/sft" --publish "$PWD/models/reading" --roles choice

--checkpoint is a run's folder, of which the best checkpoint by held-out loss, else the latest, is taken, or one
checkpoint. The model is written beside its place, checked (the tokenizer puts BOS first, its numbers are finite), tried
in each role that it is to fill, and then renamed or published (koubo/versions.py), so that nothing half-written is ever
found. A folder that is there already is never overwritten.

With --roles a canary asks the model a few labelled rows the way serving asks. It is refused, and nothing is written,
where it scores below the least of a role, or more than --tolerance below the model that is in service at --publish,
which is tried on the same rows. The model card tells the scores. Profiles load `published:ROOT`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from cluster.settings import JobSettings
from koubo.dataset.rows import DatasetError
from koubo.versions import publish
from train.base_model import BaseModel, load_model, load_tokenizer, open_base
from train.canary import Bar, Exported, in_service, load_exported, refuse_worse, try_roles, weights_size
from train.checkpoints import checkpoint_at
from train.export_room import check_disk, check_memory, room_running_out
from train.lineage import Lineage
from train.model_card import COPYRIGHT_FILES, Making, model_card
from train.roles import Canary, RoleName, Score
from train.settings import AbsolutePath, ModelPlace, TrainError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CANARY = Path(__file__).parent / "canary_rows" / "readings.jsonl"
SHOP = Path(__file__).parents[1] / "examples" / "catalog"
CARD = "README.md"


class ExportSettings(JobSettings):
    """Settings of `train.export`."""

    job: ClassVar[str] = "train.export"

    checkpoint: AbsolutePath = Field(description="A run's folder (its best or latest checkpoint) or one checkpoint.")
    out: AbsolutePath | None = Field(None, description="Folder of the merged model; must not exist yet.")
    publish: AbsolutePath | None = Field(
        None,
        description="Root of published models, seen by every node: the model becomes the version in service there.",
    )
    roles: list[RoleName] = Field([], description="Roles that the model is to fill, which the canary tests.")
    canary: AbsolutePath = Field(CANARY, description="Labelled texts that it is tried on; the project's if absent.")
    shop: AbsolutePath = Field(
        SHOP, description="Catalogue that it writes about when tried; the project's own if absent."
    )
    tolerance: float = Field(
        0.02, ge=0, le=1, description="How much worse than the model in service a role may score (share)."
    )
    floor: float | None = Field(None, ge=0, le=1, description="Least score of every role; each role's own if absent.")
    data_card: AbsolutePath | None = Field(None, description="Card of the training rows, to stand in the model card.")
    base: ModelPlace | None = Field(
        None, description="Where the base model lies now, if not where it was in training; it must be the same model."
    )
    dtype: Literal["float32", "bfloat16"] = Field("bfloat16", description="Type of the merged weights.")

    @model_validator(mode="after")
    def _has_a_place(self) -> Self:
        if self.out is None and self.publish is None:
            raise ValueError("give --out, --publish or both")
        if self.publish is not None and not self.roles:
            raise ValueError("--publish puts a model into service: name the --roles it is to fill, such as choice")
        return self


def export(settings: ExportSettings) -> Path:
    """Write the merged model to its places; returns its published version's folder, or `settings.out`.

    Raises:
        TrainError: no checkpoint, another base model than the adapter's, an existing --out, a failed check, a model
            that the canary refuses, or too little memory or disk. Nothing of the model is left anywhere then.
    """
    if settings.out is not None and settings.out.exists():
        raise TrainError(f"--out {settings.out}: exists, and a model is never overwritten; give a new folder")
    checkpoint = checkpoint_at(settings.checkpoint)
    lineage = Lineage.read(checkpoint)
    base = same_base(lineage, settings.base)
    making = Making.of(checkpoint, lineage, base, settings.dtype)
    _check_room(base, settings.dtype)
    with _staged(settings, base) as folder:
        write_model(folder, merge(base, checkpoint, settings.dtype), base)
        scores = _tried(settings, folder)
        (folder / CARD).write_text(model_card(making, scores, _data_card(settings)), encoding="utf8")
        return _placed(settings, folder, making, scores)


def _check_room(base: BaseModel, dtype: str) -> None:
    """Merging holds the weights in float32 and, for a moment, in the stored type too."""
    size = weights_size(base.folder)
    check_memory(round(2.2 * size) + (size if dtype == "float32" else 0), f"merging {base.source}")


@contextmanager
def _staged(settings: ExportSettings, base: BaseModel) -> Iterator[Path]:
    """A folder to write the model into, on the disk of its place; gone afterwards unless it was renamed."""
    beside = settings.publish or settings.out.parent  # type: ignore[union-attr]
    beside.mkdir(parents=True, exist_ok=True)
    size = weights_size(base.folder) * (2 if settings.dtype == "float32" else 1)  # a base is stored in 16 bits at least
    check_disk(beside, size, "the merged model")
    if settings.out is not None and settings.publish is not None:
        check_disk(settings.out.parent, size, "its copy at --out")
    folder = Path(tempfile.mkdtemp(prefix=".merged-", dir=beside))
    try:
        with room_running_out(beside):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tried(settings: ExportSettings, folder: Path) -> dict[RoleName, Score]:
    """Load the folder as its users will; the canary's scores. Raises TrainError where the model is refused."""
    canary = Canary(settings.canary, settings.shop)
    exported = load_exported(folder)
    check(exported, folder)
    scores = try_roles(exported, settings.roles, canary, "new")
    del exported  # the model in service is loaded next
    before = in_service(settings.publish, settings.roles, canary) if settings.publish else {}
    refuse_worse(scores, before, Bar(settings.tolerance, settings.floor))
    return scores


def _placed(settings: ExportSettings, folder: Path, making: Making, scores: dict[RoleName, Score]) -> Path:
    """Put a whole model where it belongs; --out first, since publishing moves its files."""
    if settings.out is not None:
        settings.out.parent.mkdir(parents=True, exist_ok=True)
        _placed_at(settings.out, folder, keep=settings.publish is not None)
    if settings.publish is None:
        return settings.out  # type: ignore[return-value]
    try:
        version = publish(settings.publish, partial(_move_files, folder), making.meta(scores))
    except BaseException:
        if settings.out is not None:
            shutil.rmtree(settings.out, ignore_errors=True)
        raise
    return settings.publish / version


def _placed_at(out: Path, folder: Path, keep: bool) -> None:
    """Rename the folder to `out`, or a copy of it where it is needed again."""
    whole = folder
    if keep:
        whole = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            shutil.copytree(folder, whole, dirs_exist_ok=True)
        except BaseException:
            shutil.rmtree(whole, ignore_errors=True)
            raise
    whole.chmod(0o755)  # mkdtemp gives 0700; readers may be other users
    whole.rename(out)


def _move_files(source: Path, target: Path) -> None:
    for file in source.iterdir():
        file.rename(target / file.name)


def _data_card(settings: ExportSettings) -> str:
    try:
        return settings.data_card.read_text(encoding="utf8") if settings.data_card else ""
    except (OSError, UnicodeDecodeError) as error:
        raise TrainError(f"--data-card {settings.data_card}: cannot be read ({error})") from error


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


def check(exported: Exported, folder: Path) -> None:
    """Run the model once, and generate a few tokens with its own generation config.

    Raises:
        TrainError: its numbers are not finite.
    """
    model, tokenizer = exported
    prompt = tokenizer("仅售«88»块\n读作：", return_tensors="pt")
    logits = model(input_ids=prompt.input_ids, attention_mask=prompt.attention_mask).logits
    if not bool(logits.isfinite().all()):
        raise TrainError(f"{folder}: its weights give no finite numbers; the training diverged")
    model.generate(input_ids=prompt.input_ids, attention_mask=prompt.attention_mask, max_new_tokens=4)


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
