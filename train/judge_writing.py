"""Judge a writer on held-out products: what it writes, what is refused and why, what is copied, how much it varies.

    python -m train.judge_writing --held-out OUT/held_out.jsonl --rows OUT/rows.jsonl --out runs/before
    python -m train.judge_writing --held-out OUT/held_out.jsonl --rows OUT/rows.jsonl --checkpoint runs/writing \\
      --style trained --out runs/after --against /runs/before

Scripts are composed exactly as the application composes them (koubo/script/compose.py): the same prompts, grammar,
check, bounds of length, and relevance by the sentence encoder. Without --checkpoint the model as it is writes.
--against are folders of earlier runs, whose columns stand first in the table, and which the differences are from.

OUT/report.json has every measure with its 95% interval (bootstrap over products), and refusals by rule; OUT/table.md
the table; OUT/scripts.jsonl every candidate with what was found of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from cluster.sentence_encoder import AsyncEncoder, SentenceEncoder
from cluster.settings import JobSettings
from koubo.dataset.rows import CompletionRow, DatasetError, load_rows, write_jsonl
from koubo.dataset.writing import HeldOut, load_held_out
from koubo.dataset.written import JudgedScript, Known, judged, load_scripts, script_json
from koubo.protocols import Embedder, ExemplarLine, Writer
from koubo.rubric.pick import verdicts
from koubo.script.brief import Brief
from koubo.script.compose import Budget, Completed, Scorer, Verdict, compose
from koubo.script.exemplars import Exemplars, load_exemplars
from koubo.script.plan import SectionPlan, plan
from koubo.script.prompt import prompt, trained
from train.base_model import BaseModel, load_model, load_tokenizer, open_base
from train.checkpoints import checkpoint_at
from train.export import merge, same_base
from train.lineage import Lineage
from train.sampling_writer import GatheringWriter, Sampler
from train.settings import AbsolutePath, ModelPlace, TrainError
from train.writing_table import Column, table

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PATIENCE_S = 3600.0
"""Nobody listens while a writer is judged, so no section is given up for its time."""
PROMPTS = {"completion": prompt, "trained": trained}
SCRIPTS, REPORT, TABLE = "scripts.jsonl", "report.json", "table.md"


class JudgeWritingSettings(JobSettings):
    """Settings of `train.judge_writing`."""

    job: ClassVar[str] = "train.judge_writing"

    held_out: AbsolutePath = Field(description="Briefs of held-out products, as data_jobs.build_writing writes them.")
    rows: AbsolutePath = Field(description="The training rows, which candidates are held against for copies.")
    exemplars: AbsolutePath = Field(description="Hosts' lines that a few-shot prompt shows.")
    out: AbsolutePath = Field(description="Folder for report.json, table.md and scripts.jsonl.")
    model: ModelPlace | None = Field(None, description="Model to judge; the profile's writer when none is given.")
    checkpoint: AbsolutePath | None = Field(None, description="A run of train.sft, or a checkpoint, laid over it.")
    style: Literal["completion", "trained"] = Field(
        "completion", description="The prompt: few-shot completion, or the short one of training."
    )
    name: str = Field("", description="What the column is called; model and style when empty.")
    against: list[AbsolutePath] = Field([], description="Folders of earlier runs to stand beside in the table.")
    products: int | None = Field(None, ge=1, description="Judge so many of the products only, from the first on.")
    candidates: int = Field(3, ge=1, description="Candidates of a section.")
    max_tokens: int = Field(64, ge=8, description="Longest candidate, in tokens.")
    temperature: float = Field(0.8, gt=0, description="Of the sampling.")
    constrained: bool = Field(True, description="Hold the model to the slot grammar, as the application does.")
    batch: int = Field(12, ge=1, description="Candidates sampled at once.")
    threads: int = Field(2, ge=1, description="Threads of torch.")
    seed: int = Field(17, ge=0, description="Of the sampling.")


async def judge(
    held_out: Sequence[HeldOut], writer: Writer, pick: Scorer, exemplars: Exemplars, known: Known, candidates: int
) -> list[JudgedScript]:
    """Compose a script for each brief, all at the same time, and measure what the writer offered for it."""
    budget = Budget(candidates=candidates, seconds=PATIENCE_S)

    async def one(held: HeldOut) -> JudgedScript:
        composing = compose(held.brief, plan(held.brief), writer, pick, exemplars, budget=budget)
        sections = [section async for section in composing]
        if errors := [section.error for section in sections if section.error]:
            raise TrainError(f"{held.source}: the writer failed: {errors[0]}")
        return judged(held.source, held.brief, sections, candidates, known)

    return list(await asyncio.gather(*map(one, held_out)))


def run(settings: JudgeWritingSettings) -> Column:
    """Judge and write the three files; returns the table's new column.

    Raises:
        DatasetError: a file, model or checkpoint cannot be used.
    """
    started = time.monotonic()
    earlier = [_earlier(folder) for folder in settings.against]
    held_out = load_held_out(settings.held_out)[: settings.products]
    rows = load_rows(settings.rows, CompletionRow).rows
    known = Known(_exemplars(settings.exemplars), [row.completion for row in rows])
    embedder = AsyncEncoder(SentenceEncoder(settings.models.embedder, threads=1))
    scripts = asyncio.run(
        judge(
            held_out,
            _writer(settings),
            picking(embedder),
            Exemplars(known.exemplars, embedder),
            known,
            settings.candidates,
        )
    )
    column = Column(settings.name or f"{settings.checkpoint or 'as it is'}, {settings.style}", scripts)
    _write(settings, column, earlier, time.monotonic() - started)
    return column


def picking(embedder: Embedder) -> Scorer:
    """The application's own choice among candidates."""

    async def pick(brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> Sequence[Verdict]:
        return await verdicts(embedder, brief, section, completed)

    return pick


def _writer(settings: JudgeWritingSettings) -> Writer:
    import torch

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    base, model = _model(settings)
    sampler = Sampler(
        model=model.eval(),
        tokenizer=load_tokenizer(base),
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        batch=settings.batch,
        constrained=settings.constrained,
    )
    return GatheringWriter(PROMPTS[settings.style], sampler)


def _model(settings: JudgeWritingSettings) -> tuple[BaseModel, PreTrainedModel]:
    source = settings.model or settings.models.writer
    if settings.checkpoint is None:
        base = open_base(source)
        return base, load_model(base, "float32")
    checkpoint = checkpoint_at(settings.checkpoint)
    base = same_base(Lineage.read(checkpoint), settings.model)
    return base, merge(base, checkpoint, "float32")


def _exemplars(path: Path) -> tuple[ExemplarLine, ...]:
    try:
        return load_exemplars(path)
    except (OSError, ValueError) as error:
        raise TrainError(f"--exemplars {path}: {error}") from error


def _earlier(folder: Path) -> Column:
    try:
        name = json.loads((folder / REPORT).read_text(encoding="utf8"))["name"]
    except (OSError, ValueError, KeyError) as error:
        raise TrainError(f"--against {folder}: no {REPORT} of train.judge_writing there ({error})") from error
    return Column(name, load_scripts(folder / SCRIPTS))


def _write(settings: JudgeWritingSettings, column: Column, earlier: Sequence[Column], seconds: float) -> None:
    rules = Counter(rule for script in column.scripts for c in script.candidates for rule in c.rules)
    report = {
        "name": column.name,
        "seconds": round(seconds, 1),
        "products": len(column.scripts),
        "sections": sum(len(script.sections) for script in column.scripts),
        "candidates": sum(len(script.candidates) for script in column.scripts),
        "refusals": dict(rules.most_common()),
        "measures": column.measures(),
        "settings": settings.model_dump(mode="json"),
    }
    write_jsonl(settings.out / SCRIPTS, map(script_json, column.scripts))
    (settings.out / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf8")
    (settings.out / TABLE).write_text(table([*earlier, column]), encoding="utf8")


def main() -> None:
    """Command line of `train.judge_writing`."""
    settings = JudgeWritingSettings.from_cli()
    try:
        run(settings)
    except DatasetError as error:
        print(f"train.judge_writing: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    print((settings.out / TABLE).read_text(encoding="utf8"))


if __name__ == "__main__":
    main()
