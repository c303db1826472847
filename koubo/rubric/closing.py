"""Persuasive closing: it asks to buy, says the price again, gives a true reason to act, and does not bluff."""

from __future__ import annotations

import re
from collections.abc import Sequence

from koubo.rubric.amounts import amounts
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript, clamp
from koubo.rubric.sentences import clauses, whole_sentences
from koubo.rubric.settings import Closing
from koubo.script.brief import Brief
from koubo.script.slots import Slot

_PRESSING = (Slot.STOCK, Slot.DEADLINE, Slot.ACTIVITY)
_SCARCE = re.compile(r"限量|限时|只剩|仅剩|手慢无|最后[^，。！？]{0,3}[件单份个套分秒]|抢完|库存")


def closing_score(text: ScoredScript, brief: Brief | None, words: Closing) -> CriterionScore:
    """Score the call to buy, the price said again (or in the offer just before), and urgency that facts bear out."""
    closing, before = _ending(text)
    evidence: list[Evidence] = []
    call = _first(words.call_to_action, closing)
    evidence.append(Evidence(call or "", "call_to_action", "asks to buy" if call else "nobody is asked to buy"))
    price = _price(closing)
    near = price or _price(before)
    where = "restated" if price else "said in the offer" if near else "no price near the end"
    evidence.append(Evidence(near or "", "price", where))
    pressed = _urgency(closing, brief, words, evidence)
    score = 0.5 * bool(call) + (0.3 if price else 0.2 if near and closing else 0.0) + pressed
    return CriterionScore(Criterion.PERSUASIVE_CLOSING, clamp(score), tuple(evidence))


def _price(text: str) -> str | None:
    return next((amount.words for amount in amounts(text) if amount.money), None)


def _urgency(closing: str, brief: Brief | None, words: Closing, evidence: list[Evidence]) -> float:
    """Give a fifth for urgency that is true, or a doubt taken away; take as much for scarcity made up."""
    scarce = _SCARCE.search(closing)
    if scarce and brief is not None and not any(slot in brief.available for slot in _PRESSING):
        evidence.append(Evidence(scarce.group(), "made_up_urgency", "no stock, deadline or promotion says so"))
        return -0.2
    pressing = _first(words.urgency, closing) or _first(words.reassurance, closing)
    evidence.append(Evidence(pressing or "", "urgency", "a reason to act now" if pressing else "no reason to act now"))
    return 0.2 if pressing else 0.0


def _ending(text: ScoredScript) -> tuple[str, str]:
    """Return the closing and what stands before it: by sections, or the last fifth of the sentences."""
    kinds = [section.kind for section in text.sections]
    if "closing" in kinds:
        at = len(kinds) - 1 - kinds[::-1].index("closing")
        return text.sections[at].written, text.sections[at - 1].written if at else ""
    if any(kind is not None for kind in kinds):
        return "", ""
    return _last(text.written)


def _last(written: str) -> tuple[str, str]:
    parts = whole_sentences(written)
    if len(parts) < 2:
        parts = clauses(written)  # transcribed speech has commas only
    count = max(2, len(parts) // 5)
    return "，".join(parts[-count:]), "，".join(parts[-2 * count : -count])


def _first(among: Sequence[str], text: str) -> str | None:
    return next((word for word in among if word in text), None)
