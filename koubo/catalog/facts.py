"""Facts: the atoms that a script may speak of, each with the place it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

Box = tuple[tuple[float, float], ...]
"""Four points (x, y) in pixels of the picture, clockwise from the top left."""
Source = Literal["table", "image", "review", "question", "live"]


class FactKind(StrEnum):
    """What a fact states. IMAGE_CLAIM is what a picture says of prices and promotions, unverified: never a price.

    REVIEW_PRAISE is an aspect that several buyers praise; REVIEW_COMPLAINT is kept for replies, never said in a script.
    """

    NAME = "name"
    BRAND = "brand"
    CATEGORY = "category"
    PRICE = "price"
    LIST_PRICE = "list_price"
    SKU_PRICE = "sku_price"
    STOCK = "stock"
    ATTRIBUTE = "attribute"
    SELLING_POINT = "selling_point"
    REVIEW_PRAISE = "review_praise"
    REVIEW_QUOTE = "review_quote"
    REVIEW_COMPLAINT = "review_complaint"
    QUESTION_ANSWER = "question_answer"
    PROMOTION = "promotion"
    IMAGE_ATTRIBUTE = "image_attribute"
    IMAGE_CLAIM = "image_claim"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a fact came from: a table's file and row, a picture and a box in it, a review, or the live store.

    `place` is the file, the image id, or `live:VERSION`; `quote` the words as they stand there.
    """

    source: Source
    place: str
    row: int | None = None
    box: Box | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement about a product, such as 材质: 100%棉.

    `label` names what the value is of (材质, 价格, a SKU); money values are yuan with two decimals and unit 元.
    Smaller `priority` comes first. `valid_from` and `valid_until` bound it in time where not None. `confidence` is 1
    for tables and the recognition score for pictures.
    """

    id: str
    product_id: str
    kind: FactKind
    label: str
    value: str
    unit: str | None
    priority: int
    valid_from: datetime | None
    valid_until: datetime | None
    confidence: float
    provenance: Provenance


PRIORITY: Mapping[FactKind, int] = MappingProxyType(
    {
        FactKind.NAME: 0,
        FactKind.BRAND: 5,
        FactKind.PRICE: 10,
        FactKind.LIST_PRICE: 12,
        FactKind.SKU_PRICE: 14,
        FactKind.PROMOTION: 16,
        FactKind.STOCK: 18,
        FactKind.SELLING_POINT: 20,
        FactKind.REVIEW_PRAISE: 25,
        FactKind.ATTRIBUTE: 30,
        FactKind.REVIEW_QUOTE: 35,
        FactKind.QUESTION_ANSWER: 40,
        FactKind.CATEGORY: 45,
        FactKind.IMAGE_ATTRIBUTE: 50,
        FactKind.IMAGE_CLAIM: 70,
        FactKind.REVIEW_COMPLAINT: 80,
    }
)
"""Priority of a kind; facts of pictures add the priority of their topic."""
