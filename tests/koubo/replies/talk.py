"""Shops to talk to: the example catalogue, or one cup with whatever a test writes on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from koubo.catalog.facts import PRIORITY, Fact, FactKind, Provenance
from koubo.catalog.live import EMPTY, LiveView
from koubo.catalog.records import Product, Question, Review, parse_promotion
from koubo.reading import read
from koubo.replies.answer import reply
from koubo.replies.reply import Manner, Reply
from tests.koubo.script.conftest import CUP, NOW, ROOT, Shop

EXAMPLES = ROOT / "examples" / "catalog"
HERE = Path(__file__).parent


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def example_shop() -> Shop:
    """The example catalogue."""
    return Shop(
        {row["id"]: Product.model_validate(row) for row in rows(EXAMPLES / "products.jsonl")},
        [Review.model_validate(row) for row in rows(EXAMPLES / "reviews.jsonl")],
        [Question.model_validate(row) for row in rows(EXAMPLES / "questions.jsonl")],
        tuple(parse_promotion(row) for row in rows(EXAMPLES / "promotions.jsonl")),
    )


@dataclass(frozen=True, slots=True)
class Talk:
    """A shop that answers comments."""

    shop: Shop

    def says(self, comment: str, product: str, *, at: datetime = NOW, view: LiveView = EMPTY, **manner: Any) -> Reply:
        """The reply to a comment."""
        return reply(comment, self.shop.live(product, at, view), Manner(**manner), read)


def fact(kind: FactKind, label: str, value: str, source: str = "table", **fields: Any) -> Fact:
    """A fact of the cup."""
    came = Provenance(source, "somewhere", 1, quote=value)  # type: ignore[arg-type]
    given = {"valid_from": None, "valid_until": None, "confidence": 1.0} | fields
    return Fact(f"cup:{kind}:{label}", "cup", kind, label, value, None, PRIORITY[kind], provenance=came, **given)


def cup(
    *facts: Fact, promotions: tuple[Mapping[str, Any], ...] = (), questions: tuple[Question, ...] = (), **fields: Any
) -> Talk:
    """A shop of one cup with these facts besides those of its tables; ``fields`` replace those of its row."""
    product = Product.model_validate({**CUP, **fields})
    running = tuple(parse_promotion({"eligibility": {"kind": "everyone"}, **promotion}) for promotion in promotions)
    shop = Shop({"cup": product}, (), questions, running)
    known = sorted((*shop.facts("cup"), *facts), key=lambda one: (one.priority, one.id))
    shop.known["cup"] = tuple(known)
    return Talk(shop)
