"""Everything from pictures, reviews and tables to a published graph, in one submit, with a report to look at.

  python -m data_jobs.pipeline --catalog /data/shop --images /data/shop/pictures --out /data/material
  ray job submit --working-dir . -- python -m data_jobs.pipeline --catalog /data/shop --out /data/material

The steps, each a job of its own with its own --help:
  ocr_images         OUT/pages       the text of every picture
  understand_images  OUT/understood  what each picture is about, a summary, and what it states
  cluster_images     OUT/clusters    near duplicates, neighbourhoods, what to keep
  mine_reviews       OUT/aspects     what buyers ask, praise and complain of
  mine_speech        OUT/exemplars   how hosts say it (with --transcripts only)
  build_graph        OUT/snapshots   the facts, published for the application

Without --images the pictures are those that the products table names, paths beside it or URLs; a catalogue without any
skips the picture steps. A step whose inputs, settings and code have not changed is skipped; one that was killed goes on
where it was. OUT/report.html shows the pictures that were kept and dropped and why, the lines OCR read, the clusters,
what reviews say and the graph; OUT/_report.json has the same in numbers.

Settings of a single step: --set ocr_images.max_side=1280 --set cluster_images.priorities=/data/priorities.yaml
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

import fsspec
import yaml
from pydantic import Field, ValidationError, field_validator

from cluster.settings import JobSettings, SettingsError, explain
from data_jobs.build_graph import GraphSettings, build_graph
from data_jobs.catalog_pictures import write_catalog_manifest
from data_jobs.cluster_images import ClusterSettings, cluster_pictures
from data_jobs.job import (
    REPORT,
    AbsolutePath,
    JobError,
    JobReport,
    clear_exit,
    join,
    local_folder,
    make_folder,
    write_bytes,
)
from data_jobs.mine_reviews import ReviewSettings, mine_reviews
from data_jobs.mine_speech import SpeechSettings, mine_speech
from data_jobs.ocr.picture_file import PASSING
from data_jobs.ocr_images import OcrSettings, ocr_pictures
from data_jobs.pipeline_steps import Step
from data_jobs.report_page.page import Material, write_page
from data_jobs.understand_images import UnderstandSettings, understand_pictures
from koubo.catalog.files import table_files
from koubo.catalog.tables import REQUIRED

DONE = "_done.json"
WORTH_A_RETRY = PASSING - {"missing_file"}
"""Errors after which a step is not done, so that the next run tries again. A file that appears is noticed by itself."""
STEPS: tuple[type[JobSettings], ...] = (
    OcrSettings,
    UnderstandSettings,
    ClusterSettings,
    ReviewSettings,
    SpeechSettings,
    GraphSettings,
)
NAMES = tuple(settings.job.rpartition(".")[2] for settings in STEPS)


class PipelineSettings(JobSettings):
    """Settings of the job; those of its steps come from the profile."""

    job: ClassVar[str] = "data_jobs.pipeline"

    catalog: AbsolutePath = Field(description="Folder of the catalogue's tables: products.jsonl and the like.")
    images: AbsolutePath | None = Field(
        None, description="Folder or table of pictures; those that the products table names when not given."
    )
    transcripts: AbsolutePath | None = Field(None, description="File or folder of what hosts said, for mine_speech.")
    mapping: AbsolutePath | None = Field(None, description="YAML file {table: {column: field}} for your own headers.")
    out: AbsolutePath = Field(description="Folder for what the steps write, and the report.")
    snapshots: AbsolutePath | None = Field(None, description="Folder of the snapshots; OUT/snapshots when not given.")
    redo: list[str] = Field([], description="Steps to run although nothing has changed.")
    set: list[str] = Field([], description="Settings of single steps, each as STEP.FIELD=VALUE.")

    @field_validator("redo")
    @classmethod
    def _known_steps(cls, redo: list[str]) -> list[str]:
        if unknown := [name for name in redo if name not in NAMES]:
            raise ValueError(f"unknown step {unknown[0]!r}; the steps are {', '.join(NAMES)}")
        return redo


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step went: `ran` or `unchanged`, the seconds it took now, and its job's counts and errors by reason."""

    name: str
    state: str
    seconds: float
    counts: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)


