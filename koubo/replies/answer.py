"""A viewer's comment to a reply: intent, facts, a line. No word of the comment is ever part of what is said.

The comment only chooses: which intent, which fact, which line. What is said are lines of data/replies.yaml, whose slots
hold live values and facts that pass the guard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from koubo.catalog.facts import Fact
from koubo.catalog.store import LiveProduct
from koubo.replies.asked import Asked, look
from koubo.replies.fact_answers import comparison_outcome, fact_outcome, size_outcome
from koubo.replies.intent import Intent
from koubo.replies.lines import Case, line
from koubo.replies.live_answers import live_outcome
from koubo.replies.outcome import Outcome, left_to_a_person, of_another_product, with_rest_open
from koubo.replies.parts import questions
from koubo.replies.reply import Manner, Reply, Why
from koubo.script.folded import flat
from koubo.script.guard import text_findings
from koubo.script.names import spoken_name
from koubo.script.render import Reader, RenderedSentence, render_sentences
from koubo.script.slots import Slot, SlotValue

_ABOUT_ALL = frozenset({Intent.PRICE, Intent.DISCOUNT, Intent.STOCK})
_OF_PRODUCT = _ABOUT_ALL | {Intent.SIZE, Intent.SHIPPING, Intent.MATERIAL, Intent.AFTER_SALES}
"""Intents that weigh more than a sign that buys only a line."""
_HARDLY = 0.5
"""Confidence below which nothing says that a comment is off topic: it is logged, not thanked."""
_PRICES = frozenset({Case.PRICE, Case.PRICE_OPTION, Case.PRICE_SOLD_OUT})
_LETTER = re.compile(r"[^\W_]")


def reply(comment: str, live: LiveProduct, manner: Manner, read: Reader) -> Reply:
    """Reply to a viewer's comment about a product as it is sold at ``live.at``.

    Deterministic: the same comment, product, values and manner give the same reply. Where a sentence would hold
    anything that the guard finds, nothing of it is said: the honest line stands in, with the warning `withheld`.
    """
    asked = look(comment, live, manner)
    outcome = _outcome(asked)
    sentences, values = _said(asked, outcome, read)
    if any(_faults(sentences, live)):
        outcome = replace(left_to_a_person(asked, Why.WITHHELD), warnings=(*outcome.warnings, "withheld"))
        sentences, values = _said(asked, outcome, read)
    return Reply(
        product_id=live.product.id,
        as_of=live.version,
        at=live.at,
        understood=asked.understood,
        answered=outcome.answered,
        open=outcome.open,
        sentences=sentences,
        facts=_facts(sentences, values),
        images=live.product.images,
        persona=manner.persona,
        warnings=_warnings(asked, outcome, values),
    )


def _outcome(asked: Asked) -> Outcome:
    """Decide what is said: first what is not for a host to answer, then to each question by its intent."""
    if (special := _special(asked)) is not None:
        return special
    parts = questions(asked.comment)
    outcome = _several(asked, parts) if len(parts) > 1 else _one(asked)
    turned = tuple(sorted(asked.signs & {"instruction", "off_platform"}))
    return replace(outcome, warnings=(*outcome.warnings, *turned))


def _one(asked: Asked) -> Outcome:
    """Decide what is said to a comment that asks one thing."""
    intent = asked.understood.intent
    if "trouble" in asked.signs and not asked.found:
        return left_to_a_person(asked, Why.NO_FACT)
    if intent in _ABOUT_ALL:
        return live_outcome(asked, intent)
    if intent is Intent.COMPARISON and not asked.options.several:
        return comparison_outcome(asked)
    if intent in (Intent.OFF_TOPIC, Intent.ABUSE):
        return _off_topic(asked)
    if intent is Intent.BUYING and not asked.found and "payment" not in asked.signs:
        return _buying(asked)
    worn = intent is Intent.SIZE or (intent is Intent.FEATURE and "穿" in asked.comment)
    return size_outcome(asked) if worn and asked.body else fact_outcome(asked)


def _off_topic(asked: Asked) -> Outcome:
    """A greeting is thanked; a comment of which nothing is understood is logged."""
    if asked.other is not None:
        return of_another_product(asked)
    if asked.understood.confidence < _HARDLY and _LETTER.search(flat(asked.comment)):
        return left_to_a_person(asked, Why.NO_FACT)
    return Outcome((Case.OFF_TOPIC,), asked.values())


def _buying(asked: Asked) -> Outcome:
    return of_another_product(asked) if asked.other else Outcome((Case.BUYING,), asked.values(), answered=True)


def _several(asked: Asked, parts: Sequence[str]) -> Outcome:
    """Answer two of several questions; what is left is logged. Where none is answered alone, the whole is looked at."""
    outcomes = [_one(_part(asked, part)) for part in parts]
    said = _different([outcome for outcome in outcomes if outcome.answered])
    if not said:
        return _one(asked)
    left = next((outcome.open for outcome in outcomes if outcome.open), Why.NO_FACT if len(said) > 2 else None)
    first = said[0] if len(said) == 1 else _both(said[0], said[1])
    return with_rest_open(first, left) if left else first


def _part(asked: Asked, part: str) -> Asked:
    """Look at a part of a comment as one of its own; the options, the pieces and the body hold for all of it."""
    own = look(part, asked.live, asked.manner)
    named = own.options.named or own.options.unknown or own.options.several
    return replace(own, options=own.options if named else asked.options, body=asked.body)


def _different(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the answers that say something of their own, in order; the line of a price holds the offers as well."""
    said = list({_said_by(outcome): outcome for outcome in reversed(outcomes)}.values())[::-1]
    if any(_PRICES.intersection(outcome.cases) for outcome in said):
        return [outcome for outcome in said if Case.DISCOUNT_OFFER not in outcome.cases]
    return said


