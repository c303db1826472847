"""Mine how hosts say it: transcripts of live streams into style exemplars by function, for the writer.

  python -m data_jobs.mine_speech --transcripts /data/live --out /data/exemplars

--transcripts is a file or a folder (subfolders are read too) of .json, .jsonl, .srt, .vtt or .txt: timed cues of a
speech recognizer, scripts, or lists of lines. Speech without marks is cut into sentences at pauses, particles and
openers. Every sentence gives one row: function (hook, need, selling_point, proof, offer, closing), confidence, where
it was said, and a reason where it may not be shown to a writer: law (with the article), number, product, claim, offer,
promise, personal, platform, link, unclear, length, characters, noise, dangling, copy.

OUT/exemplars.jsonl has the lines that may be shown, as the application's setting `exemplars` reads them. --names are
brands, shops and hosts that no line may hold, --persona is noted for lines whose file names none.
OUT/_host_style.yaml has how these hosts speak, as the application's setting `host_style` reads it; it is left out, and
the report says so, where there is too little speech.

A line holds no number, and none is masked into a slot either: offers are planned, so an exemplar that shows one would
teach the writer what it may not write. The same input gives the same output.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

import fsspec
import polars as pl
from pydantic import Field

from cluster.settings import JobSettings
from data_jobs.actor_pool import map_rows
from data_jobs.job import (
    AbsolutePath,
    ErrorRow,
    JobError,
    JobReport,
    clear_exit,
    join,
    make_folder,
    write_bytes,
    write_errors,
    write_table,
)
from data_jobs.mining.speech_actor import UNREAD, ReadSpeech, SpeechTask
from data_jobs.progress import Progress
from data_jobs.schemas import EXEMPLARS
from data_jobs.session import connect
from koubo.rubric.host_style import as_yaml, host_style_of
from koubo.rubric.settings import default_rubric
from koubo.voices.exemplars import Repeats

LINES = "exemplars.jsonl"
STYLE = "_host_style.yaml"
SUFFIXES = (".json", ".jsonl", ".srt", ".vtt", ".txt")


class SpeechSettings(JobSettings):
    """Settings of the job; what is not given comes from the profile."""

    job: ClassVar[str] = "data_jobs.mine_speech"

    transcripts: AbsolutePath = Field(description="File or folder of transcripts: an absolute path or a URI.")
    out: AbsolutePath = Field(description="Folder for the result.")
    names: list[str] = Field([], description="Brands, shops and hosts that no line may hold.")
    persona: str = Field("", description="The host's manner, for lines whose file names none.")
    confidence: float = Field(0.45, ge=0, le=1, description="Lines whose function is less sure than this are left out.")
    actors: int = Field(1, ge=1, description="Actors that read transcripts.")
    num_cpus: float = Field(1, ge=0, description="Logical CPUs an actor reserves.")
    threads: int = Field(1, ge=1, description="Threads of an actor.")
    batch_size: int = Field(4, ge=1, description="Files an actor is given at a time.")
    file_bytes: int = Field(50_000_000, ge=1, description="Larger files are not read.")


def mine_speech(settings: SpeechSettings) -> dict[str, Any]:
    """Run the job on the Ray cluster of this process; returns its report.

    Raises:
        JobError: no transcript at `transcripts`.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    files = _files(settings.transcripts)
    make_folder(settings.out)
    connect(settings.profile)
    table = _without_repeats(_read_all(settings, files))
    write_table(join(settings.out, "part-0.parquet"), table)
    return _finish(settings, table, len(files), report)


def _files(transcripts: str) -> pl.DataFrame:
    """Name (below the folder) and address of each transcript."""
    fs, place = fsspec.core.url_to_fs(transcripts)
    if not fs.exists(place):
        raise JobError(f"--transcripts {transcripts}: there is no such folder or file")
    root = place if fs.isdir(place) else place.rsplit("/", 1)[0]
    found = sorted(str(path) for path in fs.find(place) if str(path).lower().endswith(SUFFIXES))
    if not found:
        raise JobError(f"--transcripts {transcripts}: no transcript here; they end in {', '.join(SUFFIXES)}")
    names = [path[len(root) :].lstrip("/") for path in found]
    return pl.DataFrame({"file": names, "path": [fs.unstrip_protocol(path) for path in found]})


