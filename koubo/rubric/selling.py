"""What a text does to sell: the product's own points; a closing that asks, restates the price, does not bluff."""

from __future__ import annotations

import re
from collections.abc import Sequence

from koubo.rubric.amounts import amounts
from koubo.rubric.scorecard import Criterion, CriterionScore, Evidence, ScoredScript
from koubo.rubric.settings import Rubric
from koubo.rubric.style import clamp, sentences
from koubo.script.brief import Brief
from koubo.script.slots import LABELLED, POINTS, Slot
from koubo.script.tables import words

SECONDS_A_POINT = 12
"""A script is expected to bring one point in so many seconds, four at most."""
_GENERIC = 3
_PRESSING = (Slot.STOCK, Slot.DEADLINE, Slot.ACTIVITY)
_SCARCE = re.compile(r"限量|限时|只剩|仅剩|手慢无|最后[^，。！？]{0,3}[件单份个套分秒]|抢完|库存")


def selling_points_score(text: ScoredScript, brief: Brief | None) -> CriterionScore:
    """Score how many of the product's points are said; without a brief, how many attributes are spoken of at all."""
    if brief is None:
        claims = [claim for claim in words("claims.yaml") if claim in text.written]
        found = tuple(Evidence(claim, "attribute", "no brief to compare with") for claim in claims)
        return CriterionScore(Criterion.TARGETED_SELLING_POINTS, clamp(len(claims) / _GENERIC), found)
    points = [brief.available[slot] for slot in (*POINTS, *LABELLED) if slot in brief.available]
    brought = [point for point in points if _is_said(point, text.written)]
    wanted = min(len(points), 4, max(1, brief.request.seconds // SECONDS_A_POINT))
    named = brief.short_name in text.written or brief.title in text.written
    evidence = [Evidence(point, "said", "a fact of the product") for point in brought]
    evidence += [Evidence(point, "not_said", "a fact of the product") for point in points if point not in brought]
    if not named:
        evidence.append(Evidence(brief.short_name, "not_named", "the product's name is not said"))
    if not points:
        evidence.append(Evidence("", "no_facts", "the catalogue and its pictures give no selling point to say"))
    share = len(brought) / wanted if wanted else 0.0
    return CriterionScore(
        Criterion.TARGETED_SELLING_POINTS, clamp(0.85 * min(1.0, share) + 0.15 * named), tuple(evidence)
    )


def _is_said(point: str, text: str) -> bool:
    """Say whether most of a point's pairs of characters stand in the text together."""
    flat = re.sub(r"\W", "", point)
    pairs = [flat[i : i + 2] for i in range(len(flat) - 1)]
    whole = re.sub(r"\W", "", text)
    return bool(pairs) and sum(pair in whole for pair in pairs) / len(pairs) >= 0.75


def closing_score(text: ScoredScript, brief: Brief | None, rubric: Rubric) -> CriterionScore:
    """Score the call to buy, the price said again (or in the offer just before), and urgency that facts bear out."""
    closing, before = _ending(text)
    evidence: list[Evidence] = []
    call = _first(rubric.call_to_action, closing)
    evidence.append(Evidence(call or "", "call_to_action", "asks to buy" if call else "nobody is asked to buy"))
    price = next((a.words for a in amounts(closing) if a.money), None)
    near = price or next((a.words for a in amounts(before) if a.money), None)
    where = "restated" if price else "said in the offer" if near else "no price near the end"
    evidence.append(Evidence(price or near or "", "price", where))
    pressed = _urgency(closing, brief, rubric, evidence)
    score = 0.5 * bool(call) + (0.3 if price else 0.2 if near else 0.0) + pressed
    return CriterionScore(Criterion.PERSUASIVE_CLOSING, clamp(score), tuple(evidence))


def _urgency(closing: str, brief: Brief | None, rubric: Rubric, evidence: list[Evidence]) -> float:
    """Give a fifth for urgency that is true, or a doubt taken away; take as much for scarcity made up."""
    scarce = _SCARCE.search(closing)
    if scarce and brief is not None and not any(slot in brief.available for slot in _PRESSING):
        evidence.append(Evidence(scarce.group(), "made_up_urgency", "no stock, deadline or promotion says so"))
        return -0.2
    pressing = _first(rubric.urgency, closing) or _first(rubric.reassurance, closing)
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
    parts = sentences(text.written)
    count = max(2, len(parts) // 5)
    return "。".join(parts[-count:]), "。".join(parts[-2 * count : -count])


def _first(among: Sequence[str], text: str) -> str | None:
    return next((word for word in among if word in text), None)