def run_pipeline(settings: PipelineSettings) -> dict[str, Any]:
    """Run the steps that have something to do; returns the report, with `steps` and the snapshot's `version`.

    Raises:
        JobError: a step cannot start or failed; the steps before it stay done.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    make_folder(settings.out)
    steps = plan(settings)
    results = [_run(step, f"{n} of {len(steps)}", settings.redo) for n, step in enumerate(steps, 1)]
    page = write_page(_material(settings, steps), results, report.seconds)
    for result in results:
        report.count(result.state)
        report.errors.update({f"{result.name}: {reason}": n for reason, n in result.errors.items()})
    report.more = {"steps": [asdict(result) for result in results], "page": page}
    return report.finish(settings.out)


def plan(settings: PipelineSettings) -> list[Step]:
    """The steps that this catalogue has work for, with their settings.

    Raises:
        JobError: a setting of a step is unknown or wrong.
    """
    values = _own_values(settings)
    if not local_folder(settings.catalog, "catalog").is_dir():
        raise JobError(f"--catalog {settings.catalog}: there is no such folder")

    def made(step: type[JobSettings], **given: Any) -> Any:
        own = values.get(step.job.rpartition(".")[2], {})
        if fixed := sorted(own.keys() & {"profile", *given}):
            raise JobError(f"--set {step.job.rpartition('.')[2]}.{fixed[0]}: the pipeline sets this itself")
        try:
            return step.of_profile(settings.profile, **given, **own)
        except (ValidationError, SettingsError) as error:
            raise JobError(f"{step.job}: {explain(error)}") from error

    return list(_steps(settings, made))


def _steps(settings: PipelineSettings, made: Any) -> Iterator[Step]:
    out, catalog = settings.out, settings.catalog
    pages, understood, clusters, aspects, exemplars = (
        join(out, name) for name in ("pages", "understood", "clusters", "aspects", "exemplars")
    )
    images = settings.images or write_catalog_manifest(settings.catalog, settings.mapping, out)
    if images:
        yield Step(made(OcrSettings, images=images, out=pages, prune=True), ocr_pictures, (), pages, images)
        yield Step(made(UnderstandSettings, ocr=pages, out=understood), understand_pictures, (pages,), understood)
        sorting = made(ClusterSettings, ocr=pages, understood=understood, images=images, out=clusters)
        yield Step(sorting, cluster_pictures, (pages, understood), clusters)
    mining = made(ReviewSettings, catalog=catalog, mapping=settings.mapping, out=aspects)
    tables = _tables(catalog)
    yield Step(mining, mine_reviews, tables, aspects)
    if settings.transcripts:
        speech = made(SpeechSettings, transcripts=settings.transcripts, out=exemplars)
        yield Step(speech, mine_speech, (settings.transcripts,), exemplars)
    told = {"understood": understood, "clusters": clusters} if images else {}
    snapshots = str(local_folder(settings.snapshots or join(out, "snapshots"), "snapshots"))
    graph = made(GraphSettings, catalog=catalog, mapping=settings.mapping, reviews=aspects, out=snapshots, **told)
    yield Step(graph, build_graph, (*tables, aspects, *told.values()), snapshots)


def _tables(catalog: str) -> list[str]:
    """The files of the catalogue's tables: other files in its folder, such as pictures, are no input of these steps."""
    folder = local_folder(catalog, "catalog")
    return [str(path) for table in REQUIRED for path in table_files(folder, table)]


def _own_values(settings: PipelineSettings) -> dict[str, dict[str, Any]]:
    """`--set` by step."""
    values: dict[str, dict[str, Any]] = {}
    for written in settings.set:
        place, equals, value = written.partition("=")
        step, dot, name = place.partition(".")
        if not (equals and dot and step in NAMES):
            raise JobError(f"--set {written}: write STEP.FIELD=VALUE, with one of the steps {', '.join(NAMES)}")
        try:
            values.setdefault(step, {})[name.replace("-", "_")] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise JobError(f"--set {written}: {value!r} is no YAML value: {error}") from error
    return values


def _run(step: Step, number: str, redo: list[str]) -> StepResult:
    made_from, started = step.made_from(), time.perf_counter()
    if step.name not in redo and _done(step) == {"made_from": made_from, "output": step.state()}:
        report, state = _read(join(step.out, REPORT)), "unchanged"
    else:
        _say(f"step {number}, {step.name}")
        _forget(step)
        report, state = step.run(step.settings), "ran"
        if not WORTH_A_RETRY & report["errors"].keys():
            done = {"made_from": made_from, "output": step.state()}
            write_bytes(join(step.out, DONE), json.dumps(done).encode())
    _say(f"step {number}, {step.name}: {state}")
    seconds = round(time.perf_counter() - started, 1)
    return StepResult(step.name, state, seconds, report["counts"], report["errors"])


def _done(step: Step) -> Any:
    """What the step's output was made from and held when it was finished; None where it was not."""
    return _read(join(step.out, REPORT)) and _read(join(step.out, DONE))


def _read(path: str) -> Any:
    fs, place = fsspec.core.url_to_fs(path)
    return json.loads(fs.cat_file(place)) if fs.exists(place) else None


def _forget(step: Step) -> None:
    """A step that is begun again is not done until it has ended."""
    fs, place = fsspec.core.url_to_fs(join(step.out, DONE))
    if fs.exists(place):
        fs.rm_file(place)


def _material(settings: PipelineSettings, steps: list[Step]) -> Material:
    outs = {step.name: step.out for step in steps}
    return Material(
        settings.out,
        settings.catalog,
        next((step.images for step in steps if step.images), None),
        outs.get("ocr_images"),
        outs.get("understand_images"),
        outs.get("cluster_images"),
        outs["mine_reviews"],
        outs["build_graph"],
    )


def _say(line: str) -> None:
    print(f"pipeline: {line}", file=sys.stderr, flush=True)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start or a step failed."""
    with clear_exit(PipelineSettings.job):
        run_pipeline(PipelineSettings.from_cli())


if __name__ == "__main__":
    main()
