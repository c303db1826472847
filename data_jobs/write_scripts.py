"""Write a script for every product of a catalogue: a snapshot in, one Parquet row a product out.

  python -m data_jobs.write_scripts --snapshots "$HOME/.koubo/snapshots" --out "$PWD/scripts"
  python -m data_jobs.write_scripts --snapshots /mnt/koubo/snapshots --out s3://shop/scripts --writer openai:URL#MODEL
  python -m data_jobs.write_scripts --snapshots "$HOME/.koubo/snapshots" --out "$PWD/scripts" --writer none

Brief, plan, sections, check, choice and rendering are the code that serves POST /v1/scripts; scores are by the rubric
that comes with Koubo. Each row holds the script
with its slots, which can be rendered again at any later price, how it read, its scorecard, and what became of what the
model offered: sections by the model, sections planned and why, candidates refused and by which rule. Open the result
with polars.read_parquet("OUT/*.parquet").

Several products are composed at the same time, so that the engine answers their sections in one batch. `--writer none`
plans every section, without a model.

Killed or run again, the job writes only the scripts that are missing, whose product's facts or settings changed, or in
which sections were planned because the writer was away. A script of the same facts and settings has the same id. A
product of which no script can be made is an error row, stops nothing, and is tried again by the next run.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pyarrow as pa
from pydantic import Field, field_validator

from cluster.models import parse as parse_model_source
from cluster.settings import JobSettings
from cluster.writers import Sampling, Style
from data_jobs.actor_pool import map_rows
from data_jobs.job import (
    AbsolutePath,
    ErrorRow,
    JobError,
    JobReport,
    clear_exit,
    local_folder,
    make_folder,
    write_errors,
)
from data_jobs.progress import Progress
from data_jobs.schemas import SCRIPTS
from data_jobs.session import connect
from data_jobs.writing.actor import WriteScripts
from data_jobs.writing.script_rows import all_rows, products_of, settle, write_script_part
from data_jobs.writing.task import ActorEngine, WritingTask
from koubo.catalog.snapshot import Snapshot, SnapshotError
from koubo.protocols import ExemplarLine
from koubo.script.brief import BriefRequest, Occasion
from koubo.script.compose import Budget
from koubo.script.exemplars import OWN_LINES, load_exemplars
from koubo.versions import VersionError, current

VERSION = 1
"""Of what the code makes of a product; goes up when scripts made before should be made again."""
NO_WRITER = "none"


class WriteSettings(JobSettings):
    """Settings of the job; what is not given comes from the profile."""

    job: ClassVar[str] = "data_jobs.write_scripts"

    snapshots: AbsolutePath = Field(description="Root of published snapshots, as data_jobs.build_graph writes it.")
    out: AbsolutePath = Field(description="Folder for the Parquet parts: an absolute path or a URI.")
    live: AbsolutePath | None = Field(None, description="File of the live values (STATE/live.sqlite), if there is one.")
    products: list[str] = Field([], description="Ids of the products to write for; all of them where none is given.")
    seconds: int = Field(60, ge=10, le=600, description="Spoken length of a script, in seconds.")
    occasion: Occasion = Field(Occasion.SINGLE_PRODUCT, description="When in the stream it is spoken.")
    persona: str = Field("热情", min_length=1, max_length=20, description="The host's manner: 热情, 亲切, 专业, 沉稳.")
    audience: str | None = Field(None, max_length=40, description="Whom the host speaks to, such as 宝妈.")
    focus: list[str] = Field([], description="What to tell first: labels or words of the products' facts.")
    banned: list[str] = Field([], description="Phrases that must not be said.")
    required: list[str] = Field([], description="Phrases that must be said, without numbers.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Varies the words; the same seed gives the same plans.")
    writer: str | None = Field(None, description="Model source instead of the profile's writer; none plans everything.")
    style: Style = Field("completion", description="Form of the prompt: completion, chat or trained.")
    constrained: bool = Field(True, description="Hold the model to the slot grammar.")
    temperature: float = Field(0.8, ge=0, le=2, description="Sampling temperature.")
    candidates: int = Field(3, ge=1, le=16, description="Candidates of a section.")
    max_tokens: int = Field(96, ge=8, le=2048, description="Longest candidate, in tokens.")
    section_timeout_s: float = Field(120, gt=0, description="Time budget of a section; after it, the planned one.")
    exemplars: AbsolutePath | None = Field(
        None, description="Host lines that show the writer the style, JSONL, instead of the project's own."
    )
    engine: ActorEngine = Field(ActorEngine(), description="How an actor's engine is started, where it has one.")
    actors: int = Field(1, ge=1, description="Actors that write, each with an engine of its own.")
    num_cpus: float = Field(1, ge=0, description="Logical CPUs an actor reserves.")
    num_gpus: float = Field(0, ge=0, description="GPUs an actor reserves.")
    threads: int = Field(1, ge=1, description="Threads of an actor beside its engine.")
    batch_size: int = Field(8, ge=1, description="Products composed at the same time by an actor.")
    part_rows: int = Field(64, ge=1, description="Products of a part at most: what a kill can cost an actor.")

    @field_validator("writer")
    @classmethod
    def _known(cls, source: str | None) -> str | None:
        return source if source in (None, NO_WRITER) else str(parse_model_source(source))

    @property
    def source(self) -> str | None:
        """The source of the model that writes, or None where everything is planned."""
        return None if self.writer == NO_WRITER else self.writer or self.models.writer

    @property
    def starts_engine(self) -> bool:
        """Whether an actor holds an engine."""
        return self.source is not None and parse_model_source(self.source).kind != "openai"

    def request(self) -> BriefRequest:
        """What is asked for of every product."""
        asked = self.model_dump(include={"seconds", "occasion", "persona", "audience", "seed"})
        lists = {name: tuple(getattr(self, name)) for name in ("focus", "banned", "required")}
        return BriefRequest(product_id="any", **asked, **lists)


def write_scripts(settings: WriteSettings) -> dict[str, Any]:
    """Run the job on the Ray cluster of this process; returns its report.

    Raises:
        JobError: no snapshot in service, an unknown product, or a request that cannot be said.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json") | {"model": settings.source})
    folder = _snapshot(settings)
    exemplars = _exemplars(settings)
    task = _task(settings, folder, exemplars)
    snapshot = Snapshot.load(folder)
    products = products_of(snapshot, _wanted(settings, snapshot), _recipe(settings, exemplars))
    make_folder(settings.out)
    report.count("products", len(products))
    for why, number in settle(products, _ids(snapshot), settings.out).items():
        report.count(why, number)
    held = all_rows(settings.out, ["script_id"])["script_id"]
    todo = products.filter(~pl.col("made_from").is_in(held.implode()))
    report.count("already_written", len(products) - len(todo))
    if len(todo):
        connect(settings.profile)
        _write(settings, task, todo, report)
    return _finish(settings, report)


