"""Phrases whose numbers arrive with their reading: written form and pinned spans are made together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from koubo.reading.kinds import Kind
from koubo.reading.money import yuan_forms
from koubo.reading.numbers import cardinal, digits
from koubo.reading.spans import Span

SHOP_TIME = timezone(timedelta(hours=8))
"""Hosts speak of moments by Beijing time."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A written stretch; ``spoken`` and ``kind`` where its reading is known."""

    written: str
    spoken: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A written phrase and its pinned spans (offsets in it)."""

    written: str
    pins: tuple[Span, ...]


def phrase(*pieces: Piece | str) -> Phrase:
    """Join pieces; plain strings are read later, in their context."""
    written, pins = "", []
    for piece in pieces:
        part = Piece(piece) if isinstance(piece, str) else piece
        if part.spoken is not None and part.kind is not None:
            pins.append(Span(len(written), len(written) + len(part.written), part.written, part.spoken, part.kind))
        written += part.written
    return Phrase(written, tuple(pins))


def joined(parts: Iterable[Phrase], by: str = "，") -> Phrase:
    """Join phrases; their pins move along."""
    written, pins = "", []
    for part in parts:
        written += by if written else ""
        pins += [shifted(pin, len(written)) for pin in part.pins]
        written += part.written
    return Phrase(written, tuple(pins))


def shifted(span: Span, by: int) -> Span:
    """Move a span along its text by that many characters."""
    return Span(
        span.start + by, span.end + by, span.written, span.spoken, span.kind, span.confidence, span.alternatives
    )


def plain_number(value: Decimal) -> str:
    """Write a number without trailing zeros (59.90 is 59.9, 199.00 is 199)."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(amount: Decimal) -> Piece:
    """Write an amount of yuan (59.9元) with how a host says it (五十九块九)."""
    number = plain_number(amount)
    return Piece(number + "元", yuan_forms(number)[0], Kind.PRICE)


def count(number: int) -> Piece:
    """Write a number of pieces; 2 is 两."""
    return Piece(str(number), "两" if number == 2 else cardinal(str(number)), Kind.CARDINAL)


def discount(percent_of_price: Decimal) -> Piece:
    """Write a discount: 85 percent of the price is 8.5折, 八五折; 90 is 9折; 5 is 0.5折, 零点五折."""
    tenths = plain_number(percent_of_price / 10)
    if percent_of_price >= 10 and percent_of_price == percent_of_price.to_integral():
        return Piece(tenths + "折", digits(tenths.replace(".", "")) + "折", Kind.DISCOUNT)
    whole, _, rest = tenths.partition(".")
    return Piece(tenths + "折", f"{cardinal(whole)}点{digits(rest)}折", Kind.DISCOUNT)


def moment(end: datetime, at: datetime) -> tuple[Piece, ...]:
    """Write the instant at which something ends, as a host says it at ``at``; midnight is 24点 of the day it ends."""
    said, today = spoken_end(end), at.astimezone(SHOP_TIME)
    if (said.hour, said.minute) == (0, 0):
        return (*_day(said - timedelta(days=1), today), Piece("24点", "二十四点", Kind.TIME))
    return (*_day(said, today), _clock(said))


def spoken_end(end: datetime) -> datetime:
    """The instant that is said of an end (Beijing time): seconds are left out, so it is never said too late; only the
    last second of a day is said as its end."""
    local = end.astimezone(SHOP_TIME)
    said = local.replace(second=0, microsecond=0)
    return said + timedelta(minutes=1) if (local.hour, local.minute, local.second) == (23, 59, 59) else said


def day_ends(at: datetime) -> datetime:
    """The midnight (Beijing time) after ``at``: until then 今天 and 明天 mean what they mean at ``at``."""
    return at.astimezone(SHOP_TIME).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _day(day: datetime, today: datetime) -> tuple[Piece, ...]:
    """Say 今天, 明天, or the date."""
    away = (day.date() - today.date()).days
    if away in (0, 1):
        return (Piece("今天" if away == 0 else "明天"),)
    spoken = f"{cardinal(str(day.month))}月{cardinal(str(day.day))}日"
    return (Piece(f"{day.month}月{day.day}日", spoken, Kind.DATE),)


def _clock(local: datetime) -> Piece:
    """Say 20:00 二十点, 20:05 二十点零五分."""
    hour = cardinal(str(local.hour))
    if local.minute == 0:
        return Piece(f"{local.hour}:00", f"{hour}点", Kind.TIME)
    zero = "零" if local.minute < 10 else ""
    return Piece(f"{local.hour}:{local.minute:02d}", f"{hour}点{zero}{cardinal(str(local.minute))}分", Kind.TIME)
