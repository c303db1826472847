"""The rundown of a stream (排品表): which product when, for how long, on which occasion, and why then.

The first turn opens the stream with a traffic product. A flash sale begins on time, one for a promotion when that
begins; a last call ends before its promotion does. Between them products take turns by smooth weighted round robin (as
nginx spreads requests over servers): every product once, those of more weight again, evenly spread. A hero's turn ends
with a last call of its own. What has no room is left out, and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from koubo.catalog.records import Promotion
from koubo.catalog.store import LiveProduct
from koubo.reading import UnsupportedLanguage, check_language
from koubo.script.brief import Occasion
from koubo.script.names import short_name
from koubo.script.rotation import Rotation, Visits
from koubo.script.stream_request import LEAST_SECONDS, MOST_SECONDS, ProductRole, StreamRequest
from koubo.script.tables import rundown_table

PRODUCTS_A_PROMOTION = 3
"""So many products at most have a flash sale or last call for one promotion, the first by priority."""


class UnknownProducts(ValueError):
    """Products of a request that are not in the catalogue."""

    def __init__(self, product_ids: Sequence[str]) -> None:
        super().__init__(f"product_ids: {', '.join(map(repr, product_ids))} not in the catalogue")
        self.product_ids = tuple(product_ids)


@dataclass(frozen=True, slots=True)
class Turn:
    """One script's time: ``visit`` counts the product's returns from 1; ``why`` says what put it there."""

    at: datetime
    seconds: int
    product_id: str
    role: ProductRole
    occasion: Occasion
    visit: int
    why: str

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.at + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something asked for, or due, that has no place in the stream, and why."""

    product_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Rundown:
    """The turns in order, and what is not among them."""

    turns: tuple[Turn, ...]
    left_out: tuple[LeftOut, ...]


def make_rundown(
    request: StreamRequest, products: Mapping[str, LiveProduct], promotions: Iterable[Promotion]
) -> Rundown:
    """Lay out a stream. ``products`` are those of the request at its start; ``promotions`` all that there are.

    A product that is sold out, or whose name cannot be read aloud, is left out. Raises UnknownProducts, and ValueError
    where no product is left.
    """
    if unknown := [product_id for product_id in request.product_ids if product_id not in products]:
        raise UnknownProducts(unknown)
    left_out = [LeftOut(one, why) for one in request.product_ids if (why := _unsellable(products[one])) is not None]
    sold = [one for one in request.product_ids if one not in {left.product_id for left in left_out}]
    if not sold:
        raise ValueError("product_ids: none of them can be sold: " + "; ".join(left.why for left in left_out))
    due = sorted(_due(request, sold, promotions), key=lambda event: event.at)
    layout = _Layout(request, roles_of(request, sold, products), due, left_out)
    return Rundown(tuple(layout.turns_in_order()), tuple(layout.left_out))


def roles_of(
    request: StreamRequest, sold: Sequence[str], products: Mapping[str, LiveProduct]
) -> dict[str, ProductRole]:
    """Return each product's role, by priority: the request's, else by place (heroes first) and price (traffic)."""
    table = rundown_table().roles
    free = [one for one in sold if one not in request.roles]
    heroes = free[: max(1, round(table[ProductRole.HERO].part * len(sold)))] if len(sold) > 1 else []
    rest = sorted((one for one in free if one not in heroes), key=lambda one: products[one].price)
    traffic = rest[: round(table[ProductRole.TRAFFIC].part * len(sold))]
    worked_out = {
        one: ProductRole.HERO if one in heroes else ProductRole.TRAFFIC if one in traffic else ProductRole.PROFIT
        for one in free
    }
    return {one: request.roles.get(one) or worked_out[one] for one in sold}


def _unsellable(live: LiveProduct) -> str | None:
    if live.stock == 0:
        return f"{live.product.id}: sold out"
    try:
        check_language(short_name(live.product))
    except UnsupportedLanguage as error:
        return f"{live.product.id}: {error}"
    return None


@dataclass(frozen=True, slots=True)
class _Due:
    """Something that comes at a time: it may not begin before ``at`` nor end after ``until``."""

    at: datetime
    product_id: str
    occasion: Occasion
    why: str
    until: datetime


def _due(request: StreamRequest, sold: Sequence[str], promotions: Iterable[Promotion]) -> Iterator[_Due]:
    for sale in request.flash_sales:
        if sale.product_id in sold:
            why = f"flash sale asked for at {sale.at.isoformat()}"
            yield _Due(sale.at, sale.product_id, Occasion.FLASH_SALE, why, request.ends_at)
    for promotion in promotions:
        covered = [one for one in sold if promotion.product_ids is not None and one in promotion.product_ids]
        for product_id in covered[:PRODUCTS_A_PROMOTION]:
            yield from _due_of(request, promotion, product_id)


