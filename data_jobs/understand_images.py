"""Sort pictures by what they are about, summarize them, and take out what they state: OCR table in, Parquet rows out.

  python -m data_jobs.understand_images --ocr /data/ocr --out /data/understood
  python -m data_jobs.understand_images --ocr /data/ocr --out /data/understood \\
    --understander openai:http://10.0.0.5:8000/v1#qwen

--ocr is the output folder of data_jobs.ocr_images. Every OCR row gives one row: image_id, topic, confidence, summary
(the most telling lines, word by word), statements (容量: 500ml, rows of tables, claims; each with its box, line and
quote), method, error. What a picture says of price or promotion is a claim, never an attribute: pictures go stale.

Rules and sentence embeddings decide, by a table to edit: copy data_jobs/understanding/topics.yaml and give it as
--topics. Where the profile names a model (models.understander) or --understander does, pages whose topic is less sure
than --ask are asked about, through an engine on this cluster or an OpenAI-compatible endpoint (its key:
KOUBO_ENDPOINT_KEY). What a model says and the page does not, word by word, is refused and counted; where it fails, the
answer of the rules stands. The laptop profile has no model: rules decide everything, and the report says so.

Killed or run again, the job makes only what is missing, or follows from another OCR row or other settings than now.
Open the result with polars.read_parquet("OUT/*.parquet"); _report.json has counts and rates, _errors/ the pages that
could not be understood and the answers that were refused, _answers/ what a model said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

import polars as pl
import pyarrow as pa
from pydantic import Field, field_validator

from cluster.models import parse as parse_model_source
from cluster.settings import JobSettings
from data_jobs.actor_pool import map_rows
from data_jobs.job import AbsolutePath, ErrorRow, JobReport, clear_exit, make_folder, write_errors
from data_jobs.parts import remaining, write_part
from data_jobs.progress import Progress
from data_jobs.schemas import OCR, UNDERSTOOD, read_table
from data_jobs.session import connect
from data_jobs.understanding.asking import Asking, Engine, Style
from data_jobs.understanding.doubtful_pages import ask_about, doubtful, put_answers, unanswered
from data_jobs.understanding.topics import TOPICS_FILE, TopicTable, load_topics
from data_jobs.understanding.understood_pages import MADE, UnderstandPages, UnderstandTask
from data_jobs.understanding.understood_parts import drop_stale, with_keys

VERSION = 1
"""Of what the code makes of a page; goes up when rows made before should be made again."""


class UnderstandSettings(JobSettings):
    """Settings of the job; what is not given comes from the profile."""

    job: ClassVar[str] = "data_jobs.understand_images"

    ocr: AbsolutePath = Field(description="Output folder of data_jobs.ocr_images.")
    out: AbsolutePath = Field(description="Folder for the Parquet parts: an absolute path or a URI.")
    topics: AbsolutePath = Field(TOPICS_FILE, description="Words and patterns of each topic.")
    actors: int = Field(1, ge=1, description="Actors that understand pages.")
    num_cpus: float = Field(1, ge=0, description="Logical CPUs an actor reserves.")
    threads: int = Field(1, ge=1, description="Threads of an actor.")
    batch_size: int = Field(16, ge=1, description="Pages an actor is given at a time.")
    part_rows: int = Field(128, ge=1, description="Pages of a part at most: what a kill can cost an actor.")
    understander: str | None = Field(None, description="Source of the model instead of the profile's.")
    ask: float = Field(0.7, ge=0, le=1, description="Pages with a less sure topic are asked about; 1 asks about all.")
    ask_style: Style = Field("chat", description="chat, or completion for a base model without a chat template.")
    ask_batch: int = Field(16, ge=1, description="Pages a model is given at a time.")
    ask_workers: int = Field(1, ge=1, description="Replicas of the engine, or senders of requests to the endpoint.")
    ask_tokens: int = Field(1024, ge=16, description="Tokens of an answer at most.")
    ask_timeout_s: float = Field(120, gt=0, description="Seconds that an endpoint may take for an answer.")
    ask_retries: int = Field(2, ge=0, description="Times that an endpoint is asked again.")
    engine: Engine = Field(Engine(), description="How the engine is started, where the model is none of an endpoint.")

    @field_validator("understander")
    @classmethod
    def _checked(cls, source: str | None) -> str | None:
        return None if source is None else str(parse_model_source(source))

    @property
    def model(self) -> str | None:
        """The source of the model that is asked, or None."""
        return self.understander or self.models.understander


def understand_pictures(settings: UnderstandSettings) -> dict[str, Any]:
    """Run the job on the Ray cluster of this process; returns its report.

    Raises:
        JobError: no OCR table, or a topic table that is wrong.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json") | {"model": settings.model})
    topics = load_topics(settings.topics)
    pages = with_keys(read_table(settings.ocr, OCR, "data_jobs.ocr_images"), *_recipes(settings, topics))
    make_folder(settings.out)
    report.count("pictures", len(pages))
    report.count("made_again", drop_stale(pages, settings.out))
    todo = remaining(pages, settings.out)
    report.count("already_understood", len(pages) - len(todo))
    if len(todo):
        connect(settings.profile)
        _by_rules(settings, topics, todo.drop("key"), report)
    refusals = _by_model(settings, pages, report) if settings.model else []
    return _finish(settings, report, refusals)


