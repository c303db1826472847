"""Rows of SCRIPTS: what they are made from, which of them stand, and how a script becomes one."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict
from typing import Any

import fsspec
import polars as pl

from data_jobs.job import join, write_table
from data_jobs.made_from import fingerprint
from data_jobs.schemas import SCRIPTS, part_paths
from koubo.catalog.snapshot import Snapshot
from koubo.rubric.scorecard import Scorecard
from koubo.script.render import RenderedScript
from koubo.script.script import Script

PASSING = ("writer_down", "timeout", "scorer_down")
"""Why a section is planned that a later run may write."""


def products_of(snapshot: Snapshot, ids: list[str], recipe: dict[str, Any]) -> pl.DataFrame:
    """One row a product: product_id and made_from, which follows from its facts and from what shapes a script."""
    rows = [(product_id, _made_from(snapshot, product_id, recipe)) for product_id in ids]
    return pl.DataFrame(rows, schema={"product_id": pl.String, "made_from": pl.String}, orient="row")


def _made_from(snapshot: Snapshot, product_id: str, recipe: dict[str, Any]) -> str:
    facts = [asdict(fact) for fact in snapshot.facts(product_id)]
    return hashlib.sha256(fingerprint(product_id, facts, recipe).encode()).hexdigest()[:32]


def script_row(script: Script, rendered: RenderedScript, card: Scorecard) -> dict[str, Any]:
    """The row of a script that was written. Its id is what it was made from: the same input, the same id."""
    rules = Counter(refusal.rule for section in script.sections for refusal in section.refusals)
    reasons = Counter(s.reason for s in script.sections if s.reason not in (None, "by_design"))
    return {
        "product_id": script.brief.product_id,
        "script_id": script.id,
        "as_of": rendered.as_of,
        "at": rendered.at.isoformat(),
        "written": rendered.written,
        "spoken": rendered.spoken,
        "score": card.total,
        "safe": card.safe,
        "sections": len(script.sections),
        "by_model": sum(section.source == "model" for section in script.sections),
        "candidates": sum(len(section.candidates) for section in script.sections),
        "planned": json.dumps(reasons, sort_keys=True),
        "refusals": json.dumps(rules, sort_keys=True),
        "script": script.to_json(),
        "scorecard": json.dumps(card.to_json(), ensure_ascii=False),
        "error": None,
    }


def failed_row(product_id: str, script_id: str, error: str) -> dict[str, Any]:
    """The row of a product that has no script, and why."""
    return dict.fromkeys(SCRIPTS) | {"product_id": product_id, "script_id": script_id, "error": error}


def settle(products: pl.DataFrame, known: list[str], out: str) -> Counter[str]:
    """Take out of the parts the rows that a run must make again; returns how many, by why.

    - `changed`: the facts of one of ``products`` or the settings are others now, or the product is not ``known`` now.
    - `retried`: a section was planned because the writer was away, or the product had no script.

    Other products' rows stay.
    """
    counts: Counter[str] = Counter()
    for part in part_paths(out):
        rows = _read(part, ["product_id", "script_id", "planned", "error"])
        asked, stands = (products[name].implode() for name in ("product_id", "made_from"))
        gone = ~pl.col("product_id").is_in(known)
        changed = gone | (pl.col("product_id").is_in(asked) & ~pl.col("script_id").is_in(stands))
        away = (pl.col("planned").fill_null("").str.contains(why) for why in PASSING)
        retried = pl.any_horizontal(pl.col("error").is_not_null(), *away)
        counts["changed"] += rows.filter(changed).height
        counts["retried"] += rows.filter(~changed & retried).height
        _keep(part, rows.select(~changed & ~retried).to_series())
    return counts


def _keep(part: str, stays: pl.Series) -> None:
    if stays.all():
        return
    if stays.any():
        write_table(part, _read(part, list(SCRIPTS)).filter(stays))
        return
    fs, place = fsspec.core.url_to_fs(part)
    fs.rm_file(place)


def _read(part: str, columns: list[str]) -> pl.DataFrame:
    with fsspec.open(part, "rb") as file:
        return pl.read_parquet(file, columns=columns).select(columns)


def all_rows(out: str, columns: list[str]) -> pl.DataFrame:
    """These columns of the rows of all parts; none for a new folder."""
    return pl.concat([SCRIPTS.to_frame().select(columns), *(_read(part, columns) for part in part_paths(out))])


def write_script_part(out: str, rows: pl.DataFrame) -> None:
    """Write rows as one part, named by its scripts."""
    name = hashlib.sha256("\n".join(rows["script_id"].to_list()).encode()).hexdigest()[:16]
    write_table(join(out, f"part-{name}.parquet"), rows)