def _snapshot(settings: WriteSettings) -> Path:
    root = local_folder(settings.snapshots, "snapshots")
    try:
        return current(root)
    except VersionError as error:
        raise JobError(f"--snapshots {settings.snapshots}: {error}; run data_jobs.build_graph") from error


def _exemplars(settings: WriteSettings) -> tuple[ExemplarLine, ...]:
    """The lines that are shown to the writer: read here, so that the actors need not see the file."""
    file = OWN_LINES if settings.exemplars is None else local_folder(settings.exemplars, "exemplars")
    try:
        return load_exemplars(file) if settings.source else ()
    except (OSError, ValueError) as error:
        raise JobError(f"--exemplars: {error}") from error


def _task(settings: WriteSettings, folder: Path, exemplars: tuple[ExemplarLine, ...]) -> WritingTask:
    try:
        request = settings.request()
    except ValueError as error:
        raise JobError(str(error)) from error
    return WritingTask(
        snapshot=str(folder),
        live=None if settings.live is None else str(_live_file(settings.live)),
        request=request,
        writer=settings.source,
        sampling=Sampling(settings.style, settings.temperature, settings.constrained),
        budget=Budget(settings.candidates, settings.section_timeout_s, settings.max_tokens),
        exemplars=exemplars,
        embedder=settings.models.embedder,
        threads=settings.threads,
        engine=settings.engine.kwargs,
    )


