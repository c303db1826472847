"""Make rows that teach a model to write sections: of the planner's sections and hosts' lines, for many products.

    python -m data_jobs.build_writing --catalog /data/shop --exemplars /out/exemplars/exemplars.jsonl --out /out/writing

Scripts are planned for every product, with chance lengths, occasions, personas and seeds; each section that a model may
write gives drafts (koubo/dataset/drafts.py). A row is a draft that passes the check of a writer's candidates for its
product, is near in meaning to it, is no other row again, and says no sentence that `repeats` rows say already.

OUT/rows.jsonl are the rows, as `train.sft` reads them, in chance order. OUT/held_out.jsonl are briefs of products that
no row was made of, for `train.judge_writing`; a product whose title is nearly one of theirs is in neither. The data
card is OUT/README.md. The same input and seed give the same output.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar

from pydantic import AwareDatetime, Field

from cluster.sentence_encoder import AsyncEncoder, SentenceEncoder
from cluster.settings import JobSettings
from data_jobs.job import (
    AbsolutePath,
    ErrorRow,
    JobError,
    JobReport,
    clear_exit,
    join,
    local_folder,
    make_folder,
    write_bytes,
    write_errors,
)
from data_jobs.writing_card import writing_card
from koubo.catalog.build import tables_of
from koubo.catalog.errors import CatalogError
from koubo.catalog.live import EMPTY
from koubo.catalog.pictures import NO_PICTURES
from koubo.catalog.snapshot import Snapshot
from koubo.catalog.store import CatalogView
from koubo.catalog.tables import Catalog, load_catalog
from koubo.dataset.writing import (
    HeldOut,
    Selection,
    Sold,
    Split,
    Written,
    held_out_briefs,
    held_out_json,
    split,
    why_unreadable,
    written_for,
)
from koubo.protocols import Embedder, ExemplarLine
from koubo.script.exemplars import load_exemplars
from koubo.script.relevance import LEAST, relevance
from koubo.voices.mining import mine_catalog

ROWS, HELD_OUT, CARD = "rows.jsonl", "held_out.jsonl", "README.md"
EVENING = datetime(2026, 11, 11, 20, tzinfo=timezone(timedelta(hours=8)))


class WritingSettings(JobSettings):
    """Settings of `data_jobs.build_writing`."""

    job: ClassVar[str] = "data_jobs.build_writing"

    catalog: list[AbsolutePath] = Field(min_length=1, description="Folders of catalogues: products.jsonl and the like.")
    exemplars: list[AbsolutePath] = Field(
        [], description="Files of hosts' lines, as data_jobs.mine_speech writes them."
    )
    out: AbsolutePath = Field(description="Folder for rows.jsonl, held_out.jsonl and the data card README.md.")
    seed: int = Field(17, ge=0, description="Of the split, the scripts and the order of the rows.")
    holdout: float = Field(0.1, gt=0, lt=1, description="Share of the products that no row is made of.")
    rounds: int = Field(2, ge=1, description="Scripts planned for each product.")
    per_section: int = Field(300, ge=1, description="Most rows of each section.")
    repeats: int = Field(12, ge=1, description="Most rows that say the same sentence, the product's name aside.")
    at: AwareDatetime = Field(EVENING, description="The moment of the scripts, with its zone; it decides promotions.")


def build_writing(settings: WritingSettings) -> dict[str, Any]:
    """Run the job; returns its report.

    Raises:
        JobError: a catalogue or a file of exemplars cannot be used, or no row came of them.
    """
    report = JobReport(settings.job, settings=settings.model_dump(mode="json"))
    exemplars = _exemplars(settings.exemplars)
    errors: list[ErrorRow] = []
    products = split([*_products(settings, errors)], settings.holdout, settings.seed)
    make_folder(settings.out)
    taken = _selected(products.trained, exemplars, settings)
    if not taken:
        raise JobError("no draft of any product passed the check; give catalogues with facts and reviews")
    held_out = held_out_briefs(products.held_out, settings.seed)
    _write(settings, taken, held_out)
    _count(report, products, taken, held_out)
    for error in errors:
        report.error(error.reason)
    write_errors(settings.out, errors)
    write_bytes(join(settings.out, CARD), writing_card(report.as_dict(), taken).encode())
    return report.finish(settings.out)


def _exemplars(files: Sequence[str]) -> list[ExemplarLine]:
    try:
        return [line for file in files for line in load_exemplars(local_folder(file, "exemplars"))]
    except (OSError, ValueError) as error:
        raise JobError(f"--exemplars: {error}") from error


def _products(settings: WritingSettings, errors: list[ErrorRow]) -> Iterator[Sold]:
    """The products of all catalogues at the moment of the settings; what cannot be used goes to `errors`."""
    for address in settings.catalog:
        folder = local_folder(address, "catalog")
        try:
            catalog = load_catalog(folder)
        except CatalogError as error:
            raise JobError(f"--catalog {error}") from error
        errors += [
            ErrorRow(f"{folder.name}/{e.file}", str(e.row), e.field, e.value, f"refused: {e.reason}")
            for e in catalog.errors
        ]
        for sold in _sold(folder, catalog, settings.at):
            reason = why_unreadable(sold)
            if reason is None:
                yield sold
            else:
                row = sold.live.product.id
                errors.append(
                    ErrorRow(f"{folder.name}/products", row, "title", sold.title, f"cannot be read: {reason}")
                )


def _sold(folder: Path, catalog: Catalog, at: datetime) -> Iterator[Sold]:
    snapshot = Snapshot(folder.name, tables_of(catalog, NO_PICTURES, mine_catalog(catalog)))
    view = CatalogView(snapshot, EMPTY)
    for product in catalog.products:
        yield Sold(f"{folder.name}/{product.id}", view.product(product.id, at))


def _selected(products: Sequence[Sold], exemplars: Sequence[ExemplarLine], settings: WritingSettings) -> list[Written]:
    """The rows, in chance order: meaning is looked at last, since it costs most."""
    written = [one for sold in products for one in written_for(sold, exemplars, settings.rounds, settings.seed)]
    random.Random(f"{settings.seed}/order").shuffle(written)
    embedder = AsyncEncoder(SentenceEncoder(settings.models.embedder, threads=1))
    return asyncio.run(_select(written, embedder, Selection(settings.per_section, settings.repeats)))


async def _select(written: Sequence[Written], embedder: Embedder, selection: Selection) -> list[Written]:
    for one in written:
        if selection.wants(one) and await _is_near(one, embedder):
            selection.take(one)
    return selection.taken


async def _is_near(written: Written, embedder: Embedder) -> bool:
    """Whether serving would find it near enough; planned lines are what nearness is measured by."""
    if written.draft.style == "planned":
        return True
    return (await relevance(embedder, written.brief, written.section, [written.draft.text]))[0] >= LEAST


def _write(settings: WritingSettings, taken: Sequence[Written], held_out: Sequence[HeldOut]) -> None:
    rows = (written.row().model_dump(exclude_none=True) for written in taken)
    write_bytes(join(settings.out, ROWS), _lines(rows))
    write_bytes(join(settings.out, HELD_OUT), _lines(map(held_out_json, held_out)))


def _lines(objects: Any) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode()


def _count(report: JobReport, products: Split, taken: Sequence[Written], held_out: Sequence[HeldOut]) -> None:
    report.count("rows", len(taken))
    report.count("products", len({written.sold.source for written in taken}))
    report.count("held_out", len(held_out))
    report.count("near_held_out", len(products.near))
    for name, number in sorted(Counter(written.section.kind.value for written in taken).items()):
        report.count(f"rows_{name}", number)
    for name, number in sorted(Counter(written.draft.style for written in taken).items()):
        report.count(f"rows_{name}", number)


def main() -> None:
    """Command line: exits with 2 and a message where the job cannot start."""
    with clear_exit(WritingSettings.job):
        build_writing(WritingSettings.from_cli())


if __name__ == "__main__":
    main()
