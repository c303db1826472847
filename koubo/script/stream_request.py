"""What is asked of a stream: products, time, hosts, and what must come when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil, floor
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from koubo.script.brief import BriefRequest, BuyerRequest, Occasion, Persona, Phrase

LEAST_SECONDS = 30
"""No script of a stream is shorter."""
MOST_SECONDS = 600
MOST_SCRIPTS = 240
"""So many ordinary scripts are planned at once: about 16 s of one core, whatever the products."""
YEARS = range(2000, 3000)
"""A stream that begins in another year is a slip, and the calendar ends not far from there."""

ProductId = Annotated[str, Field(min_length=1, max_length=128)]


class ProductRole(StrEnum):
    """What a product is for in a stream: 爆款, 引流款, 利润款."""

    HERO = "hero"
    TRAFFIC = "traffic"
    PROFIT = "profit"


class FlashSale(BaseModel):
    """A product that has a flash sale at a time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product_id: ProductId = Field(description="One of the stream's products.")
    at: AwareDatetime = Field(description="When it begins; never spoken of before.")


class StreamRequest(BaseModel):
    """What a stream is to be. Same request, same products and promotions: same plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    product_ids: tuple[ProductId, ...] = Field(
        min_length=1, max_length=200, description="The products, in order of business priority."
    )
    starts_at: AwareDatetime = Field(description="When the stream begins.")
    hours: float = Field(gt=0, le=24, description=f"How long it lasts: at most {MOST_SCRIPTS} scripts of `seconds`.")
    seconds: int = Field(180, ge=60, le=MOST_SECONDS, description="Length of an ordinary script.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Varies the words; the same seed gives the same plan.")
    personas: tuple[Persona, ...] = Field(
        ("热情",), min_length=1, max_length=12, description="The hosts' manners, in turn, each for an equal time."
    )
    audience: Phrase | None = Field(None, description="Whom the hosts speak to, such as 宝妈.")
    banned: tuple[Phrase, ...] = Field((), max_length=50, description="Phrases that must not be said.")
    buyer: BuyerRequest = Field(BuyerRequest(), description="For whom the offers are worked out.")
    roles: dict[ProductId, ProductRole] = Field({}, max_length=200, description="Roles that are not to be worked out.")
    order: tuple[ProductId, ...] | None = Field(
        None, min_length=1, max_length=1000, description="The order in which products come, round after round."
    )
    flash_sales: tuple[FlashSale, ...] = Field((), max_length=100, description="Flash sales at given times.")

    @property
    def ends_at(self) -> datetime:
        """When the stream ends."""
        return self.starts_at + timedelta(hours=self.hours)

    @model_validator(mode="after")
    def _fits_together(self) -> StreamRequest:
        if twice := sorted({one for one in self.product_ids if self.product_ids.count(one) > 1}):
            raise _wrong("product_ids", self.product_ids, f"{', '.join(twice)} is there twice")
        self._check_time()
        self._know("roles", self.roles)
        self._know("order", self.order or ())
        self._know("flash_sales", (sale.product_id for sale in self.flash_sales))
        for sale in self.flash_sales:
            if not self.starts_at <= sale.at <= self.ends_at - timedelta(seconds=LEAST_SECONDS):
                raise _wrong("flash_sales", sale.at.isoformat(), f"{sale.at.isoformat()} is not within the stream")
        self.script(self.product_ids[0], LEAST_SECONDS, Occasion.OPENING, self.personas[0], 0)
        return self

    def _check_time(self) -> None:
        if self.starts_at.year not in YEARS:
            raise _wrong("starts_at", self.starts_at.isoformat(), f"not in the years {YEARS[0]} to {YEARS[-1]}")
        if (length := self.hours * 3600) < self.seconds:
            raise _wrong("hours", self.hours, f"{self.hours:g} is less than one script of {self.seconds} seconds")
        if length > MOST_SCRIPTS * self.seconds:
            most, least = MOST_SCRIPTS * self.seconds / 3600, ceil(length / MOST_SCRIPTS)
            why = (
                f"{self.hours:g} hours of scripts of {self.seconds} seconds are {ceil(length / self.seconds)} scripts, "
                f"and at most {MOST_SCRIPTS} are planned at once: give at most {floor(most * 100) / 100:g} hours with "
                f"these seconds, or at least {least} seconds for these hours; plan a longer stream in parts"
            )
            raise _wrong("hours", self.hours, why)

    def _know(self, name: str, product_ids: Iterable[str]) -> None:
        for product_id in product_ids:
            if product_id not in self.product_ids:
                raise _wrong(name, product_id, f"{product_id!r} is not one of product_ids")

    def script(self, product_id: str, seconds: int, occasion: Occasion, persona: str, seed: int) -> BriefRequest:
        """Return the request for one script of the stream. Raises ValueError where audience or persona cannot be."""
        return BriefRequest(
            product_id=product_id,
            seconds=seconds,
            occasion=occasion,
            audience=self.audience,
            persona=persona,
            banned=self.banned,
            seed=seed,
            buyer=self.buyer,
        )


def _wrong(field: str, value: object, why: str) -> ValidationError:
    """An error of a field that holds by itself, but not with the others: pydantic names the model instead."""
    told = PydanticCustomError("value_error", "Value error, {why}", {"why": why})
    return ValidationError.from_exception_data(
        "StreamRequest", [InitErrorDetails(type=told, loc=(field,), input=value)]
    )