def _recipes(settings: UnderstandSettings, topics: TopicTable) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings that shape a row by rules, and those that shape a model's answer."""
    rules = {"version": VERSION, "embedder": settings.models.embedder, "topics": topics.model_dump(mode="json")}
    return rules, {"model": settings.model, "style": settings.ask_style, "tokens": settings.ask_tokens}


def _by_rules(settings: UnderstandSettings, topics: TopicTable, todo: pl.DataFrame, report: JobReport) -> None:
    """The plan: OCR rows -> UnderstandPages (actors) -> write_understood_part (tasks)."""
    task = UnderstandTask(settings.models.embedder, settings.threads, topics)
    block_rows = min(settings.part_rows, len(todo) // (4 * settings.actors))
    pages = map_rows(todo, UnderstandPages, task, settings, block_rows)
    parts = pages.map_batches(
        write_understood_part, fn_kwargs={"out": settings.out}, batch_size=None, batch_format="pyarrow", num_cpus=0.1
    )
    progress = Progress("understand_images", len(todo))
    for part in parts.iter_rows():
        report.count("understood_now", part["rows"])
        progress.add(part["rows"])


def _blocks(rows: pl.DataFrame, size: int) -> list[pa.Table]:
    return [block.to_arrow() for block in rows.iter_slices(max(1, size))]


def write_understood_part(rows: pa.Table, out: str) -> dict[str, list[int]]:
    """Write understood rows as one part of the table; gives their count."""
    table = pl.DataFrame(pl.from_arrow(rows)).cast(MADE)
    write_part(out, table)
    return {"rows": [len(table)]}


def _by_model(settings: UnderstandSettings, pages: pl.DataFrame, report: JobReport) -> list[ErrorRow]:
    """Ask about the pages in doubt that have no answer yet, and put the answers that hold into the parts."""
    in_doubt = doubtful(pages, settings.out, settings.ask)
    report.count("in_doubt", len(in_doubt))
    unasked = unanswered(in_doubt, settings.out)
    if len(unasked):
        connect(settings.profile)
        ask_about(unasked, settings.out, _asking(settings), report)
    changed, refusals = put_answers(in_doubt, settings.out, settings.ocr)
    report.count("by_model", changed)
    return refusals


def _asking(settings: UnderstandSettings) -> Asking:
    return Asking(
        source=str(settings.model),
        style=settings.ask_style,
        batch=settings.ask_batch,
        workers=settings.ask_workers,
        tokens=settings.ask_tokens,
        timeout_s=settings.ask_timeout_s,
        retries=settings.ask_retries,
        engine=settings.engine,
    )


def _finish(settings: UnderstandSettings, report: JobReport, refusals: Iterable[ErrorRow]) -> dict[str, Any]:
    table = read_table(settings.out, UNDERSTOOD, settings.job)
    failed = table.drop_nulls("error").select("image_id", "error").iter_rows()
    errors = [*(ErrorRow(settings.ocr, i, "picture", i, str(e)) for i, e in failed), *refusals]
    for error in errors:
        report.error(error.reason)
    write_errors(settings.out, errors)
    for name, count in sorted(Counter(table["method"]).items()):
        report.count(f"method_{name}", count)
    report.count("statements", int(table["statements"].list.len().sum()))
    decided = f"asked {settings.model}" if settings.model else "rules decided everything: no models.understander"
    report.settings |= {"decided": decided}
    return report.finish(settings.out)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(UnderstandSettings.job):
        understand_pictures(UnderstandSettings.from_cli())


if __name__ == "__main__":
    main()