def _read_all(settings: SpeechSettings, files: pl.DataFrame) -> pl.DataFrame:
    """EXEMPLARS rows of all files, the surest line first."""
    task = SpeechTask(
        embedder=settings.models.embedder,
        threads=settings.threads,
        names=tuple(settings.names),
        persona=settings.persona,
        confidence=settings.confidence,
        file_bytes=settings.file_bytes,
    )
    read = map_rows(files, ReadSpeech, task, settings, settings.batch_size)
    progress, parts = Progress("mine_speech", len(files)), []
    for batch in read.iter_batches(batch_size=None, batch_format="pyarrow"):
        parts.append(pl.DataFrame(pl.from_arrow(batch)).cast(EXEMPLARS))
        progress.add(parts[-1]["file"].n_unique())
    order = {"confidence": True, "file": False, "place": False, "start": False, "text": False}
    return pl.concat(parts).sort(list(order), descending=list(order.values()), nulls_last=True)


def _without_repeats(table: pl.DataFrame) -> pl.DataFrame:
    """The rows with a reason for every line that an earlier, surer one says already."""
    repeats = Repeats()
    reasons = [
        reason or ("copy: another line says it" if repeats.is_repeat(text) else None)
        for text, reason in table.select("text", "reason").iter_rows()
    ]
    return table.with_columns(reason=pl.Series(reasons, dtype=pl.String))


def _write_style(out: str, lines: Sequence[str]) -> int:
    """Write how the hosts of these lines speak; returns 0 where they are too few to tell, and leaves no file then."""
    try:
        style = host_style_of({"lines of transcripts": lines}, default_rubric().speech)
    except ValueError:
        fs, place = fsspec.core.url_to_fs(join(out, STYLE))
        if fs.exists(place):
            fs.rm_file(place)
        return 0
    head = ("How the hosts of these transcripts speak: quantiles of each feature of koubo/rubric/speech.py.",)
    write_bytes(join(out, STYLE), as_yaml(style, head).encode())
    return 1


def _finish(settings: SpeechSettings, table: pl.DataFrame, files: int, report: JobReport) -> dict[str, Any]:
    unread = table.filter(pl.col("reason").str.starts_with(f"{UNREAD}:"))
    said = table.drop_nulls("text")
    kept = said.filter(pl.col("reason").is_null()).sort("function", "id")
    _write_lines(settings.out, kept)
    report.count("host_styles", _write_style(settings.out, said["text"].to_list()))
    report.count("files", files)
    report.count("lines", len(said))
    report.count("kept", len(kept))
    for function, number in sorted(Counter(kept["function"].to_list()).items()):
        report.count(f"kept_{function}", number)
    for reason, number in sorted(Counter(r.split(":")[0] for r in said["reason"].drop_nulls()).items()):
        report.count(f"refused_{reason}", number)
    errors = [ErrorRow(row["file"], "", "file", row["file"], row["reason"]) for row in unread.iter_rows(named=True)]
    for error in errors:
        report.error(error.reason)
    write_errors(settings.out, errors)
    return report.finish(settings.out)


def _write_lines(out: str, kept: pl.DataFrame) -> None:
    columns = ("id", "function", "text", "persona", "confidence", "file")
    lines = [json.dumps(row, ensure_ascii=False) for row in kept.select(columns).iter_rows(named=True)]
    write_bytes(join(out, LINES), "".join(f"{line}\n" for line in lines).encode())


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(SpeechSettings.job):
        mine_speech(SpeechSettings.from_cli())


if __name__ == "__main__":
    main()
