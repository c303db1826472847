"""The card of an exported model: what it is, what it was made from, what it was tried at, how to load it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from train.base_model import BaseModel
from train.lineage import Lineage
from train.roles import ROLES, RoleName, Score

COPYRIGHT_FILES = ("LICENSE*", "NOTICE*", "USE_POLICY*")
USES: Mapping[RoleName, str] = {
    "choice": "Chooses how a marked span is read, by each candidate's likelihood after `koubo.reading.prompts.mark`.",
    "rewrite": "Writes a sentence as it is said, after `koubo.reading.prompts.rewriting`; only readings that are "
    "candidates in their place are taken from it.",
    "write": "Writes a section of a script, after `koubo.script.prompt.trained` (`style: trained`); what it writes is "
    "checked.",
}


@dataclass(frozen=True, slots=True)
class Making:
    """What a model was made from: its lineage, its base, the run's own record (`run.json`; empty where it is gone)."""

    lineage: Lineage
    base: BaseModel
    run: Mapping[str, Any]
    dtype: str

    @classmethod
    def of(cls, checkpoint: Path, lineage: Lineage, base: BaseModel, dtype: str) -> Making:
        """What is known of a checkpoint."""
        from train.fit import RUN  # loads Ray

        path = checkpoint.parent / RUN
        run = json.loads(path.read_text(encoding="utf8")) if path.is_file() else {}
        return cls(lineage, base, run, dtype)

    def meta(self, scores: Mapping[RoleName, Score]) -> dict[str, Any]:
        """What a published version says about itself in its manifest."""
        return {
            "task": self.lineage.task,
            "step": self.lineage.step,
            "base": self.lineage.base_source,
            "base_fingerprint": self.lineage.base_fingerprint,
            "dtype": self.dtype,
            "rows": self.run.get("rows"),
            "roles": {
                role: {ROLES[role].metric: round(score.share, 4), "right": score.right, "count": score.count}
                for role, score in scores.items()
            },
        }


def model_card(making: Making, scores: Mapping[RoleName, Score], data_card: str) -> str:
    """The card in Markdown, with front matter; `data_card` is that of the training rows, empty where there is none."""
    lineage = making.lineage
    parts = [
        _front_matter(making, scores),
        f"# Koubo model ({lineage.task}: {', '.join(scores) or 'roles not tried'})\n",
        "\n".join(_facts(making)),
        _uses(scores),
        LOADING,
    ]
    if data_card:
        parts.append("## Training rows\n\n" + data_card.replace("\n#", "\n##").removeprefix("#").lstrip())
    return "\n".join(part.rstrip() + "\n" for part in parts)


LOADING = """## Loading

In a profile's `serve.yaml`, where ROOT is the folder that it was published under (or `folder:` and this folder):

    writer: {source: "published:ROOT", style: trained, ...}
    chooser: {source: "published:ROOT", mode: likelihood, ...}

In Python: `AutoModelForCausalLM.from_pretrained(FOLDER)`, `AutoTokenizer.from_pretrained(FOLDER)`. The tokenizer puts
the beginning-of-sequence token first, without which the model writes nothing of use. It follows no instructions: it
answers the prompts above and ends.
"""


def _front_matter(making: Making, scores: Mapping[RoleName, Score]) -> str:
    licence = _licence_files(making.base.folder)
    named = f"license: other\nlicense_name: see {', '.join(licence)}\n" if licence else "license: other\n"
    tags = ", ".join(["koubo", making.lineage.task, *scores])
    return f"---\nlanguage: zh\n{named}base_model: {making.lineage.base_source}\ntags: [{tags}]\n---\n"


def _facts(making: Making) -> list[str]:
    lineage, run = making.lineage, making.run
    licence = _licence_files(making.base.folder)
    terms = f", in {', '.join(licence)} beside this file" if licence else ""
    settings = {k: v for k, v in run.items() if k not in ("task", "base", "rows")}
    facts = [
        f"- Base model: `{lineage.base_source}`, fingerprint `{lineage.base_fingerprint}`.",
        f"- Licence: that of the base model holds for this one too{terms}.",
        f"- Task: `train.{lineage.task}`, LoRA merged after step {lineage.step}, weights stored as {making.dtype}.",
    ]
    if run:
        facts.append(f"- Rows: file with SHA-256 `{run['rows']}`.")
        facts.append(f"- Settings: {', '.join(f'{name} {value}' for name, value in settings.items())}.")
    return facts


def _uses(scores: Mapping[RoleName, Score]) -> str:
    if not scores:
        return "\n## Roles\n\nNone was tried: the model was merged without a canary."
    rows = [f"| `{r}` | {USES[r]} | {ROLES[r].metric} {score} |" for r, score in scores.items()]
    return "\n".join(["\n## Roles\n", "| role | what it does | canary |", "|---|---|---|", *rows])


def _licence_files(folder: Path) -> list[str]:
    return sorted(file.name for pattern in COPYRIGHT_FILES for file in folder.glob(pattern))
