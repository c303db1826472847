"""Which price a number claims to be: told by the words before it, from a file that is checked when it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from koubo.rubric.settings import RubricError

PriceName = Literal[
    "list_price",
    "usual",
    "member",
    "flash",
    "deal",
    "page_price",
    "group",
    "saving",
    "reduction",
    "threshold",
    "stock",
    "asking",
]
PromotionWord = Literal[
    "coupon",
    "flash_price",
    "group_buy",
    "member_price",
    "gift",
    "quantity_discount",
    "any",
]
Counting = Literal["each", "several", "below", "above"]
_WHERE = "koubo/rubric/data/price_names.yaml"
_BEFORE = 16
_SENTENCE = re.compile("[。！？!?\n]")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    names: dict[PriceName, str]
    between: str
    promotions: dict[PromotionWord, str]
    counting: dict[Counting, str]
    units: tuple[str, ...]
    same_units: dict[str, str]
    measured: frozenset[str]


@dataclass(frozen=True, slots=True)
class PriceNames:
    """The names of prices, in the order in which they are tried, the words of each kind of promotion and of counting,
    and units: all, those that are the same, and those of which no number may be made up.
    """

    names: Mapping[PriceName, re.Pattern[str]]
    promotions: Mapping[PromotionWord, re.Pattern[str]]
    counting: Mapping[Counting, re.Pattern[str]]
    units: tuple[str, ...]
    same_units: Mapping[str, str]
    measured: frozenset[str]


@dataclass(frozen=True, slots=True)
class Named:
    """What a number claims to be, and the words that say so."""

    name: PriceName
    words: str


def named(text: str, start: int) -> Named | None:
    """Return what the number that starts at ``start`` claims to be; None where nothing before it says."""
    before = _SENTENCE.split(text[max(0, start - _BEFORE) : start])[-1]
    found = ((name, pattern.search(before)) for name, pattern in price_names().names.items())
    return next((Named(name, match[1]) for name, match in found if match), None)


@cache
def price_names() -> PriceNames:
    """The names that come with Koubo."""
    text = files("koubo.rubric").joinpath("data", "price_names.yaml").read_text(encoding="utf-8")
    try:
        table = _File.model_validate(yaml.safe_load(text))
        names = {name: re.compile(f"({table.names[name]}){table.between}$") for name in get_args(PriceName)}
        promotions = {kind: re.compile(table.promotions[kind]) for kind in get_args(PromotionWord)}
        counting = {word: re.compile(table.counting[word]) for word in get_args(Counting)}
    except (ValidationError, yaml.YAMLError, re.error, KeyError) as error:
        raise RubricError(f"{_WHERE}: {error}") from error
    return PriceNames(names, promotions, counting, table.units, table.same_units, table.measured)
