"""The canary: a model fills a role in service only if it does as well there as the one that fills it now."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from koubo.versions import CURRENT, VersionError, current, verify
from train.base_model import check_bos
from train.export_room import check_memory
from train.roles import ROLES, Canary, RoleName, Score
from train.settings import TrainError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Exported: TypeAlias = "tuple[PreTrainedModel, PreTrainedTokenizerBase]"
"""A model in memory with its tokenizer."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How well a model must do: at least `floor` (each role's own where None), and at most `tolerance` worse than the
    model in service; both are shares."""

    tolerance: float
    floor: float | None


def load_exported(folder: Path) -> Exported:
    """Load a model as its users do, with float32 arithmetic on its stored weights.

    Raises:
        TrainError: its tokenizer leaves out BOS, or there is too little memory.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    check_memory(2 * weights_size(folder), f"trying {folder}")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    check_bos(tokenizer, folder)
    return AutoModelForCausalLM.from_pretrained(folder, dtype="float32").eval(), tokenizer


def try_roles(exported: Exported, roles: Sequence[RoleName], canary: Canary, name: str) -> dict[RoleName, Score]:
    """Score a model for each role; `name` is what lines of progress call it."""
    scores = {}
    for role in roles:
        scores[role] = ROLES[role].measure(*exported, canary)
        print(f"train.export: canary, {name}, {role}: {ROLES[role].metric} {scores[role]}", flush=True)
    return scores


def in_service(root: Path, roles: Sequence[RoleName], canary: Canary) -> dict[RoleName, float]:
    """The shares that the model in service under `root` reaches in its roles, on the same rows; empty where none is.

    Where it cannot be loaded, the scores of its manifest count.

    Raises:
        TrainError: it is damaged, or it fills a role that is not among `roles`, which nobody would fill any more.
    """
    try:
        folder = current(root)
        known = verify(folder).meta.get("roles", {})
    except VersionError as error:
        if (root / CURRENT).exists():
            raise TrainError(
                f"--publish {root}: the model in service is damaged ({error}), so nothing can be compared with it; put "
                "an earlier version in service, or publish under another folder"
            ) from error
        return {}
    if lost := sorted(known.keys() - set(roles)):
        raise TrainError(
            f"--roles {','.join(roles)}: the model in service ({folder}) also fills {', '.join(lost)}; name them, or "
            "publish under another folder"
        )
    try:
        measured = try_roles(load_exported(folder), [role for role in ROLES if role in known], canary, "in service")
    except (OSError, ValueError, TrainError) as error:
        print(f"train.export: {folder} cannot be tried ({error}); its own scores count", file=sys.stderr)
        return {role: known[role][ROLES[role].metric] for role in known}
    return {role: score.share for role, score in measured.items()}


def refuse_worse(new: Mapping[RoleName, Score], old: Mapping[RoleName, float], bar: Bar) -> None:
    """Raise TrainError naming every role in which the new model does not reach the bar."""
    failed = [reason for role, score in new.items() if (reason := _short_of(role, score, old.get(role), bar))]
    if failed:
        raise TrainError(f"refused by the canary, nothing was published: {'; '.join(failed)}")


def weights_size(folder: Path) -> int:
    """Bytes of the safetensors files of a model."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def _short_of(role: RoleName, score: Score, old: float | None, bar: Bar) -> str | None:
    floor = ROLES[role].floor if bar.floor is None else bar.floor
    what = f"{role}: {ROLES[role].metric} {score}"
    if score.share < floor:
        return f"{what} is below the least of {floor:g}"
    if old is not None and score.share < old - bar.tolerance:
        return f"{what} is below {old:.3f} of the model in service (tolerance {bar.tolerance:g})"
    return None
