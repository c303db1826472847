"""Scores texts from stdin, one JSON object a line, to stdout: {"total": ..., "criteria": {name: score}}.

It uses only what every revision of the rubric has, so that an earlier one can be asked in a process of its own:

    git archive REVISION koubo | tar -x -C FOLDER; PYTHONPATH=FOLDER python benchmarks/rubric_scores.py < texts.jsonl
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from koubo.catalog.live import EMPTY
from koubo.catalog.records import Product, parse_promotion
from koubo.catalog.store import CatalogView
from koubo.catalog.table_facts import facts_of
from koubo.rubric.score import score
from koubo.rubric.scorecard import ScoredScript, ScoredSection
from koubo.script.brief import Brief, BriefRequest, make_brief

AT = datetime.fromisoformat("2026-11-28T20:30:00+08:00")
"""The moment of every script; a promotion that ended before it is stale."""


@dataclass(frozen=True, slots=True)
class OneProduct:
    """A snapshot of one product and its promotions."""

    row: Product
    running: tuple[Any, ...]
    version: str = "sample"

    def product(self, product_id: str) -> Product:
        """The product, whatever is asked for."""
        return self.row

    def facts(self, product_id: str) -> tuple[Any, ...]:
        """Its facts."""
        return facts_of(self.row, ())

    def promotions_of(self, product_id: str) -> tuple[Any, ...]:
        """All its promotions, running or not."""
        return self.running


def brief_of(row: dict[str, Any] | None) -> Brief | None:
    """The brief of a row of scripts.jsonl at `AT`; None where the facts are unknown."""
    if row is None:
        return None
    product = Product.model_validate(row["product"])
    promotions = tuple(parse_promotion(promotion) for promotion in row["promotions"])
    live = CatalogView(OneProduct(product, promotions), EMPTY).product(product.id, AT)
    request = {"product_id": product.id, "seconds": row["seconds"], "occasion": row["occasion"]}
    return make_brief(live, BriefRequest.model_validate(request))


@lru_cache(maxsize=8)
def _brief(row: str) -> Brief | None:
    return brief_of(json.loads(row))


def scores(job: dict[str, Any]) -> dict[str, Any]:
    """Score one text: ``row`` (or null) and ``sections`` [[kind, written, spoken]]."""
    text = ScoredScript(tuple(ScoredSection(*section) for section in job["sections"]))
    card = score(text, _brief(json.dumps(job["row"])))
    return {"total": card.total, "criteria": {one.name.value: one.score for one in card.criteria}}


def main() -> None:
    """Answer every line."""
    for line in sys.stdin:
        print(json.dumps(scores(json.loads(line))))


if __name__ == "__main__":
    main()
