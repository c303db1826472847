"""Which fact fills which slot: decided once, when the brief is made, by priority and by what can be said aloud."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from koubo.catalog.facts import Fact, FactKind
from koubo.reading.language import cantonese
from koubo.rubric.amounts import amounts
from koubo.rubric.safety import find_breaches
from koubo.script.alike import alike
from koubo.script.refused import families
from koubo.script.seen import seen
from koubo.script.slots import ANSWERS, LABELLED, POINTS, REVIEWS, Slot
from koubo.script.tables import words

SURE = 0.85
"""Pictures are quoted only where the recognition is at least this sure."""
NEVER_SAID = frozenset({FactKind.IMAGE_CLAIM, FactKind.REVIEW_COMPLAINT})
"""Kinds kept for replies and reports, and no script: what is unverified, and what buyers complain of."""
PRAISES = 2
"""Points at most that are what buyers say: the script should be about the product."""
_LONGEST = 40
_DEAL = re.compile(
    r"[¥￥]|\d\s*[元块]|只要\s*\d|仅[需售]|到手|低至|抢购|点击|立减|直降|满\s*\d|秒杀|特价|抽奖|免息|补贴|红包|券|限时|限量|https?:|www\.|@"
)
_STALE = re.compile(
    r"[\d一二两三四五六七八九]\s*折(?!叠)|半价|对折|打折|优惠|第[二2][件双盒瓶包份袋套个条支]|前[\d一二三五十百]+[名位个]|赠|加送|送小样"
    r"|[买拍满][\d一二两三四五六七八九十][^，。]{0,3}送|(?:有|搞|做|双十一|大促|店庆)活动|活动(?:价|期间|力度)|大促(?!(?:期间)?以)|比.{0,4}便宜"
)
"""Deals that a page, an answer or a buyer speaks of, in words: nothing says whether they still run."""
_ABOUT_MONEY = re.compile("(?<!评)价|到手|券|立减|立省|团购|拼团|补贴|红包|[定订]金|库存|赠|优惠|打折|便宜|多少钱")
_UNSAYABLE = re.compile(r"[：:;；\n【】\[\]{}<>|#]")
_CONTACT = re.compile(r"\d{8,}|微信|薇信|[vV]信|加[vV]|(?<![A-Za-z])(?:QQ|VX|vx)|公众号|私聊|私信|转账")
_STANDARD = re.compile(r"(?:GB|FZ|QB|SB|Q|DB)\s?/?\s?T?\s?\d")
_ATTRIBUTES = (FactKind.ATTRIBUTE, FactKind.IMAGE_ATTRIBUTE)
_LABELLED = (*_ATTRIBUTES, FactKind.QUESTION_ANSWER)


def choose_facts(facts: Sequence[Fact], name: str, banned: Sequence[str]) -> Mapping[Slot, str]:
    """Return the id of the fact for each slot of content. ``facts`` are by rank; ``name`` is said anyway."""
    sayable = [fact for fact in facts if is_sayable(fact, banned)]
    chosen: dict[Slot, Fact] = {}
    for fact in sayable:
        free = next((slot for slot in _own_slots(fact) if slot not in chosen), None)
        if free is not None:
            chosen[free] = fact
    points = _points(sayable, tuple(chosen.values()), name)
    chosen.update(zip(POINTS, points, strict=False))
    return {slot: fact.id for slot, fact in chosen.items()}


def is_sayable(fact: Fact, banned: Sequence[str] = ()) -> bool:
    """Say whether a fact's words can go on air: short, safe, readable, no price, deal, stock, contact,
    other place or brand, old news or boast, and nothing banned."""
    text = fact.label + fact.value if fact.kind in _LABELLED else fact.value
    if not fact.value.strip() or len(fact.value) > _LONGEST or fact.kind in NEVER_SAID:
        return False
    if fact.kind in _LABELLED and (_ABOUT_MONEY.search(fact.label) or fact.confidence < SURE):
        return False
    barred = (_UNSAYABLE, _DEAL, _STALE, _CONTACT)
    if any(pattern.search(text) for pattern in barred) or any(word in text for word in banned):
        return False
    if any(amount.money for amount in amounts(text)):  # 九块九, in words
        return False
    if cantonese(text) or _refused(fact, seen(text).text):
        return False
    return not any(breach.severity == "unsafe" for breach in find_breaches(text))


def _refused(fact: Fact, plain: str) -> bool:
    """Say whether a family that binds facts too has it (data/free_text.yaml); buyers' words name no other brand."""
    binding = [family for name, family in families().items() if family.facts or (name == "brand" and _is_hearsay(fact))]
    return any(any(family.found(plain)) for family in binding)


def _is_hearsay(fact: Fact) -> bool:
    return fact.kind in (FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE)


def label_slot(label: str) -> Slot | None:
    """Return the slot that an attribute's label belongs to: the exact label first, then one that holds it."""
    table = words("labels.yaml")
    for slot in (*LABELLED, Slot.AFTER_SALES, Slot.SERVICE):
        if label in table[slot]:
            return slot
    for slot in (Slot.AFTER_SALES, Slot.SERVICE):
        if any(word in label for word in table[slot]):
            return slot
    return None


def _own_slots(fact: Fact) -> tuple[Slot, ...]:
    """Return the slots that a fact may fill by its kind or label, the preferred first."""
    if fact.kind is FactKind.REVIEW_QUOTE:
        return REVIEWS
    if fact.kind is not FactKind.QUESTION_ANSWER and fact.kind not in _ATTRIBUTES:
        return ()
    slot = label_slot(fact.label)
    own = (slot,) if slot is not None else ()
    return (*own, *ANSWERS) if fact.kind is FactKind.QUESTION_ANSWER else own


def _points(sayable: Iterable[Fact], taken: Sequence[Fact], name: str) -> list[Fact]:
    """Choose selling points, then the attributes that have no slot of their own; nothing twice."""
    points: list[Fact] = []
    for fact in sayable:
        praised = sum(point.kind is FactKind.REVIEW_PRAISE for point in points)
        if fact in taken or not _is_point(fact) or (fact.kind is FactKind.REVIEW_PRAISE and praised == PRAISES):
            continue
        said = [name, *(other.value for other in (*taken, *points))]
        if not any(alike(fact.value, other) for other in said):
            points.append(fact)
    return points[: len(POINTS)]


def _is_point(fact: Fact) -> bool:
    if _STANDARD.search(fact.value):
        return False
    labels = words("labels.yaml")
    if fact.kind is FactKind.REVIEW_PRAISE:
        return fact.label not in labels["unpraised"]
    if fact.kind is FactKind.SELLING_POINT:
        return True
    unspoken = labels["unspoken"]
    return (
        fact.kind in _ATTRIBUTES and not any(word in fact.label for word in unspoken) and label_slot(fact.label) is None
    )
