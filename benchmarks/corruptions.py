"""Eight ways to spoil a script, each meant for one criterion. What cannot be spoiled in some way gives None."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from benchmarks.sample_scripts import Half, Sample, Section
from koubo.catalog.records import parse_promotion
from koubo.reading.money import yuan_forms
from koubo.rubric.amounts import amounts
from koubo.rubric.scorecard import Criterion
from koubo.rubric.sentences import clauses
from koubo.script.brief import Brief
from koubo.script.phrases import plain_number
from koubo.script.promotions import condition_phrase

WORDS = Path(__file__).parent / "data" / "corruptions.yaml"
Spoiled = tuple[Section, ...]
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*[”」]?")
_CLAUSE = re.compile(r"[^，,、\s]+[，,、\s]*")
_PARTICLE = re.compile("[啊吧呢嘛呀啦哦哈哎哟喽噢](?=[，。！？])")
_FACTORS = ("0.5", "0.7", "0.8", "1.2", "1.5", "0.1")


class Words(BaseModel):
    """What one half is spoiled with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bookish: dict[str, str] = Field(min_length=5)
    connectives: tuple[str, ...] = Field(min_length=3)
    forbidden: tuple[str, ...] = Field(min_length=5)
    stale: tuple[str, ...] = Field(min_length=5)
    gifts: tuple[str, ...] = Field(min_length=1)
    vague: tuple[str, ...] = Field(min_length=3)


@cache
def words() -> Mapping[Half, Words]:
    """The lists of both halves."""
    table = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return {"dev": Words.model_validate(table["dev"]), "test": Words.model_validate(table["test"])}


@dataclass(frozen=True, slots=True)
class Corruption:
    """A way to spoil a script, and the criterion that is to notice."""

    criterion: Criterion
    spoil: Callable[[Sample, Brief | None, random.Random], Spoiled | None]


