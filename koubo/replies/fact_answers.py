"""What is said by facts: the one that answers, a size for a body, a point of the product's own beside another's."""

from __future__ import annotations

import re
from dataclasses import replace

from koubo.catalog.answers import Answer
from koubo.catalog.facts import Fact, FactKind
from koubo.catalog.store import LiveProduct
from koubo.replies.asked import LIVE, Asked
from koubo.replies.expects import left_open
from koubo.replies.guard import may_say, name_findings
from koubo.replies.lines import Case
from koubo.replies.outcome import Outcome, left_to_a_person, with_rest_open
from koubo.replies.reply import Why
from koubo.replies.sizing import body, fitting, same_body
from koubo.replies.values import fact_value, in_one_line, size_value, sizes_there_are
from koubo.script.choose import choose_facts
from koubo.script.guard import text_findings
from koubo.script.names import NAMELESS, spoken_name
from koubo.script.slots import POINTS, Slot, SlotValue

NEARLY = 0.15
"""Where the best fact must not be said, another stands in only if it answers nearly as well."""


def comparison_outcome(asked: Asked) -> Outcome:
    """Nothing is said of others: a point of the product's own, where there is one."""
    values = dict(asked.values())
    own = [fact for fact in asked.live.facts if fact.kind not in LIVE and may_say(fact, asked.live.product)]
    chosen = choose_facts(own, values[Slot.NAME].written if Slot.NAME in values else NAMELESS, ())
    by_id = {fact.id: fact for fact in own}
    point = next((by_id[chosen[slot]] for slot in POINTS if slot in chosen), None)
    if point is not None:
        values[Slot.ANSWER] = fact_value(Slot.ANSWER, point)
    return Outcome((Case.COMPARISON, Case.COMPARISON_BARE), values)


def size_outcome(asked: Asked) -> Outcome:
    """A size for a body: only what a size table or an answered question says of such a body."""
    facts = [fact for fact in asked.live.facts if _stands(fact, asked.live)]
    rows = fitting([fact for fact in facts if _table_may_be_said(fact, asked)], asked.body)
    if rows:
        values = {**asked.values(), Slot.SIZE: size_value(rows)}
        return Outcome((Case.SIZE,), values, answered=True)
    told = next((fact for fact in facts if _tells_size(fact, asked)), None)
    if told is not None:
        return Outcome((Case.FACT,), {**asked.values(), Slot.ANSWER: fact_value(Slot.ANSWER, told)}, answered=True)
    sizes = sizes_there_are([fact for fact in map(in_one_line, facts) if may_say(fact, asked.live.product)])
    values = dict(asked.values())
    if sizes is not None:
        values[Slot.SIZE] = sizes
    return Outcome((Case.OPEN_SIZE, Case.OPEN), values, open=Why.SIZE)


def _tells_size(fact: Fact, asked: Asked) -> bool:
    """Say whether a fact is an answered question about such a body, and may be said."""
    if fact.kind is not FactKind.QUESTION_ANSWER or not body(fact.label):
        return False
    return same_body(fact, asked.body) and may_say(fact, asked.live.product)


def _table_may_be_said(fact: Fact, asked: Asked) -> bool:
    """Of a size table only its sizes and ranges are said, never its words; a badly read picture says nothing."""
    return not any(finding.rule == "hidden" for finding in text_findings(fact.value, asked.live.product)) and (
        fact.confidence >= 0.85
    )


def fact_outcome(asked: Asked) -> Outcome:
    """The fact that answers; else the honest line. What it leaves open of the question is logged."""
    found = _fitting_answers(asked)
    sayable = [(one, value) for one in found if (value := _answer_value(asked, one)) is not None]
    good = [(one, value) for one, value in sayable if one.score >= found[0].score - NEARLY]
    if not good:
        return left_to_a_person(asked, Why.WITHHELD if found else Why.NO_FACT)
    first, said = good[0]
    outcome = Outcome((Case.FACT,), {**asked.values(), Slot.ANSWER: said}, answered=True)
    return with_rest_open(outcome, Why.NO_FACT) if left_open(asked.comment, (first.fact,)) else outcome


def _fitting_answers(asked: Asked) -> list[Answer]:
    """What answers and still stands; an answer about another body than the comment's answers nothing."""
    standing = (one for one in asked.found if _stands(one.fact, asked.live))
    return [one for one in standing if same_body(one.fact, asked.body)]


def _answer_value(asked: Asked, one: Answer) -> SlotValue | None:
    """Return what a fact says; None where it must not be said. Of a title only the words that answer are said."""
    fact, words = in_one_line(one.fact), None
    if fact.kind is FactKind.NAME:
        word = one.why.partition("：")[2]
        part = next((part for part in re.split(r"[\s/|,，]+", fact.value) if word and word in part), None)
        if part is None:
            return None
        fact, words = replace(fact, kind=FactKind.SELLING_POINT, value=part), f"商品上写的是{part}"
    if fact.kind is FactKind.BRAND:
        words = f"品牌是{brand}" if (brand := spoken_name(asked.live.product).brand) else None
        return fact_value(Slot.ANSWER, fact, words) if words and not _strange(words, asked) else None
    return fact_value(Slot.ANSWER, fact, words) if may_say(fact, asked.live.product) else None


def _strange(words: str, asked: Asked) -> bool:
    return any(name_findings(words, asked.live.product))


def _stands(fact: Fact, live: LiveProduct) -> bool:
    started = fact.valid_from is None or fact.valid_from <= live.at
    return started and (fact.valid_until is None or live.at < fact.valid_until)