def _due_of(request: StreamRequest, promotion: Promotion, product_id: str) -> Iterator[_Due]:
    """Yield the flash sale when a promotion of few products begins, and the last call before it ends."""
    named, begins, ends = promotion.name or promotion.kind, promotion.starts_at, promotion.ends_at
    room = timedelta(seconds=LEAST_SECONDS)
    if begins is not None and request.starts_at < begins <= request.ends_at - room:
        until = min(request.ends_at, ends or request.ends_at)
        yield _Due(begins, product_id, Occasion.FLASH_SALE, f"{named} ({promotion.id}) begins", until)
    if ends is not None and request.starts_at < ends <= request.ends_at:
        call = timedelta(seconds=_seconds(request, Occasion.LAST_CALL))
        at = max(request.starts_at, begins or request.starts_at, ends - 2 * call)
        why = f"{named} ({promotion.id}) ends at {ends.isoformat()}"
        yield _Due(at, product_id, Occasion.LAST_CALL, why, ends)


def _seconds(request: StreamRequest, occasion: Occasion) -> int:
    return min(MOST_SECONDS, max(LEAST_SECONDS, round(request.seconds * rundown_table().seconds[occasion])))


@dataclass(slots=True)
class _Layout:
    """A stream being laid out, from its start on."""

    request: StreamRequest
    roles: Mapping[str, ProductRole]
    due: list[_Due]
    left_out: list[LeftOut]
    turns: list[Turn] = field(default_factory=list)

    def turns_in_order(self) -> list[Turn]:
        """Fill the stream to its end."""
        rotation = self._rotation()
        while self._left(self.request.ends_at) >= LEAST_SECONDS:
            if self.due and self.turns and self.due[0].at <= self._now():
                self._take_due(self.due.pop(0))
            else:
                self._take_turn(rotation.next(self._barred()))
            self._close_gap()
        told = {turn.product_id for turn in self.turns}
        self.left_out += [
            LeftOut(one, f"{one}: the stream is over before its turn") for one in self.roles if one not in told
        ]
        self.left_out += [LeftOut(due.product_id, f"{due.why}: the stream is over before") for due in self.due]
        return self.turns

    def _rotation(self) -> Rotation:
        hero = _seconds(self.request, Occasion.SINGLE_PRODUCT) + _seconds(self.request, Occasion.LAST_CALL)
        cost = {role: _seconds(self.request, Occasion.SINGLE_PRODUCT) for role in ProductRole} | {
            ProductRole.HERO: hero
        }
        table = rundown_table().roles
        products = [Visits(one, role, table[role].visits, cost[role]) for one, role in self.roles.items()]
        busy = len(self.due) * _seconds(self.request, Occasion.FLASH_SALE)
        order = tuple(one for one in self.request.order or () if one in self.roles)
        return Rotation(products, self.request.hours * 3600 - busy, order)

    def _now(self) -> datetime:
        return self.turns[-1].ends_at if self.turns else self.request.starts_at

    def _left(self, until: datetime) -> int:
        return int((until - self._now()).total_seconds())

    def _barred(self) -> frozenset[str]:
        """The product just told, and the one that is due next: neither is told twice in a row."""
        return frozenset([turn.product_id for turn in self.turns[-1:]] + [due.product_id for due in self.due[:1]])

    def _take_due(self, due: _Due) -> None:
        room = self._left(min(due.until, self.request.ends_at))
        if room < LEAST_SECONDS:
            self.left_out.append(LeftOut(due.product_id, f"{due.why}: no room before {due.until.isoformat()}"))
            return
        self._add(due.product_id, due.occasion, min(room, _seconds(self.request, due.occasion)), due.why)

    def _take_turn(self, product_id: str) -> None:
        """Give a product its turn, cut short or drawn out so that what is due next begins on time."""
        occasion = Occasion.SINGLE_PRODUCT if self.turns else Occasion.OPENING
        before = sum(turn.product_id == product_id and turn.occasion is not Occasion.LAST_CALL for turn in self.turns)
        why = "opens the stream" if not self.turns else "its first turn" if not before else "comes back"
        seconds = max(LEAST_SECONDS, min(self._room(), _seconds(self.request, occasion)))
        self._add(product_id, occasion, seconds, why)
        call = _seconds(self.request, Occasion.LAST_CALL)
        if self.roles[product_id] is ProductRole.HERO and occasion is not Occasion.OPENING and self._room() >= call:
            self._add(product_id, Occasion.LAST_CALL, call, "before the next product")

    def _room(self) -> int:
        """Seconds until something is due, or the stream ends; none where it is due already."""
        return max(0, self._left(min([due.at for due in self.due[:1]] + [self.request.ends_at])))

    def _close_gap(self) -> None:
        """Draw the last turn out over a gap that is too short for another, where it may last so long."""
        last, gap = self.turns[-1], self._room()
        if 0 < gap < LEAST_SECONDS and last.seconds + gap <= MOST_SECONDS and not self._is_bound(last):
            self.turns[-1] = replace(last, seconds=last.seconds + gap)

    def _is_bound(self, turn: Turn) -> bool:
        """A last call before a promotion ends may not be drawn out beyond it."""
        return turn.occasion is Occasion.LAST_CALL and "ends at" in turn.why

    def _add(self, product_id: str, occasion: Occasion, seconds: int, why: str) -> None:
        returns = not self.turns or self.turns[-1].product_id != product_id
        visit = max((turn.visit for turn in self.turns if turn.product_id == product_id), default=0) + returns
        self.turns.append(Turn(self._now(), seconds, product_id, self.roles[product_id], occasion, visit, why))