def _said_by(outcome: Outcome) -> tuple[object, ...]:
    """What tells one answer from another: two questions may have the same."""
    slots = (Slot.ANSWER, Slot.SPEC, Slot.SIZE)
    return (outcome.cases, *(outcome.values[slot].written for slot in slots if slot in outcome.values))


def _both(first: Outcome, second: Outcome) -> Outcome:
    """Two answers: two facts in one line, else a sentence each."""
    if first.cases == second.cases == (Case.FACT,):
        answer2 = replace(second.values[Slot.ANSWER], slot=Slot.ANSWER2)
        return replace(first, cases=(Case.TWO_FACTS,), values={**first.values, Slot.ANSWER2: answer2})
    return replace(first, warnings=(*first.warnings, *second.warnings), also=second)


def _special(asked: Asked) -> Outcome | None:
    """Threats and insults get no word; orders to a machine, deals elsewhere and complaints get a line of their own."""
    if "threat" in asked.signs:
        return Outcome((), open=Why.THREAT)
    if "dispute" in asked.signs:
        return Outcome((Case.DISPUTE,), asked.values(), open=Why.DISPUTE)
    if "report" in asked.signs:
        return Outcome((Case.REPORT,), asked.values(), open=Why.REPORT)
    if asked.understood.intent is Intent.ABUSE:
        return Outcome(())
    if "asks" in asked.signs and (asked.found or asked.understood.intent in _OF_PRODUCT):
        return None
    if "off_platform" in asked.signs:
        return Outcome((Case.OFF_PLATFORM,), asked.values(), warnings=("off_platform",))
    if "instruction" in asked.signs:
        return Outcome((Case.OFF_TOPIC,), asked.values(), warnings=("instruction",))
    return None


def _said(asked: Asked, outcome: Outcome, read: Reader) -> tuple[tuple[RenderedSentence, ...], tuple[SlotValue, ...]]:
    """Return the sentences of the first case that has a line, those said after it, and the values of their slots."""
    key = (asked.manner.seed, asked.live.product.id, flat(asked.comment))
    after, used = _said(asked, outcome.also, read) if outcome.also is not None else ((), ())
    for case in outcome.cases:
        if (text := line(case, asked.manner.persona, key, outcome.values)) is not None:
            sentences = render_sentences(text, outcome.values, read)
            return (*sentences, *after), (*outcome.values.values(), *used)
    return after, used


def _faults(sentences: Sequence[RenderedSentence], live: LiveProduct) -> Iterator[object]:
    """Look at the whole once more: what no slot would say alone may be said by two together."""
    for sentence in sentences:
        yield from text_findings(sentence.written, live.product, compatible=True)
        yield from text_findings(sentence.spoken, live.product, compatible=True)


def _facts(sentences: Sequence[RenderedSentence], values: Sequence[SlotValue]) -> tuple[Fact, ...]:
    """Return the facts said, in order."""
    known = {fact.id: fact for value in values for fact in value.facts}
    said = dict.fromkeys(fact_id for sentence in sentences for fact_id in sentence.fact_ids)
    return tuple(known[fact_id] for fact_id in said)


def _warnings(asked: Asked, outcome: Outcome, values: Sequence[SlotValue]) -> tuple[str, ...]:
    named = any(value.slot is Slot.NAME for value in values)
    own = ("name_withheld",) if named and spoken_name(asked.live.product).withheld else ()
    sold_out = ("sold_out",) if asked.live.stock == 0 else ()
    return tuple(dict.fromkeys((*outcome.warnings, *own, *sold_out)))