def _live_file(address: str) -> Path:
    """The live values' file: opening one that is not there would make it, empty."""
    file = local_folder(address, "live")
    if not file.is_file():
        raise JobError(f"--live {address}: no such file; it is STATE/live.sqlite of the application")
    return file


def _wanted(settings: WriteSettings, snapshot: Snapshot) -> list[str]:
    known = _ids(snapshot)
    unknown = sorted(set(settings.products) - set(known))
    if unknown:
        raise JobError(f"--products {', '.join(unknown)}: not in the snapshot {snapshot.version}")
    return [one for one in known if not settings.products or one in settings.products]


def _ids(snapshot: Snapshot) -> list[str]:
    return [product.id for product in snapshot.products(0, len(snapshot))]


def _recipe(settings: WriteSettings, exemplars: tuple[ExemplarLine, ...]) -> dict[str, Any]:
    """What shapes a script beside its product's facts."""
    shaping = {"style", "constrained", "temperature", "candidates", "max_tokens"} if settings.source else set()
    asked = settings.request().model_dump(mode="json") | settings.model_dump(mode="json", include=shaping)
    lines = [line.text for line in exemplars]
    made_by = {"version": VERSION, "writer": settings.source, "exemplars": lines}
    return asked | made_by | {"live": settings.live is not None}


def _write(settings: WriteSettings, task: WritingTask, todo: pl.DataFrame, report: JobReport) -> None:
    """The plan: products -> WriteScripts (actors) -> write_part (tasks). Only counts come to the driver."""
    block_rows = min(settings.part_rows, max(settings.batch_size, len(todo) // settings.actors))
    gpus = settings.num_gpus if settings.starts_engine else 0
    asks: dict[str, Any] = {"num_gpus": gpus, "env_vars": settings.engine.env_vars}
    scripts = map_rows(todo, WriteScripts, task, settings, block_rows, **asks)
    parts = scripts.map_batches(
        write_part, fn_kwargs={"out": settings.out}, batch_size=None, batch_format="pyarrow", num_cpus=0.1
    )
    progress = Progress("write_scripts", len(todo))
    for part in parts.iter_rows():
        report.count("written_now", part["rows"])
        progress.add(part["rows"], f"{part['by_model']} of {part['sections']} sections by the model")


def write_part(rows: pa.Table, out: str) -> dict[str, list[int]]:
    """Write scripts as one part of the table; gives their count, and that of their sections."""
    table = pl.DataFrame(pl.from_arrow(rows)).cast(SCRIPTS)
    write_script_part(out, table)
    return {"rows": [len(table)]} | {name: [int(table[name].sum())] for name in ("sections", "by_model")}


def _finish(settings: WriteSettings, report: JobReport) -> dict[str, Any]:
    counted = ["safe", "sections", "by_model", "candidates", "planned", "refusals", "score"]
    table = all_rows(settings.out, ["product_id", "error", *counted])
    failed = table.drop_nulls("error").select("product_id", "error").iter_rows()
    errors = [ErrorRow(settings.snapshots, name, "product", name, str(why)) for name, why in failed]
    for error in errors:
        report.error(error.reason)
    write_errors(settings.out, errors)
    written = table.filter(pl.col("error").is_null())
    report.count("scripts", len(written))
    report.count("unsafe", int((~written["safe"]).sum()))
    for name in ("sections", "by_model", "candidates"):
        report.count(name, int(written[name].sum()))
    report.more["planned"] = dict(_sum(written["planned"]))
    report.more["refusals"] = dict(_sum(written["refusals"]))
    report.more["score"] = round(sum(written["score"]) / max(1, len(written)), 4)
    return report.finish(settings.out)


def _sum(counts: pl.Series) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(json.loads(one))
    return total


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(WriteSettings.job):
        try:
            write_scripts(WriteSettings.from_cli())
        except SnapshotError as error:
            raise JobError(str(error)) from error


if __name__ == "__main__":
    main()
