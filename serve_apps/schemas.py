"""What goes over HTTP. Money is a string in yuan; moments have a zone; unknown fields of a request are refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from koubo.catalog.facts import Box, FactKind
from koubo.catalog.money import Money
from koubo.catalog.records import Promotion
from koubo.reading import check_language
from koubo.script.brief import BriefRequest
from koubo.script.script import Status
from serve_apps.cue_schemas import CuesOut

MAX_TEXTS = 256
MAX_HEARD = 100_000
CLOCKS_DIFFER = timedelta(minutes=1)
"""How far a caller's clock may be behind."""


def _readable(text: str) -> str:
    check_language(text)
    return text


Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_readable)]
Stock = Annotated[int, Field(ge=0, le=100_000_000)]
AnyPromotion = Annotated[Promotion, Field(discriminator="kind")]


class Body(BaseModel):
    """A request's body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """An answer, or a part of one; read from the domain's objects by their attributes."""

    model_config = ConfigDict(from_attributes=True)


class ReadRequest(Body):
    """Texts to be read aloud."""

    texts: list[Text] = Field(min_length=1, max_length=MAX_TEXTS)


class SpanOut(Answer):
    """A stretch of the written text (start and end in characters) and what is said for it."""

    start: int
    end: int
    written: str
    spoken: str
    kind: str
    confidence: float
    alternatives: tuple[str, ...]


class ReadingOut(Answer):
    """A text, how it is said, and the alignment."""

    text: str
    spoken: str
    spans: tuple[SpanOut, ...]


class ReadAnswer(Answer):
    """One reading a text, in order, and who chose them."""

    readings: tuple[ReadingOut, ...]
    chooser: Literal["rules", "model"] = Field(
        description="model: a language model decided the spans of thin margin, rules all others."
    )
    fallback: str | None = Field(description="Why rules stood in for the model; null where they did not.")


class EvidenceOut(Answer):
    """The words a score rests on, the rule, and a note."""

    words: str
    rule: str
    note: str


class CriterionOut(Answer):
    """One criterion, 0 to 1, with its evidence."""

    name: str
    score: float
    evidence: tuple[EvidenceOut, ...]


class ScorecardOut(Answer):
    """Seven criteria, their weighted total, whether the text may go on air, and what judged."""

    criteria: tuple[CriterionOut, ...]
    total: float
    safe: bool
    judge: str


class ScoreRequest(Body):
    """A script to be scored; with a product, its claims are held against the product's facts."""

    text: Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_readable)]
    product_id: str | None = Field(None, min_length=1, max_length=128)
    heard: tuple[Annotated[str, Field(max_length=20_000)], ...] = Field(
        (), max_length=200, description="Scripts spoken before it in the same stream; what they said costs richness."
    )

    @field_validator("heard")
    @classmethod
    def _bounded(cls, heard: tuple[str, ...]) -> tuple[str, ...]:
        if (length := sum(map(len, heard))) > MAX_HEARD:
            raise ValueError(f"{length} characters in all; at most {MAX_HEARD} are compared: give the latest scripts")
        return heard


def _not_past(at: datetime) -> datetime:
    """Live values are those of now: rendered for a moment before, a promotion that ended would be spoken."""
    if at < datetime.now(at.tzinfo) - CLOCKS_DIFFER:
        raise ValueError("lies in the past; leave it out for now, or give a later moment")
    return at


class RenderRequest(Body):
    """When the script is to be spoken; now when absent. A later moment shows how it will read then."""

    at: Annotated[AwareDatetime, AfterValidator(_not_past)] | None = None


class RefusalOut(Answer):
    """Why a candidate was refused."""

    rule: str
    words: str
    why: str


class SlotUseOut(Answer):
    """Where a slot's phrase stands in its sentence, written and spoken, and the facts it says."""

    slot: str
    start: int
    end: int
    spoken_start: int
    spoken_end: int
    fact_ids: tuple[str, ...]


class SentenceOut(Answer):
    """A sentence in both forms, aligned, with its cues; not to be spoken after `not_after`."""

    written: str
    spoken: str
    spans: tuple[SpanOut, ...]
    slots: tuple[SlotUseOut, ...]
    fact_ids: tuple[str, ...]
    not_after: datetime | None
    cues: CuesOut


class SectionOut(Answer):
    """A section: its number in the script, who wrote it, and where it is planned, why (`error`: the writer's words)."""

    number: int
    kind: str
    source: Literal["model", "planned"]
    reason: str | None
    error: str | None
    written: str
    spoken: str
    sentences: tuple[SentenceOut, ...]
    exemplars_by: Literal["similarity", "drawn"] | None = Field(
        description="How the exemplars shown to the writer were chosen; null where it was not asked."
    )
    candidates: int
    refusals: tuple[RefusalOut, ...]


