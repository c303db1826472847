"""The brief: what a script is to be about, with the facts it may use, chosen and ordered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from koubo.catalog import offers
from koubo.catalog.facts import Fact
from koubo.catalog.offers import Buyer, NoOffer, Offer
from koubo.catalog.records import Promotion
from koubo.catalog.store import LiveProduct
from koubo.reading import check_language
from koubo.script.check import Refusal, check_free_text, general_refusals
from koubo.script.choose import choose_facts
from koubo.script.names import family_of, spoken_name
from koubo.script.ranking import FOCUS, rank_facts
from koubo.script.slots import CONTENT, SLOT, Slot, SlotValue
from koubo.script.values import Selling, slot_values

_BRACES = re.compile("[{}]")

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
"""Words that a request gives; without the space around them."""
Persona = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class Occasion(StrEnum):
    """When in a stream the script is spoken."""

    OPENING = "opening"
    SINGLE_PRODUCT = "single_product"
    FLASH_SALE = "flash_sale"
    LAST_CALL = "last_call"


class UnfitWords(ValueError):
    """Words that a request gives to be spoken and that the product's facts do not bear out: its field, and why."""

    def __init__(self, field: str, words: str, refusals: Sequence[Refusal]) -> None:
        """``refusals`` are those of free text."""
        super().__init__(_refused(field, words, refusals))
        self.field = field
        self.refusals = tuple(refusals)


