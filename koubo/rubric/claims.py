"""Credibility: every number and claim of a text is held against the brief's facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from koubo.catalog.facts import FactKind
from koubo.catalog.offers import Offer
from koubo.rubric.amounts import Amount, amounts
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript
from koubo.rubric.style import clamp
from koubo.script.brief import Brief
from koubo.script.choose import NEVER_SAID
from koubo.script.slots import Slot
from koubo.script.tables import words

UNKNOWN = 0.5
"""Score of a text with numbers or claims and no brief to hold them against: neither shown nor refuted."""
_MONEY_KINDS = (FactKind.PRICE, FactKind.LIST_PRICE, FactKind.SKU_PRICE, FactKind.PROMOTION)
_LABEL = re.compile(r"(到手价?|划线价|原价|现价|页面价)(?:就是|只要|只有|是|才|一共)?[¥￥]?$")
_COSTS = {"wrong_price": 0.45, "untraced_number": 0.25, "unsupported_claim": 0.2}


def credibility_score(text: ScoredScript, brief: Brief | None) -> CriterionScore:
    """Score the numbers and claims that no fact stands for, each named."""
    if brief is None:
        return _without_brief(text)
    found = [*_numbers(text.written, brief), *_claims(text.written, brief)]
    score = 1 - sum(_COSTS[evidence.rule] for evidence in found)
    checked = sum(1 for _ in amounts(text.written))
    note = Evidence(
        "", "traced", f"{checked - sum(e.rule != 'unsupported_claim' for e in found)} of {checked} numbers have a fact"
    )
    return CriterionScore(Criterion.CREDIBILITY, clamp(score), (note, *found))


def _without_brief(text: ScoredScript) -> CriterionScore:
    claims = [a.words for a in amounts(text.written)] + [c for c in words_of_claims() if c in text.written]
    evidence = [Evidence(claim, "unknown", "no brief to hold it against") for claim in claims]
    return CriterionScore(Criterion.CREDIBILITY, UNKNOWN if claims else 1.0, tuple(evidence))


def words_of_claims() -> Iterable[str]:
    """The words that claim an attribute."""
    return words("claims.yaml")


def _numbers(text: str, brief: Brief) -> Iterator[Evidence]:
    money, known = _money_values(brief), _values(_support(brief))
    for amount in amounts(text):
        label = _LABEL.search(text[: amount.start])
        wanted = _labelled(label[1], brief) if label else None
        if wanted is not None and amount.value not in wanted:
            yield Evidence(amount.words, "wrong_price", f"{label[1] if label else ''} is {_listed(wanted)}")
        elif amount.money and amount.value not in money:
            yield Evidence(amount.words, "wrong_price", f"no price or promotion says so; known: {_listed(money)}")
        elif not amount.money and amount.value not in known | money:
            yield Evidence(amount.words, "untraced_number", "no fact holds this number")


def _listed(values: Iterable[Decimal]) -> str:
    return ", ".join(format(value, "f") for value in sorted(values)) or "nothing"


def _labelled(label: str, brief: Brief) -> set[Decimal]:
    """The values that a label allows: 到手 only an offer that was proved."""
    if label.startswith("到手"):
        return {brief.offer.total, brief.offer.unit_price} if isinstance(brief.offer, Offer) else set()
    slot = {"划线价": Slot.LIST_PRICE, "原价": Slot.LIST_PRICE}.get(label, Slot.PRICE)
    return {a.value for a in amounts(brief.available.get(slot, ""))}


def _money_values(brief: Brief) -> set[Decimal]:
    """Every amount of money that a fact, a slot or a promotion names."""
    facts = [fact.value for fact in brief.facts if fact.kind in _MONEY_KINDS]
    return _values([*facts, *(brief.available.get(slot, "") for slot in Slot)])


def _support(brief: Brief) -> list[str]:
    spoken = [f.label + " " + f.value for f in brief.facts if f.kind not in NEVER_SAID]
    return [brief.title, *spoken, *brief.available.values()]


def _values(texts: Iterable[str]) -> set[Decimal]:
    return {amount.value for text in texts for amount in _all(text)}


def _all(text: str) -> Iterator[Amount]:
    return amounts(text)


def _claims(text: str, brief: Brief) -> Iterator[Evidence]:
    """Attributes claimed without a fact; what is asked of the audience claims nothing."""
    support = "\n".join(_support(brief))
    for sentence in re.findall("[^。！？!?]+[。！？!?]?", text):
        asked = sentence.endswith(("？", "?"))
        for claim, synonyms in words("claims.yaml").items():
            if claim in sentence and not asked and not any(word in support for word in (claim, *synonyms)):
                yield Evidence(claim, "unsupported_claim", "no fact of the product says so")
