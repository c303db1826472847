"""What a catalogue holds: products with their SKUs, reviews, questions, and promotions.

Records are checked when they are made: money is exact and positive, ids are there, moments have a zone. Real tables
spell the same thing in several ways (options as mapping or list, `spec`, `original_price`): those met are accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)

from koubo.catalog.cells import (
    Attributes,
    Moment,
    OptionalList,
    OptionalText,
    Options,
    PathList,
    PlainText,
    Text,
    TextList,
    blank_is_none,
    from_json,
)
from koubo.catalog.money import Money

DEFAULT_SKU = "默认"
_OPTIONS: TypeAdapter[dict[str, str]] = TypeAdapter(Options)
OptionalMoney = Annotated[Money | None, BeforeValidator(blank_is_none)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Stock = Annotated[int, Field(ge=0, le=100_000_000)]
Rating = Annotated[float, Field(ge=0, le=5)]
Id = Annotated[Text, Field(min_length=1, max_length=128)]


class Record(BaseModel):
    """Base: frozen, no unknown fields, and where the record was read (`place` is a file; `row` as RowError counts)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    place: str = ""
    row: int | None = None


class Sku(BaseModel):
    """One thing that can be bought of a product: its options, price in yuan, stock (None where unknown)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    id: Id = ""
    options: Options = Field(default_factory=dict, validation_alias=AliasChoices("options", "spec"))
    price: Money
    list_price: OptionalMoney = Field(None, validation_alias=AliasChoices("list_price", "original_price"))
    stock: Annotated[Stock | None, BeforeValidator(blank_is_none)] = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        """An absent id becomes the option values, `金色/32G`: the same whenever the table is read again."""
        if not isinstance(data, Mapping) or data.get("id"):
            return data
        chosen = _OPTIONS.validate_python(data.get("options", data.get("spec")))
        return {**data, "id": "/".join(chosen.values()) or DEFAULT_SKU}


class Product(Record):
    """A product: `price` is what its table says; what is sold are its SKUs, where it has any. Money in yuan."""

    id: Id
    title: Annotated[Text, Field(min_length=1, max_length=500)]
    brand: OptionalText = None
    category: PathList = ()
    brief: PlainText = ""
    unit: PlainText = ""
    price: Money
    list_price: OptionalMoney = None
    attributes: Attributes = Field(default_factory=dict)
    skus: Annotated[tuple[Sku, ...], BeforeValidator(lambda v: () if v in (None, "") else from_json(v))] = ()
    keywords: TextList = ()
    images: TextList = ()

    @model_validator(mode="after")
    def _skus_differ(self) -> Product:
        ids = [sku.id for sku in self.skus]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"skus: {', '.join(twice)} is there twice; give each SKU its own options or id")
        return self


class Review(Record):
    """What a buyer wrote about a product; rating from 0 to 5, None where the table has none."""

    id: Id
    product_id: Id
    text: Annotated[Text, Field(min_length=1)]
    rating: Annotated[Rating | None, BeforeValidator(blank_is_none)] = None
    created_at: Moment = None


class Question(Record):
    """A question and its answer, about one product or, with `product_id` None, about the shop."""

    id: Id
    product_id: OptionalText = None
    question: Annotated[Text, Field(min_length=1)]
    answer: Annotated[Text, Field(min_length=1)]


class Eligibility(BaseModel):
    """Whom a promotion is for. `unknown` where the table does not say: then nothing is proved about what one pays."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["everyone", "new_customers", "members", "unknown"] = "unknown"
    grade: OptionalText = None

    @model_validator(mode="after")
    def _grade_is_for_members(self) -> Eligibility:
        if self.grade and self.kind != "members":
            raise ValueError(f"grade {self.grade!r} goes with kind members, not {self.kind}")
        return self


_WORDS = {
    "everyone": ("everyone", "all", "所有人", "全部", "全部用户", "不限"),
    "new_customers": ("new_customers", "新客", "新人", "新用户", "新客户"),
    "members": ("members", "会员"),
}


def _eligibility(value: object) -> object:
    """`会员:V8`, `新客`, `everyone` in one cell; a mapping as it is; nothing is unknown."""
    found = from_json(value)
    if found is None or found == "":
        return {}
    if not isinstance(found, str):
        return found
    word, _, grade = found.replace("：", ":").partition(":")
    kinds = [kind for kind, words in _WORDS.items() if word.strip() in words]
    if not kinds:
        raise ValueError("unknown eligibility; write everyone, new_customers, members or members:GRADE")
    return {"kind": kinds[0], "grade": grade}