class BuyerRequest(BaseModel):
    """For whom the offer is worked out. The default is anyone: nothing that needs membership is taken for granted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    new_customer: bool = Field(False, description="The buyer has not bought here before.")
    grades: frozenset[Phrase] = Field(
        frozenset(), max_length=20, description="The member grades the buyer holds, such as V8."
    )
    quantity: int = Field(1, ge=1, le=99, description="How many units are bought together.")

    def buyer(self) -> Buyer:
        """Return the buyer that `koubo.catalog.offers` works with."""
        return Buyer(new_customer=self.new_customer, grades=self.grades)


class BriefRequest(BaseModel):
    """What is asked for: product, length, occasion, voice. Same request, same version: same brief.

    A required phrase or an audience is spoken as it stands, so it may hold no number, no brace and nothing unsafe.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    product_id: str = Field(min_length=1, max_length=128, description="The product to be sold.")
    seconds: int = Field(60, ge=10, le=600, description="Spoken length in seconds.")
    occasion: Occasion = Field(Occasion.SINGLE_PRODUCT, description="When in the stream the script is spoken.")
    audience: Phrase | None = Field(None, description="Whom the host speaks to, such as 宝妈.")
    persona: Persona = Field("热情", description="The host's manner: 热情, 亲切, 专业, 沉稳.")
    focus: tuple[Phrase, ...] = Field(
        (), max_length=10, description="What to tell first: labels or words of the product's facts, such as 面料."
    )
    banned: tuple[Phrase, ...] = Field((), max_length=50, description="Phrases that must not be said.")
    required: tuple[Phrase, ...] = Field((), max_length=10, description="Phrases that must be said, without numbers.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Varies the words; the same seed gives the same plan.")
    buyer: BuyerRequest = Field(BuyerRequest(), description="For whom the offer is worked out.")

    @field_validator("required")
    @classmethod
    def _can_be_said(cls, required: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for words in required:
            _check_spoken("required", words)
            _check_allowed(words, info.data.get("banned", ()))
        return required

    @field_validator("banned")
    @classmethod
    def _lets_the_audience_be_addressed(cls, banned: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        _check_allowed(info.data.get("audience") or "", banned)
        return banned

    @field_validator("audience")
    @classmethod
    def _can_be_addressed(cls, audience: str | None) -> str | None:
        if audience is not None:
            _check_spoken("audience", audience)
        return audience


@dataclass(frozen=True, slots=True)
class Brief:
    """A product's facts by priority, its offer and running promotions, and what was asked for.

    ``chosen`` fixes the fact of each slot of content by id; ``reasons`` say what moved such a fact from its priority,
    by its id. ``available`` holds what each slot said when the brief was
    made: it decides plan, prompt and length, and is never spoken; rendering asks the live values again. ``family`` is
    the category family of the planned sections (apparel, food, beauty, home, digital, baby, generic).
    """

    product_id: str
    title: str
    short_name: str
    brand: str
    family: str
    facts: tuple[Fact, ...]
    offer: Offer | NoOffer
    promotions: tuple[Promotion, ...]
    chosen: Mapping[Slot, str]
    available: Mapping[Slot, str]
    request: BriefRequest
    version: str
    at: datetime
    reasons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def filled(self, slotted: str) -> str:
        """Return slotted text as it read when the brief was made; a slot without a value says nothing."""
        return SLOT.sub(lambda found: self.available.get(Slot(found[1]), ""), slotted)

    def lines(self) -> tuple[str, ...]:
        """Return what a writer may know of the product: the phrases of its content slots, nothing of offers."""
        return tuple(self.available[slot] for slot in CONTENT if slot in self.available)

    def in_focus(self) -> frozenset[Slot]:
        """Return the slots whose facts the request asks to be told first."""
        asked = {fact_id for fact_id, why in self.reasons.items() if any(one.startswith(FOCUS) for one in why)}
        return frozenset(slot for slot, fact_id in self.chosen.items() if fact_id in asked)

    def selling(self) -> Selling:
        """Return what rendering needs of the brief."""
        request = self.request
        return Selling(
            self.short_name, self.brand, self.chosen, request.buyer.buyer(), request.buyer.quantity, request.banned
        )


def make_brief(live: LiveProduct, request: BriefRequest, chosen: Mapping[Slot, str] | None = None) -> Brief:
    """Choose and order the facts of a product for a request, at the instant and version of ``live``.

    ``chosen`` keeps the facts that an earlier brief chose, for sentences that speak of them already.
    Raises ``ValueError`` where the request is for another product, `UnfitWords` (a ``ValueError``) where it gives words
    to be spoken that the product does not bear out, and ``UnsupportedLanguage`` (a ``ValueError``) where
    the product's name cannot be read.
    """
    if live.product.id != request.product_id:
        raise ValueError(f"the request is for product {request.product_id!r}, not {live.product.id!r}")
    said = spoken_name(live.product)
    name = said.name
    check_language(name)
    ranked = rank_facts(live.facts, live.at, request.focus, request.audience)
    if chosen is None:
        chosen = choose_facts([one.fact for one in ranked], name, request.banned)
    selling = Selling(
        name,
        said.brand,
        chosen,
        request.buyer.buyer(),
        request.buyer.quantity,
        request.banned,
    )
    values = slot_values(selling, live)
    brief = Brief(
        product_id=live.product.id,
        title=live.product.title,
        short_name=name,
        brand=selling.brand,
        family=family_of(live.product),
        facts=_facts(live, values.values()),
        offer=offers.offer(live, selling.buyer, selling.quantity, live.at),
        promotions=live.promotions,
        chosen=selling.chosen,
        available={slot: value.written for slot, value in values.items()},
        request=request,
        version=live.version,
        at=live.at,
        reasons={one.fact.id: one.reasons for one in ranked if one.reasons and one.fact.id in chosen.values()},
    )
    _check_borne_out(brief)
    return brief


def _facts(live: LiveProduct, values: Iterable[SlotValue]) -> tuple[Fact, ...]:
    """Return the product's facts by priority, and the derived ones that slots name."""
    facts = {fact.id: fact for fact in live.facts}
    for value in values:
        facts.update({fact.id: fact for fact in value.facts if fact.id not in facts})
    return tuple(facts.values())


def _check_allowed(words: str, banned: Iterable[str]) -> None:
    """What must be said may not be what must not be said."""
    for phrase in banned:
        if phrase in words:
            raise ValueError(f"{words!r} is to be said and {phrase!r} is banned: leave one of them out")


def _check_spoken(field: str, words: str) -> None:
    """What a request gives to be spoken as it stands must be readable, and hold no slot, and nothing that free text may
    not say of any product; what only the product's facts can bear out is looked at when they are known."""
    check_language(words)
    if braces := _BRACES.findall(words):
        raise ValueError(
            f"{field}: {words!r} holds {braces[0]!r}: numbers come from facts, and a slot is not spoken here"
        )
    if refused := general_refusals(words):
        raise ValueError(_refused(field, words, refused))


def _check_borne_out(brief: Brief) -> None:
    """Raise `UnfitWords` where a phrase to be spoken says what the product's facts do not bear out."""
    request = brief.request
    spoken = [("required", words) for words in request.required]
    spoken += [("audience", request.audience)] if request.audience else []
    for name, words in spoken:
        if refused := check_free_text(words, brief):
            raise UnfitWords(name, words, refused)


def _refused(field: str, words: str, refused: Sequence[Refusal]) -> str:
    found = "; ".join(f"{one.words!r} ({one.rule}: {one.why})" for one in refused)
    return f"{field}: {words!r} holds {found}: numbers come from facts, and the rules of free text bind it too"
