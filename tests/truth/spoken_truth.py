"""The check: whether what is spoken was true in a shop, at a moment, and stays true as long as it says.

It reads sentences back; it does not know how they were made. A number or an offer that it cannot put a meaning to is a
failure too. Sentences are those of a script or of a reply: whatever has `written`, `spoken`, `spans` and `not_after`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property
from typing import Protocol

from tests.truth.other_words import Loose, loose_words, unlike_forms
from tests.truth.paying import Paid, pays
from tests.truth.shop_model import Deal, Shop, Who
from tests.truth.spoken_claims import Claim, ClaimReader, Found
from tests.truth.spoken_numbers import NoNumber

CHINA = timezone(timedelta(hours=8))
ANYONE = Who()
PROMISES = frozenset(
    {"member_price", "flash_price", "coupon", "threshold_discount", "quantity_discount", "group_buy", "gift"}
)
"""Claims that a promotion runs."""


class SpanLike(Protocol):
    """A stretch of the written text and what is said for it."""

    start: int
    end: int
    written: str
    spoken: str


class SentenceLike(Protocol):
    """What is checked of a sentence."""

    written: str
    spoken: str
    spans: Sequence[SpanLike]
    not_after: datetime | None


@dataclass(frozen=True)
class Fault:
    """Something spoken that is not so: the sentence, the words in it, and why."""

    sentence: str
    words: str
    why: str


@dataclass
class Report:
    """What was checked, by kind of claim, and what was found wrong."""

    checked: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Take another report in."""
        self.checked += other.checked
        self.faults += other.faults


@dataclass(frozen=True)
class Truth:
    """What is true of a product for a buyer at a moment."""

    shop: Shop
    product_id: str
    at: datetime
    who: Who
    pieces: int

    @cached_property
    def lowest(self) -> Decimal:
        return min(self.shop.to_be_bought(self.product_id))

    @cached_property
    def is_range(self) -> bool:
        return len(set(self.shop.to_be_bought(self.product_id))) > 1

    @cached_property
    def running(self) -> Sequence[Deal]:
        return self.shop.running(self.product_id, self.at)

    @cached_property
    def paid(self) -> Paid | None:
        """What is paid; None where nothing is proved, or too few are left."""
        stock = self.shop.stock(self.product_id)
        if self.is_range or (stock is not None and stock < self.pieces):
            return None
        return pays(self.lowest, self.running, self.who, self.pieces)

    @property
    def unit(self) -> str:
        return self.shop.items[self.product_id].unit

    def used(self) -> frozenset[str]:
        return self.paid.used if self.paid else frozenset()

    def candidates(self, claim: Claim) -> list[Deal]:
        """The running promotions that a promise may mean: the same kind, numbers and people."""
        return [deal for deal in self.running if deal.kind == claim.kind and self._is_told(deal, claim)]

    def _is_told(self, deal: Deal, claim: Claim) -> bool:
        told = claim.values
        return (
            claim.who == whom(deal)
            and {
                "member_price": lambda: told["money"] == deal.price < self.lowest,
                "flash_price": lambda: told["money"] == deal.price < self.lowest,
                "coupon": lambda: (told.get("threshold"), told["off"]) == (deal.threshold, deal.off),
                "threshold_discount": lambda: (
                    (told["threshold"], told["off"], "where" in told)
                    == (deal.threshold, deal.off, deal.products is None)
                ),
                "quantity_discount": lambda: (told.get("count", 1), told["percent"]) == (deal.count, deal.percent),
                "group_buy": lambda: (told["count"], told["off"]) == (deal.count, deal.off) and deal.off < self.lowest,
                "gift": lambda: self._is_gift(deal, claim),
            }[deal.kind]()
        )

    def _is_gift(self, deal: Deal, claim: Claim) -> bool:
        told = claim.values
        if (told.get("count", 1), told.get("unit", self.unit)) != (deal.count, self.unit):
            return False
        return not unlike_forms(deal.gift, told["gift"])


def whom(deal: Deal) -> str:
    """How a promotion's people are named."""
    named = {"everyone": "", "new_customers": "新客", "unknown": "符合条件的用户"}
    return named[deal.for_whom] if deal.for_whom != "members" else f"{deal.grade or ''}会员"


