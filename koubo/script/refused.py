"""What free text may not say, by family: offers, deliveries, crowds, comparisons, ways out of the room, promises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from koubo.script.expressions import Expressions, one_of
from koubo.script.seen import seen
from koubo.script.tables import read_table, words


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    rule: str
    why: str
    words: Expressions = Field(min_length=1)
    excepted: Expressions = Field((), alias="except")
    borne: bool = False
    facts: bool = False
    text: bool = True


@dataclass(frozen=True, slots=True)
class Family:
    """Words of one kind, with the rule and the reason of their refusal: see data/free_text.yaml."""

    rule: str
    why: str
    pattern: re.Pattern[str]
    excepted: re.Pattern[str] | None
    borne: bool
    facts: bool
    text: bool = True

    def found(self, plain: str, support: str = "") -> Iterator[re.Match[str]]:
        """Yield what the plain form of a text says of this kind; ``support`` is what the product's data says."""
        harmless = [one.span() for one in self.excepted.finditer(plain)] if self.excepted else []
        for one in self.pattern.finditer(plain):
            excused = any(start < one.end() and one.start() < end for start, end in harmless)
            if not excused and not (self.borne and one.group() in support):
                yield one


@cache
def families() -> Mapping[str, Family]:
    """Return every family by its name: those of data/free_text.yaml, and brands (data/rivals.yaml)."""
    table = read_table("free_text.yaml", dict[str, _Row])
    return {**{name: _family(row) for name, row in table.items()}, "brand": _brands()}


def _family(row: _Row) -> Family:
    excepted = one_of(row.excepted) if row.excepted else None
    return Family(row.rule, row.why, one_of(row.words), excepted, row.borne, row.facts, row.text)


def _brands() -> Family:
    """Brands and known people; a name that is also a word of every day counts only where the text says whose."""
    table = {key: [seen(name).text for name in names] for key, names in words("rivals.yaml").items()}
    named = "|".join(rf"(?<![a-z]){re.escape(name)}(?![a-z])" for name in (*table["brands"], *table["people"]))
    everyday = "|".join(map(re.escape, table["everyday"]))
    whose = rf"(?:{'|'.join(table['before'])})(?:{everyday})|(?:{everyday})(?={'|'.join(table['after'])})"
    why = "another's name; no fact of the product holds it"
    return Family("brand", why, re.compile(f"{named}|{whose}"), None, borne=True, facts=False)