def wrong_price(sample: Sample, brief: Brief | None, rng: random.Random) -> Spoiled | None:
    """Say another amount where an amount of money is said, in the same form (digits or hanzi)."""
    if brief is None:
        return None
    places = [
        (number, amount)
        for number, (_, text) in enumerate(sample.sections)
        for amount in amounts(text)
        if amount.money and amount.value >= 1
    ]
    if not places:
        return None
    number, amount = rng.choice(places)
    kind, text = sample.sections[number]
    changed = (amount.value * Decimal(rng.choice(_FACTORS))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    changed += changed in {a.value for _, t in sample.sections for a in amounts(t)}
    said = _same_form(amount.words, changed)
    return _with(sample, number, (kind, text[: amount.start] + said + text[amount.end :]))


def _same_form(words: str, value: Decimal) -> str:
    if any(character.isdigit() and character.isascii() for character in words):
        return re.sub(r"[0-9]+(?:\.[0-9]+)?", plain_number(value), words, count=1)
    spoken = yuan_forms(plain_number(value))[0]
    return spoken if re.search("[元块毛]", words) else re.sub("[元块].*", "", spoken)


def stale_offer(sample: Sample, brief: Brief | None, rng: random.Random) -> Spoiled | None:
    """Add an offer that does not run: an ended promotion of the product where it has one, else one made up."""
    if brief is None or sample.row is None:
        return None
    number = next((n for n, (kind, _) in enumerate(sample.sections) if kind == "offer"), len(sample.sections) - 1)
    kind, text = sample.sections[number]
    parts = _sentences(text)
    parts.insert(rng.randint(1, len(parts)), _ended(sample, brief, rng) or _made_up(sample, rng))
    return _with(sample, number, (kind, "".join(parts)))


def _ended(sample: Sample, brief: Brief, rng: random.Random) -> str | None:
    if sample.row is None or rng.random() < 0.5:
        return None
    promotions = [parse_promotion(row) for row in sample.row["promotions"]]
    running = {promotion.id for promotion in brief.promotions}
    ended = [p for p in promotions if p.id not in running and p.ends_at is not None and p.ends_at <= brief.at]
    said = condition_phrase(rng.choice(ended), "件") if ended else None
    return f"现在{said.written}。" if said else None


def _made_up(sample: Sample, rng: random.Random) -> str:
    own = words()[sample.half]
    price = Decimal(sample.row["product"]["price"]) if sample.row else Decimal(99)
    off = rng.choice((3, 5, 7, 8, 12, 15, 18, 25, 35))
    least = int(price) + rng.choice((11, 33, 47, 81))
    flash = max(Decimal("1.9"), (price * Decimal("0.6")).quantize(Decimal(1)) - Decimal("0.1"))
    return rng.choice(own.stale).format(a=off, t=least, p=plain_number(flash), g=rng.choice(own.gifts))


def bookish(sample: Sample, brief: Brief | None, rng: random.Random) -> Spoiled | None:
    """Write what is said: bookish words for spoken ones, connectives before sentences, no particles."""
    own = words()[sample.half]
    pattern = re.compile("|".join(sorted(map(re.escape, own.bookish), key=len, reverse=True)))
    spoiled = tuple((kind, _formal(text, own, pattern, rng)) for kind, text in sample.sections)
    return spoiled if spoiled != sample.sections else None


def _formal(text: str, own: Words, pattern: re.Pattern[str], rng: random.Random) -> str:
    parts = []
    for sentence in _sentences(_PARTICLE.sub("", text)):
        plain = pattern.sub(lambda found: own.bookish[found[0]] if rng.random() < 0.6 else found[0], sentence)
        parts.append((rng.choice(own.connectives) if rng.random() < 0.25 else "") + plain)
    return "".join(parts)


def dropped_closing(sample: Sample, brief: Brief | None, rng: random.Random) -> Spoiled | None:
    """Leave out the closing; of a text without sections its last fifth."""
    if any(kind == "closing" for kind, _ in sample.sections):
        return tuple(section for section in sample.sections if section[0] != "closing")
    if not sample.whole:
        return None
    text = sample.sections[0][1]
    parts = _pieces(text)
    return ((None, "".join(parts[: -max(2, len(parts) // 5)])),)


def shuffled(sample: Sample, brief: Brief | None, rng: random.Random) -> Spoiled | None:
    """Say the sentences in another order; each section keeps how many it has."""
    counts = [len(_pieces(text)) for _, text in sample.sections]
    parts = [part for _, text in sample.sections for part in _pieces(text)]
    if not sample.whole or len(parts) < 4:
        return None
    mixed = parts[:]
    while mixed == parts:
        rng.shuffle(mixed)
    said = iter(mixed)
    return tuple(
        (kind, "".join(next(said) for _ in range(count)))
        for (kind, _), count in zip(sample.sections, counts, strict=True)
    )


def forbidden_words(sample: Sample, brief: Brief | None, rng: random.Random) -> Spoiled | None:
    """Say something that the advertising law or the platform forbids."""
    number = rng.randrange(len(sample.sections))
    kind, text = sample.sections[number]
    parts = _sentences(text)
    parts.insert(rng.randint(0, len(parts)), rng.choice(words()[sample.half].forbidden) + "。")
    return _with(sample, number, (kind, "".join(parts)))


def repeated(sample: Sample, brief: Brief | None, rng: random.Random) -> Spoiled | None:
    """Say a quarter of the sentences again, right after or later."""
    number = max(range(len(sample.sections)), key=lambda n: len(sample.sections[n][1]))
    kind, text = sample.sections[number]
    parts = _pieces(text)
    for sentence in rng.sample(parts, max(1, len(parts) // 4)):
        at = parts.index(sentence)
        parts.insert(rng.randint(at + 1, len(parts)), sentence)
    return _with(sample, number, (kind, "".join(parts)))


def vague(sample: Sample, brief: Brief | None, rng: random.Random) -> Spoiled | None:
    """Praise in words that fit any product, where the product's own points stood."""
    if brief is None:
        return None
    praise = words()[sample.half].vague
    empty = "".join(rng.sample(praise, min(4, len(praise))))
    changed = tuple((kind, empty if kind in ("selling_points", "proof") else text) for kind, text in sample.sections)
    return changed if changed != sample.sections else None


CORRUPTIONS: Mapping[str, Corruption] = {
    "wrong_price": Corruption(Criterion.CREDIBILITY, wrong_price),
    "stale_offer": Corruption(Criterion.CREDIBILITY, stale_offer),
    "bookish": Corruption(Criterion.ORAL_STYLE, bookish),
    "dropped_closing": Corruption(Criterion.PERSUASIVE_CLOSING, dropped_closing),
    "shuffled": Corruption(Criterion.FORMAT, shuffled),
    "forbidden_words": Corruption(Criterion.SAFETY, forbidden_words),
    "repeated": Corruption(Criterion.RICHNESS, repeated),
    "vague": Corruption(Criterion.TARGETED_SELLING_POINTS, vague),
}


def _sentences(text: str) -> list[str]:
    return _SENTENCE.findall(text)


def _pieces(text: str) -> list[str]:
    """Sentences, or clauses where a text has hardly a full stop."""
    parts = _sentences(text)
    return parts if len(parts) >= 3 or len(clauses(text)) < 8 else _CLAUSE.findall(text)


def _with(sample: Sample, number: int, section: Section) -> Spoiled:
    return tuple(section if n == number else old for n, old in enumerate(sample.sections))