def check(
    sentences: Iterable[SentenceLike],
    shop: Shop,
    product_id: str,
    at: datetime,
    *,
    who: Who = ANYONE,
    pieces: int = 1,
) -> Report:
    """Hold sentences spoken at `at` against the shop of the version that they name.

    Args:
        sentences: in the order in which they are spoken.
        shop: as it was in that version.
        product_id: what they are about.
        at: the moment (zoned).
        who: the buyer that they reckon for.
        pieces: how many are bought.
    """
    reader = ClaimReader({deal.grade for deal in shop.deals.values() if deal.grade})
    checking = _Checking(Truth(shop, product_id, at, who, pieces), reader, Report())
    said = [(sentence, checking.read(sentence)) for sentence in sentences]
    context = _Context([claim for _, found in said if found for claim in found.claims])
    for sentence, found in said:
        if found is not None:
            checking.sentence(sentence, found, context)
    return checking.report


@dataclass(frozen=True)
class _Context:
    """All the claims of a script or reply."""

    claims: Sequence[Claim]

    @property
    def promises(self) -> list[Claim]:
        return [claim for claim in self.claims if claim.kind in PROMISES]


@dataclass
class _Checking:
    """One check at work."""

    truth: Truth
    reader: ClaimReader
    report: Report
    later: dict[datetime, Truth] = field(default_factory=dict)

    def read(self, sentence: SentenceLike) -> Found | None:
        """Read a sentence's claims from what is spoken; its written form must claim the same."""
        try:
            found = self.reader.spoken(sentence.spoken)
            written = self.reader.written(sentence.written)
        except NoNumber as error:
            self._fault(sentence, str(error), "no number that a host would say so")
            return None
        spoken = [claim.meaning() for claim in found.claims if claim.kind != "gift"]
        if spoken != [claim.meaning() for claim in written.claims if claim.kind != "gift"]:
            self._fault(sentence, sentence.written, "the written form claims something else than the spoken one")
        gifts = [[claim for claim in one.claims if claim.kind == "gift"] for one in (written, found)]
        for shown, said in zip(*gifts, strict=False):
            if why := unlike_forms(shown.values["gift"], said.values["gift"]):
                self._fault(sentence, said.words, why)
        return found

    def sentence(self, sentence: SentenceLike, found: Found, context: _Context) -> None:
        """Check every claim, every other number, and how long the sentence holds."""
        together, item = found.claims, self.truth.shop.items[self.truth.product_id]
        for claim in together:
            self.report.checked[_name(claim)] += 1
            if why := untrue(claim, self.truth, together, context):
                self._fault(sentence, claim.words, why)
        for loose in loose_words(sentence, found, item, self.truth.shop.labels):
            self._loose(sentence, loose)
        self._holds(sentence, together, context)

    def _loose(self, sentence: SentenceLike, loose: Loose) -> None:
        self.report.checked[loose.kind] += 1
        if loose.why:
            self._fault(sentence, loose.words, loose.why)

    def _holds(self, sentence: SentenceLike, claims: Sequence[Claim], context: _Context) -> None:
        """The sentence must end before it becomes false by schedule."""
        end, at = sentence.not_after, self.truth.at
        if end is not None and end <= at:
            self._fault(sentence, end.isoformat(), "not_after is over already")
        self.report.checked["not_after"] += 1
        for moment in self._moments(claims):
            if end is not None and end <= moment:
                return
            later = self._later(moment)
            for claim in claims:
                if not untrue(claim, self.truth, claims, context) and (why := untrue(claim, later, claims, context)):
                    held = "says nothing" if end is None else f"is {end.isoformat()}"
                    self._fault(sentence, claim.words, f"false from {moment.isoformat()} ({why}), not_after {held}")
                    return

    def _later(self, moment: datetime) -> Truth:
        """The truth of a later moment, if nothing but the clock changes."""
        if moment not in self.later:
            self.later[moment] = replace(self.truth, at=moment)
        return self.later[moment]

    def _moments(self, claims: Sequence[Claim]) -> list[datetime]:
        """When something may become false: starts and ends, the ends that are said, and midnight."""
        said = [m for c in claims if c.kind == "deadline" and (m := _moment(c, self.truth.at)) and m > self.truth.at]
        local = self.truth.at.astimezone(CHINA)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return sorted([*self.truth.shop.moments(self.truth.product_id, self.truth.at), *said, midnight])

    def _fault(self, sentence: SentenceLike, words: str, why: str) -> None:
        self.report.faults.append(Fault(sentence.spoken, words, why))


def _name(claim: Claim) -> str:
    if claim.kind == "paid":
        return "paid: several pieces" if "pieces" in claim.values else "paid"
    if claim.kind == "price":
        return claim.values["label"] + (" from" if "from" in claim.values else "")
    return claim.kind


