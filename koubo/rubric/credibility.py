"""Credibility: every number, promotion, promise and claim of a text is held against the brief's facts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from koubo.catalog.facts import FactKind
from koubo.rubric.amounts import Amount, amounts
from koubo.rubric.known_numbers import Known, known_numbers, support_of, unit_after
from koubo.rubric.price_names import PromotionWord, named, price_names
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript, clamp
from koubo.rubric.sentences import grams, whole_sentences
from koubo.rubric.settings import Costs, RubricError
from koubo.script.brief import Brief
from koubo.script.tables import words

UNKNOWN = 0.5
"""Score of a text with numbers or claims and no brief to hold them against: neither shown nor refuted."""
_QUOTE = re.compile(
    r"(?:买家|买过的人|顾客|老客|姐妹|朋友|家人)[^，。！？“]{0,4}说[^，。！？“]{0,2}，?[“\"]([^”\"]+)[”\"]"
)
_OF_MONEY = frozenset(
    {"list_price", "usual", "member", "flash", "deal", "page_price", "reduction", "threshold", "stock"}
)
_SMALL = frozenset("一二两三四五六七八九十")

REACH = 14
"""So far before an amount stands what it is of (两盒算下来)."""
ABOUT = Decimal("0.8")
"""不到一块 is true of eighty fen and more, 七十多 of up to eighty-seven."""
_COUNTS_NOTHING = re.compile(r"第|买[^送赠]{1,2}$|一块$")
"""An order (第二条), what a buyer may buy (买五双), a piece (一块布)."""
_PREFIX = re.compile("^[买送赠减满]")
_GIFT = re.compile(r"(?:送|赠品?)(?:你|您|大家|一份|一个|你们|的是|是)*([^，。！？]{1,12})")


class Promise(BaseModel):
    """A promise of the shop: the words that make it (a regular expression), and words of a fact that bear it out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    says: re.Pattern[str]
    borne_out_by: tuple[str, ...]


def credibility_score(text: ScoredScript, brief: Brief | None, costs: Costs) -> CriterionScore:
    """Score what no fact stands for; each is named, with what the facts say instead."""
    if brief is None:
        return _without_brief(text)
    written, known = text.written, known_numbers(brief)
    checks: tuple[Callable[[], Iterator[Evidence]], ...] = (
        lambda: _numbers(written, known),
        lambda: _promotions(written, brief),
        lambda: _promises(written, brief),
        lambda: _claims(written, brief),
        lambda: _quotes(written, brief),
    )
    found = [evidence for check in checks for evidence in check()]
    kept = {rule: 1 - cost for rule, cost in costs.model_dump().items()}
    score = math.prod(kept[evidence.rule] for evidence in found)
    checked = sum(1 for _ in amounts(written))
    wrong = sum(evidence.rule in ("wrong_price", "untraced_number") for evidence in found)
    note = Evidence("", "traced", f"{checked - wrong} of {checked} numbers have a fact")
    return CriterionScore(Criterion.CREDIBILITY, clamp(score), (note, *found))


def _without_brief(text: ScoredScript) -> CriterionScore:
    claims = [amount.words for amount in amounts(text.written)]
    claims += [claim for claim in words("claims.yaml") if claim in text.written]
    evidence = [Evidence(claim, "unknown", "no brief to hold it against") for claim in claims]
    return CriterionScore(Criterion.CREDIBILITY, UNKNOWN if claims else 1.0, tuple(evidence))


def _numbers(text: str, known: Known) -> Iterator[Evidence]:
    for amount in amounts(text):
        if not _COUNTS_NOTHING.match(amount.words):
            yield from _number(text, amount, known)


def _number(text: str, amount: Amount, known: Known) -> Iterator[Evidence]:
    """Hold one number against what it claims to be; one without a name against all that it could be."""
    prefix = _PREFIX.match(amount.words)
    claim = named(text, amount.start + (prefix.end() if prefix else 0))
    if text[amount.end : amount.end + 1] == "折" or amount.words.endswith("折"):
        if amount.value not in known.percents:
            yield Evidence(amount.words.rstrip("折") + "折", "wrong_offer", f"{_listed(known.percents)} 折 runs")
    elif claim and claim.name == "threshold" and (off := _taken_off(text, amount)) is not None:
        if (amount.value, off) not in known.pairs:
            pairs = ", ".join(f"满{one:f}减{two:f}" for one, two in sorted(known.pairs)) or "nothing"
            yield Evidence(f"满{amount.value:f}减{off:f}", "wrong_offer", f"runs now: {pairs}")
    elif claim and (amount.money or claim.name in _OF_MONEY):
        if not _holds(known.named[claim.name], text, amount, known):
            yield Evidence(amount.words, "wrong_price", f"{claim.words} is {_listed(known.named[claim.name])}")
    elif amount.money:
        if not _holds(known.money | known.paid, text, amount, known):
            yield Evidence(amount.words, "wrong_price", f"no price or promotion says so; known: {_listed(known.money)}")
    elif not _traced(text, amount, known) and not _is_small_count(text, amount):
        yield Evidence(amount.words, "untraced_number", "no fact holds this number")