class DroppedOut(Answer):
    """A sentence that is not spoken as it was composed, and why; `pinned` where an operator had pinned it."""

    section: str
    sentence: str
    why: str
    pinned: bool


class ProvenanceOut(Answer):
    """Where a fact came from."""

    source: str
    place: str
    row: int | None
    box: Box | None
    quote: str | None


class FactOut(Answer):
    """One statement about a product, with its provenance."""

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
    provenance: ProvenanceOut


class RenderedOut(Answer):
    """A script as it may be spoken at `at`, by the live values of version `as_of`, until `not_after`."""

    id: str
    product_id: str
    created_at: datetime
    revision: int
    status: Status
    as_of: str
    at: datetime
    not_after: datetime | None
    seconds: float = Field(description="How long it takes to speak: an estimate.")
    written: str
    spoken: str
    webvtt: str = Field(description="Captions of the whole script.")
    sections: tuple[SectionOut, ...]
    planned: int = Field(description="Sections that a model was to write and that are planned instead.")
    refused: int = Field(description="Candidates that the check refused.")
    dropped: tuple[DroppedOut, ...] = Field(description="Sentences that are not spoken.")
    rewritten: tuple[DroppedOut, ...] = Field(description="Sentences that are spoken in other words.")
    warnings: tuple[str, ...] = Field(
        description="sold_out; nothing_said: no sentence is left; name_withheld: title or brand hold words that must "
        "not be said, so a plainer name is; pinned_dropped, pinned_rewritten: a pinned sentence is not true now; "
        "lacks_hook, lacks_offer, lacks_closing: nothing of it could be said; banned:SLOT: a banned word kept a phrase "
        "out; unsayable_gift:ID, unsayable_grade:ID, unsayable_unit: words of the shop that may not be said; "
        "not_approved: "
        "only approved scripts may be spoken here, and this is a new draft, shown for review."
    )
    facts: tuple[FactOut, ...]


class ScriptAnswer(RenderedOut):
    """A new script: what was asked for, how it reads now, and its scorecard."""

    brief: BriefRequest
    scorecard: ScorecardOut | None
    unscored: str | None = Field(description="Why there is no scorecard, where the scorer did not answer.")
    approved_only: bool = Field(description="Whether it must be approved before it can be rendered.")


class SkuOut(Answer):
    """A SKU with its live price and stock."""

    id: str
    options: dict[str, str]
    price: Decimal
    list_price: Decimal | None
    stock: int | None


class ProductSummary(Answer):
    """A product in a list."""

    id: str
    title: str
    brand: str | None
    category: tuple[str, ...]
    price: Decimal
    price_is_range: bool
    stock: int | None


class ProductOut(ProductSummary):
    """A product as it is sold at `at`, by the live values of `version`, until `not_after`."""

    brief: str
    unit: str
    list_price: Decimal | None
    attributes: dict[str, str]
    skus: tuple[SkuOut, ...]
    promotions: tuple[AnyPromotion, ...]
    facts: tuple[FactOut, ...]
    version: str
    at: datetime
    not_after: datetime | None


class ProductPageOut(Answer):
    """A page of products; `next_offset` is null on the last one."""

    total: int
    offset: int
    limit: int
    next_offset: int | None
    products: tuple[ProductSummary, ...]


class SkuPatch(Body):
    """New live values of one SKU."""

    id: str = Field(min_length=1, max_length=128)
    price: Money | None = None
    stock: Stock | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.price is None and self.stock is None:
            raise ValueError("nothing to change: give price or stock")
        return self


class LivePatch(Body):
    """New live values of a product, of its SKUs, or both."""

    price: Money | None = None
    stock: Stock | None = None
    skus: tuple[SkuPatch, ...] = Field((), max_length=1000)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.price is None and self.stock is None and not self.skus:
            raise ValueError("nothing to change: give price, stock or skus")
        return self

    @field_validator("skus")
    @classmethod
    def _each_once(cls, skus: tuple[SkuPatch, ...]) -> tuple[SkuPatch, ...]:
        ids = [sku.id for sku in skus]
        if twice := sorted({i for i in ids if ids.count(i) > 1}):
            raise ValueError(f"{', '.join(twice)} is there twice")
        return skus


class Written(Answer):
    """What was written is durable; `live_version` names the live values that have it."""

    live_version: int


class PromotionsOut(Answer):
    """All promotions, running or not, by id."""

    promotions: tuple[AnyPromotion, ...]


class PartOut(Answer):
    """How a part is."""

    status: Literal["ok", "starting", "down"]
    detail: str


class Health(Answer):
    """ok, degraded (answers, with planned sections or the rules' readings), or down (cannot answer for a product)."""

    status: Literal["ok", "degraded", "down"]
    parts: dict[str, PartOut]
    approved_only: bool = Field(description="Whether only approved scripts are rendered.")