def untrue(claim: Claim, truth: Truth, together: Sequence[Claim], context: _Context) -> str | None:
    """Why a claim is not true; None where it is. `together` are the claims of its sentence."""
    if claim.kind in PROMISES:
        return _untrue_promise(claim, truth, context)
    if claim.kind == "paid":
        return _untrue_paid(claim, truth, together, context)
    if claim.kind == "deadline":
        return _untrue_deadline(claim, truth, context)
    return _SIMPLE[claim.kind](claim, truth)


def _untrue_price(claim: Claim, truth: Truth) -> str | None:
    if claim.values["money"] != truth.lowest:
        return f"the price is {truth.lowest}"
    if ("from" in claim.values) != truth.is_range:
        return "起 belongs where prices differ, and only there"
    if claim.values["label"] == "页面价":
        return None
    if truth.used():
        return "the buyer pays less now"
    return "everybody pays less now" if any(_takes_off_one(deal, truth) for deal in truth.running) else None


def _takes_off_one(deal: Deal, truth: Truth) -> bool:
    """Whether a promotion, by itself, lowers what everybody pays for one piece without doing anything for it."""
    if deal.for_whom != "everyone":
        return False
    if deal.kind == "flash_price":
        return deal.price < truth.lowest
    if deal.kind == "quantity_discount":
        return deal.count == 1
    return deal.kind == "threshold_discount" and deal.threshold is not None and deal.threshold <= truth.lowest


def _untrue_list_price(claim: Claim, truth: Truth) -> str | None:
    listed = truth.shop.list_price(truth.product_id)
    return None if claim.values["money"] == listed else f"the list price is {listed}"


def _untrue_saving(claim: Claim, truth: Truth) -> str | None:
    listed = truth.shop.list_price(truth.product_id)
    if listed is None or truth.is_range:
        return "there is no one saving"
    return None if claim.values["money"] == listed - truth.lowest else f"the saving is {listed - truth.lowest}"


def _untrue_stock(claim: Claim, truth: Truth) -> str | None:
    left = truth.shop.stock(truth.product_id)
    if claim.values["unit"] != truth.unit:
        return f"they are counted by {truth.unit}"
    return None if left and claim.values["count"] == left else f"{left} are left"


def _untrue_in_stock(claim: Claim, truth: Truth) -> str | None:
    left = truth.shop.stock(truth.product_id)
    return None if left else f"{left} are left"


def _untrue_sold_out(claim: Claim, truth: Truth) -> str | None:
    left = truth.shop.stock(truth.product_id)
    return None if left == 0 else f"{left} are left"


def _untrue_note(claim: Claim, truth: Truth) -> str | None:
    return None if truth.is_range else "all SKUs have one price"


def _untrue_activity(claim: Claim, truth: Truth) -> str | None:
    return None if truth.running else "no promotion runs"


def _untrue_no_activity(claim: Claim, truth: Truth) -> str | None:
    return "promotions run" if truth.running else None


def _untrue_none_of(named: Callable[[Deal], bool]) -> Callable[[Claim, Truth], str | None]:
    """That there is no deal of a kind: one that does not say for whom it is might be one for such people."""

    def untrue_none(claim: Claim, truth: Truth) -> str | None:
        found = [deal.id for deal in truth.running if named(deal)]
        return f"{found[0]} runs" if found else None

    return untrue_none


def _untrue_gifts(claim: Claim, truth: Truth) -> str | None:
    return None if any(deal.kind == "gift" for deal in truth.running) else "nothing is given with it"


def _untrue_after(claim: Claim, truth: Truth) -> str | None:
    ends = [deal.ends for deal in truth.running if deal.ends is not None]
    last = max(ends, default=truth.at)
    unending = any(deal.ends is None or deal.ends != last for deal in truth.running)
    later = truth.shop.running(truth.product_id, last)
    return "promotions run on, and less is paid still" if unending or later else None


_SIMPLE: Mapping[str, Callable[[Claim, Truth], str | None]] = {
    "price": _untrue_price,
    "list_price": _untrue_list_price,
    "saving": _untrue_saving,
    "stock": _untrue_stock,
    "in_stock": _untrue_in_stock,
    "sold_out": _untrue_sold_out,
    "sku_note": _untrue_note,
    "activity": _untrue_activity,
    "no_activity": _untrue_no_activity,
    "gifts": _untrue_gifts,
    "no_coupon": _untrue_none_of(lambda deal: deal.kind == "coupon"),
    "no_new_customers": _untrue_none_of(lambda deal: deal.for_whom in ("new_customers", "unknown")),
    "no_members": _untrue_none_of(lambda deal: deal.for_whom in ("members", "unknown")),
    "no_group": _untrue_none_of(lambda deal: deal.kind == "group_buy"),
    "no_such_deal": _untrue_none_of(lambda deal: deal.for_whom == "unknown"),
    "page_price_after": _untrue_after,
}


