"""Writes the report of a pipeline run: pictures kept and dropped, lines read, what buyers say, the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data_jobs.job import join, local_folder, write_bytes
from data_jobs.report_page.neighbourhood import draw
from data_jobs.report_page.pictures import Gallery, load_gallery
from data_jobs.schemas import ASPECTS, read_table
from koubo.catalog.snapshot import Snapshot
from koubo.versions import current

PAGE = "report.html"
ASPECTS_SHOWN, QUOTES_SHOWN, THIN_PRODUCTS = 20, 4, 12


class Result(Protocol):
    """How a step went."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def seconds(self) -> float: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def errors(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class Material:
    """Where a run's outputs are; the picture tables are None where the catalogue has no pictures."""

    out: str
    catalog: str
    images: str | None
    ocr: str | None
    understood: str | None
    clusters: str | None
    aspects: str
    snapshots: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """What buyers say of an aspect over all products: how many praise it, complain, and ask."""

    name: str
    praised: int
    complained: int
    asked: int
    opinion: str
    quotes: tuple[str, ...]


def write_page(material: Material, steps: Sequence[Result], seconds: float) -> str:
    """Write `OUT/report.html`; returns its address."""
    gallery = _gallery(material)
    graph = Snapshot.load(current(local_folder(material.snapshots, "snapshots")))
    aspects, facts = _aspects(material.aspects), _facts_per_product(graph)
    html = _template().render(
        material=material,
        steps=steps,
        seconds=seconds,
        longest=max((step.seconds for step in steps), default=0) or 1,
        gallery=gallery,
        aspects=aspects,
        most_said=max((a.praised + a.complained + a.asked for a in aspects), default=1),
        graph=graph.stats(),
        facts=facts,
        drawing=draw(graph, facts["fullest"]),
    )
    address = join(material.out, PAGE)
    write_bytes(address, html.encode())
    return address


def _template() -> Any:
    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined).get_template("page.html.j2")


def _gallery(material: Material) -> Gallery | None:
    if not (material.images and material.ocr and material.understood and material.clusters):
        return None
    return load_gallery(material.images, material.ocr, material.understood, material.clusters)


def _aspects(folder: str) -> list[Aspect]:
    """The aspects that are spoken of most."""
    rows = read_table(folder, ASPECTS, "data_jobs.mine_reviews")
    names = rows.group_by("aspect").agg(pl.col("count").sum()).sort("count", "aspect", descending=[True, False])
    return [_aspect(name, rows.filter(pl.col("aspect") == name)) for name in names["aspect"].head(ASPECTS_SHOWN)]


def _aspect(name: str, rows: pl.DataFrame) -> Aspect:
    said = {polarity: int(n) for polarity, n in rows.group_by("polarity").agg(pl.col("count").sum()).iter_rows()}
    praise = rows.filter(pl.col("polarity") == "positive").sort("count", "product_id", descending=[True, False])
    opinion = next((o for o in praise["opinion"] if o), "")
    quotes = [quote["text"] for cell in praise["quotes"] for quote in cell][:QUOTES_SHOWN]
    return Aspect(name, said.get("positive", 0), said.get("negative", 0), said.get("asked", 0), opinion, tuple(quotes))


def _facts_per_product(graph: Snapshot) -> dict[str, Any]:
    """How many facts products have, and those that have least: what to photograph or describe next."""
    counts = [(len(graph.facts(p.id)), p.id, p.title) for p in graph.products(0, len(graph))]
    numbers = sorted(n for n, _, _ in counts)
    return {
        "median": numbers[len(numbers) // 2],
        "least": numbers[0],
        "most": numbers[-1],
        "thin": sorted(counts)[:THIN_PRODUCTS],
        "fullest": max(counts)[1],
    }