class PromotionBase(Record):
    """What all promotions have. `product_ids` None means every product of the shop.

    Promotions of one `stacking_group` exclude one another, those of different groups add up; None means that nobody
    declared it. `starts_at` and `ends_at` None are unbounded; it runs from `starts_at` until before `ends_at`.
    """

    id: Id
    name: PlainText = ""
    product_ids: OptionalList = None
    eligibility: Annotated[Eligibility, BeforeValidator(_eligibility)] = Eligibility()
    stacking_group: OptionalText = None
    starts_at: Moment = None
    ends_at: Moment = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> PromotionBase:
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValueError("ends_at: must be after starts_at")
        return self


class ThresholdDiscount(PromotionBase):
    """满 threshold 减 amount_off, once an order, in yuan."""

    kind: Literal["threshold_discount"] = "threshold_discount"
    threshold: Money
    amount_off: Money

    @model_validator(mode="after")
    def _something_is_left(self) -> ThresholdDiscount:
        if self.amount_off >= self.threshold:
            raise ValueError("amount_off: must be below threshold")
        return self


def _is_a_discount(percent: Decimal) -> Decimal:
    """100 or more is no discount; below 10 it is mostly a 折 (8.5) written as a percentage."""
    if not 10 <= percent < 100:
        raise ValueError(f"{percent} is no percentage of the price from 10 to below 100; write 85 for 8.5折")
    return percent


class QuantityDiscount(PromotionBase):
    """min_quantity 件 percent_of_price / 10 折, on every piece: 80 means 八折."""

    kind: Literal["quantity_discount"] = "quantity_discount"
    min_quantity: Count
    percent_of_price: Annotated[
        Decimal,
        AfterValidator(_is_a_discount),
        Field(decimal_places=2, description="80 is 80% of the price, 8折; from 10 to below 100"),
    ]


class Coupon(PromotionBase):
    """A coupon that the buyer takes: amount_off from threshold up (None: no threshold), once an order, in yuan."""

    kind: Literal["coupon"] = "coupon"
    threshold: OptionalMoney = None
    amount_off: Money

    @model_validator(mode="after")
    def _something_is_left(self) -> Coupon:
        if self.threshold and self.amount_off >= self.threshold:
            raise ValueError("amount_off: must be below threshold")
        return self


class MemberPrice(PromotionBase):
    """The price of one piece for members of `grade`, in yuan. Its eligibility follows from the grade."""

    kind: Literal["member_price"] = "member_price"
    price: Money
    grade: OptionalText = None

    @model_validator(mode="before")
    @classmethod
    def _grade_is_eligibility(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and not data.get("eligibility"):
            return {**data, "eligibility": {"kind": "members", "grade": data.get("grade")}}
        return data

    @model_validator(mode="after")
    def _for_members(self) -> MemberPrice:
        if self.eligibility.kind != "members" or (self.grade or None) != self.eligibility.grade:
            raise ValueError("eligibility: a member price is for members of its grade")
        return self


class GroupBuy(PromotionBase):
    """amount_off each piece, in yuan, for those who buy together as a group of group_size people."""

    kind: Literal["group_buy"] = "group_buy"
    group_size: Annotated[int, Field(ge=2, le=10_000)]
    amount_off: Money


class FlashPrice(PromotionBase):
    """The price of one piece while it runs, in yuan."""

    kind: Literal["flash_price"] = "flash_price"
    price: Money


class Gift(PromotionBase):
    """`gift` comes free with min_quantity pieces or more."""

    kind: Literal["gift"] = "gift"
    gift: Annotated[Text, Field(min_length=1)]
    min_quantity: Count = 1


Promotion = ThresholdDiscount | QuantityDiscount | Coupon | MemberPrice | GroupBuy | FlashPrice | Gift
PROMOTION: TypeAdapter[Promotion] = TypeAdapter(Annotated[Promotion, Field(discriminator="kind")])
"""Checks and serialises any promotion: `PROMOTION.validate_python`, `.validate_json`, `.dump_json`."""


def parse_promotion(data: Mapping[str, Any]) -> Promotion:
    """The promotion that a mapping describes. Raises ValidationError naming each bad field."""
    return PROMOTION.validate_python(dict(data))


def promotion_is_running(promotion: Promotion, at: datetime) -> bool:
    """Whether it runs at this moment (zoned): from starts_at on, until before ends_at."""
    started = promotion.starts_at is None or promotion.starts_at <= at
    return started and (promotion.ends_at is None or at < promotion.ends_at)


def promotions_by_product(promotions: Iterable[Promotion]) -> dict[str | None, list[Promotion]]:
    """Promotions by the product that they cover; None holds those that cover every product."""
    found: dict[str | None, list[Promotion]] = {}
    for promotion in promotions:
        for product_id in (None,) if promotion.product_ids is None else promotion.product_ids:
            found.setdefault(product_id, []).append(promotion)
    return found