def _untrue_promise(claim: Claim, truth: Truth, context: _Context) -> str | None:
    found = truth.candidates(claim)
    if not found:
        return "no such promotion runs for these people now"
    if "unit" in claim.values and claim.values["unit"] != truth.unit:
        return f"they are counted by {truth.unit}"
    if not any(other.kind == "paid" for other in context.claims):
        return None
    used = [deal for deal in truth.running if deal.id in truth.used()]
    apart = [d for d in found if d.id in truth.used() or not any(d.group and d.group == u.group for u in used)]
    return None if apart else "what is reckoned with already excludes it"


def _untrue_paid(claim: Claim, truth: Truth, together: Sequence[Claim], context: _Context) -> str | None:
    paid, pieces = truth.paid, claim.values.get("pieces", 1)
    if pieces != truth.pieces:
        return f"reckoned for {truth.pieces}"
    if pieces > 1 and claim.values["unit"] != truth.unit:
        return f"they are counted by {truth.unit}"
    if paid is None or claim.values["money"] != paid.total:
        return f"{paid.total if paid else 'nothing'} is proved to be paid"
    if not paid.used:
        return "no promotion lowers the price"
    return _underived(claim, truth, together, context)


def _underived(claim: Claim, truth: Truth, together: Sequence[Claim], context: _Context) -> str | None:
    """Why it is not said how an amount comes about, and for whom."""
    used = [deal for deal in truth.running if deal.id in truth.used()]
    named = {deal.kind: whom(deal) for deal in used}
    if "how" in claim.values:
        return None if named == {"flash_price": claim.who} and len(used) == 1 else "it is no flash price alone"
    if claim.who:
        return None if named == {"member_price": claim.who} and len(used) == 1 else "it is no member price alone"
    promises = [other for other in together if other.kind in PROMISES and other.start < claim.start]
    if promises:
        return _mismatch(promises, used, truth)
    if any(whom(deal) for deal in used):
        return "only some pay that, and it is not said who"
    told = _mismatch(context.promises, used, truth, all_used=False)
    flash = any(other.kind == "paid" and "how" in other.values for other in context.claims)
    return None if told is None or flash else "nowhere is it said how that comes about"


def _mismatch(promises: Sequence[Claim], used: Sequence[Deal], truth: Truth, all_used: bool = True) -> str | None:
    means = [{deal.id for deal in truth.candidates(claim)} & {deal.id for deal in used} for claim in promises]
    if all_used and not all(means):
        return "a promotion is named that takes nothing off here"
    unsaid = [deal.id for deal in used if not any(deal.id in ids for ids in means)]
    return f"it is not said that {', '.join(unsaid)} counts" if unsaid else None


def _untrue_deadline(claim: Claim, truth: Truth, context: _Context) -> str | None:
    said = _moment(claim, truth.at)
    if said is None or said <= truth.at:
        return f"{said} is no moment to come"
    for promise in context.promises:
        found = truth.candidates(promise)
        if found and not any(_ends_at(deal, said) for deal in found):
            return f"{promise.words} ends at another moment"
    ending = [deal for deal in truth.running if _ends_at(deal, said)]
    if not ending:
        return "nothing ends then"
    if context.promises or any(other.kind == "paid" for other in context.claims):
        return None
    return None if any(whom(deal) == claim.who for deal in ending) else "it is not said whose offer ends"


def _ends_at(deal: Deal, said: datetime) -> bool:
    """The seconds of an end are not said; its last second may be said as the full hour of midnight."""
    if deal.ends is None:
        return False
    return timedelta(seconds=-1) <= deal.ends - said < timedelta(minutes=1)


def _moment(claim: Claim, at: datetime) -> datetime | None:
    """The instant that a deadline names, in China's time."""
    today = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    hour, minute = claim.values["clock"]
    if "word" in claim.values:
        day = today + timedelta(days=1 if claim.values["word"] == "明天" else 0)
        return day + timedelta(hours=hour, minutes=minute)
    days = (today + timedelta(days=n) for n in range(370))
    wanted = (claim.values["month"], claim.values["date"])
    return next((d + timedelta(hours=hour, minutes=minute) for d in days if (d.month, d.day) == wanted), None)
