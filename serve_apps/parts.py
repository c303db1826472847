"""The parts that a script is made with, as Protocols: deployments behind handles, or the same classes in process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from koubo.catalog.answers import Answer
from koubo.catalog.paths import GraphPath
from koubo.catalog.records import Promotion
from koubo.catalog.related import Related
from koubo.catalog.store import LiveProduct
from koubo.protocols import Embedder, Writer
from koubo.reading import Reading
from koubo.rubric.scorecard import Scorecard, ScoredScript
from koubo.script.brief import Brief
from koubo.script.compose import Completed, Verdict
from koubo.script.plan import SectionPlan


@dataclass(frozen=True, slots=True)
class PartState:
    """How a part is: `status` is ok, starting or down; `detail` says more, such as the snapshot in service."""

    status: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A page of products in catalogue order, and how many there are in all."""

    total: int
    products: tuple[LiveProduct, ...]


@dataclass(frozen=True, slots=True)
class SkuUpdate:
    """New price (yuan) or stock (pieces) of one SKU; None leaves it."""

    id: str
    price: Decimal | None = None
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """New live values of a product as a whole, and of its SKUs; None leaves a value."""

    price: Decimal | None = None
    stock: int | None = None
    skus: tuple[SkuUpdate, ...] = ()


class FactsPart(Protocol):
    """Snapshot and live values. Every method raises Unavailable while no snapshot is in service."""

    async def product(self, product_id: str, at: datetime) -> LiveProduct:
        """The product at that moment. Raises NotFound."""

    async def products(self, offset: int, limit: int, at: datetime) -> ProductPage:
        """A page of products at that moment."""

    async def answers(self, product_id: str, comment: str, n: int, at: datetime) -> tuple[Answer, ...]:
        """The product's facts at that moment that answer a viewer's comment. Raises NotFound."""

    async def related(self, product_id: str, n: int) -> tuple[Related, ...]:
        """The n products likest to it. Raises NotFound."""

    async def complementary(self, product_id: str, n: int, at: datetime) -> tuple[Related, ...]:
        """The n best products to go with it, by the promotions of that moment too. Raises NotFound."""

    async def path(self, start: str, end: str) -> GraphPath | None:
        """How two nodes such as `product:p1` and `brand:小米` are joined; None where not. Raises NotFound."""

    async def update(self, product_id: str, update: LiveUpdate, actor: str) -> int:
        """Write live values; the version once they are durable. Raises NotFound; Unprocessable for an unknown SKU."""

    async def promotions(self) -> tuple[Promotion, ...]:
        """All promotions, of the snapshot and live, whether or not they run now, by id."""

    async def promotion(self, promotion_id: str) -> Promotion:
        """One promotion. Raises NotFound."""

    async def put_promotion(self, promotion: Promotion, actor: str) -> int:
        """Add or replace a promotion; the version once it is durable. Raises Unprocessable for an unknown product."""

    async def delete_promotion(self, promotion_id: str, actor: str) -> int:
        """End a promotion; the version once that is durable. Raises NotFound."""

    async def state(self) -> PartState:
        """Which snapshot and version of live values are in service, and what was refused."""


@dataclass(frozen=True, slots=True)
class ReadTexts:
    """Readings, one a text, in order, and who chose them.

    Attributes:
        chooser: "rules", or "model" where a language model decided the spans of thin margin.
        fallback: why rules stood in for the model, for the whole request or for some spans; None where they did not.
    """

    readings: tuple[Reading, ...]
    chooser: str = "rules"
    fallback: str | None = None


class ReaderPart(Protocol):
    """Reads texts aloud."""

    async def read(self, texts: Sequence[str]) -> ReadTexts:
        """One reading a text, in order."""

    async def state(self) -> PartState:
        """How it is."""

    async def chooser_state(self) -> PartState | None:
        """How the language model is that chooses readings; None where rules alone do."""


class ScorerPart(Embedder, Protocol):
    """Scores candidates of a section and whole scripts; its sentence encoder chooses exemplars too."""

    async def pick(self, brief: Brief, section: SectionPlan, completed: Sequence[Completed]) -> tuple[Verdict, ...]:
        """One verdict a candidate, in order."""

    async def score(self, text: ScoredScript, brief: Brief | None, heard: Sequence[ScoredScript] = ()) -> Scorecard:
        """The scorecard of a script; without a brief, of a text on its own. `heard` was said before it in a stream."""

    async def state(self) -> PartState:
        """How it is."""


class WriterPart(Writer, Protocol):
    """A writer that can say how it is."""

    async def state(self) -> PartState:
        """How it is; starting while an engine warms up."""