def _holds(values: frozenset[Decimal], text: str, amount: Amount, known: Known) -> bool:
    """Say whether an amount is one of the values, follows from prices by counting, or is about one of them."""
    if amount.value in values:
        return True
    if "块" in known.units.get(amount.value, ()) and text[amount.end : amount.end + 1] == "块":
        return True  # pieces, not yuan
    if not amount.money:
        return _traced(text, amount, known)
    words_of = price_names().counting
    before = text[max(0, amount.start - REACH) : amount.start]
    counted = known.each if words_of["each"].search(before) else frozenset[Decimal]()
    counted |= known.several if words_of["several"].search(before) else frozenset()
    return amount.value in counted or _is_about(text, amount, counted | known.paid)


def _is_about(text: str, amount: Amount, values: frozenset[Decimal]) -> bool:
    """Say whether 不到一块, 快七十块, 七毛多 is true of a value."""
    if price_names().counting["below"].search(text[: amount.start]):
        return any(ABOUT * amount.value <= value <= amount.value for value in values)
    return bool(price_names().counting["above"].match(text, amount.end)) and any(
        amount.value <= value <= amount.value / ABOUT for value in values
    )


def _is_small_count(text: str, amount: Amount) -> bool:
    """A host counts what everybody sees (两个颜色, 三样); no measure of the product."""
    return amount.words in _SMALL and unit_after(text, amount.end) not in price_names().measured


def _taken_off(text: str, threshold: Amount) -> Decimal | None:
    """Return what is taken off from a threshold on (满199减20); None where nothing follows."""
    rest = text[threshold.end : threshold.end + 14]
    sign = re.match(r"[元块]?(?:的)?[，]?(?:立|直|就|再|可以|能)?减", rest)
    if sign is None:
        return None
    number = next(amounts(rest[sign.end() - 1 :]), None) or next(amounts(rest), None)
    return number.value if number else None


def _traced(text: str, amount: Amount, known: Known) -> bool:
    """Say whether a fact holds the number, and not of another unit."""
    units = known.units.get(amount.value)
    if units is None:
        return amount.value in known.money | known.paid | known.several
    unit = unit_after(text, amount.end)
    return not unit or unit in units or "" in units


def _listed(values: frozenset[Decimal]) -> str:
    return ", ".join(format(value, "f") for value in sorted(values)) or "nothing"


def _promotions(text: str, brief: Brief) -> Iterator[Evidence]:
    """Promotions spoken of that do not run."""
    running = {promotion.kind for promotion in brief.promotions}
    for kind, pattern in price_names().promotions.items():
        found = pattern.search(text)
        if found is None:
            continue
        if kind == "gift":
            yield from _gifts(text, brief)
        elif not (running if kind == "any" else kind in running):
            yield Evidence(found.group(), "wrong_offer", _not_running(kind))


def _not_running(kind: PromotionWord) -> str:
    return "no promotion runs" if kind == "any" else f"no {kind} runs"


def _gifts(text: str, brief: Brief) -> Iterator[Evidence]:
    """Gifts that no running promotion gives."""
    given = {pair for promotion in brief.promotions if promotion.kind == "gift" for pair in grams(promotion.gift, 2)}
    for found in price_names().promotions["gift"].finditer(text):
        what = _GIFT.search(text, found.start())
        said = set(grams(what[1], 2)) if what else set()
        if not given or (said and not said & given):
            yield Evidence(found.group() + (what[1] if what else ""), "wrong_offer", "no running promotion gives it")


def _promises(text: str, brief: Brief) -> Iterator[Evidence]:
    support = "\n".join(support_of(brief))
    for promise in promises().values():
        found = promise.says.search(text)
        if found and not any(word in support for word in promise.borne_out_by):
            yield Evidence(found.group(), "unsupported_claim", "no fact promises it")


def _claims(text: str, brief: Brief) -> Iterator[Evidence]:
    """Attributes claimed without a fact; what is asked of the audience claims nothing."""
    support, promised = "\n".join(support_of(brief)), promises()
    for sentence in whole_sentences(text):
        asked = sentence.rstrip("”」").endswith(("？", "?"))
        for claim, synonyms in words("claims.yaml").items():
            known = any(word in support for word in (claim, *synonyms))
            if claim in sentence and not asked and not known and claim not in promised:
                yield Evidence(claim, "unsupported_claim", "no fact of the product says so")


def _quotes(text: str, brief: Brief) -> Iterator[Evidence]:
    """Words put into buyers' mouths that no review holds."""
    kinds = (FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE)
    reviews = {pair for fact in brief.facts if fact.kind in kinds for pair in grams(fact.value, 2)}
    for found in _QUOTE.finditer(text):
        pairs = grams(found[1], 2)
        if pairs and sum(pair in reviews for pair in pairs) / len(pairs) < 0.6:
            yield Evidence(found[1], "unsupported_claim", "no review says so")


@cache
def promises() -> Mapping[str, Promise]:
    """The promises that come with Koubo."""
    text = files("koubo.rubric").joinpath("data", "promises.yaml").read_text(encoding="utf-8")
    try:
        return TypeAdapter(dict[str, Promise]).validate_python(yaml.safe_load(text))
    except (ValidationError, yaml.YAMLError, re.error) as error:
        raise RubricError(f"koubo/rubric/data/promises.yaml: {error}") from error
