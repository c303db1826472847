"""A viewer's comment to a reply: intent, facts, a line. No word of the comment is ever part of what is said.

The comment only chooses: which intent, which fact, which line. What is said are lines of data/replies.yaml, whose slots
hold live values and facts that pass the guard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from koubo.catalog.answers import Answer, answers
from koubo.catalog.facts import Fact, FactKind
from koubo.catalog.records import Promotion
from koubo.catalog.store import LiveProduct
from koubo.replies.deals import AskedDeal, Kind, asked_deal, may_be_hidden, running
from koubo.replies.expects import is_expected, left_open
from koubo.replies.guard import may_say, name_findings
from koubo.replies.intent import Intent, Understood, understand
from koubo.replies.lines import Case, line
from koubo.replies.named import Options, named_options, other_product, pieces
from koubo.replies.parts import complains, questions
from koubo.replies.reply import Manner, Reply, Why
from koubo.replies.sizing import Body, body, fitting, same_body
from koubo.replies.tables import signs
from koubo.replies.values import (
    deals_value,
    fact_value,
    in_one_line,
    live_values,
    size_value,
    sizes_there_are,
    sold,
)
from koubo.script.choose import choose_facts
from koubo.script.folded import flat
from koubo.script.guard import text_findings
from koubo.script.guard_lists import one_of
from koubo.script.names import NAMELESS, spoken_name
from koubo.script.render import Reader, RenderedSentence, render_sentences
from koubo.script.slots import POINTS, Slot, SlotValue

CONSIDERED = 6
NEARLY = 0.15
"""Where the best fact must not be said, another stands in only if it answers nearly as well."""
_LIVE = frozenset(
    {
        FactKind.PRICE,
        FactKind.LIST_PRICE,
        FactKind.SKU_PRICE,
        FactKind.STOCK,
        FactKind.PROMOTION,
        FactKind.CATEGORY,
    }
)
"""Facts that slots of live values say, or that the name says already."""
_ABOUT_ALL = frozenset({Intent.PRICE, Intent.DISCOUNT, Intent.STOCK})
_OF_PRODUCT = _ABOUT_ALL | {Intent.SIZE, Intent.SHIPPING, Intent.MATERIAL, Intent.AFTER_SALES}
"""Intents that weigh more than a sign that buys only a line."""
_HARDLY = 0.5
"""Confidence below which nothing says that a comment is off topic: it is logged, not thanked."""
_PRICES = frozenset({Case.PRICE, Case.PRICE_OPTION, Case.PRICE_SOLD_OUT})
_LETTER = re.compile(r"[^\W_]")
_NO_DEAL = {
    Kind.COUPON: Case.NO_COUPON,
    Kind.NEW_CUSTOMERS: Case.NO_NEW_CUSTOMERS,
    Kind.MEMBERS: Case.NO_MEMBERS,
    Kind.GROUP: Case.NO_GROUP,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said: cases in order of preference, the values of their slots, what is said after it (to a second
    question), and what is left to a person."""

    cases: tuple[Case, ...]
    values: Mapping[Slot, SlotValue] = field(default_factory=dict)
    answered: bool = False
    open: Why | None = None
    warnings: tuple[str, ...] = ()
    also: Outcome | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A comment about a product, with all that rules see in it."""

    comment: str
    live: LiveProduct
    manner: Manner
    signs: frozenset[str]
    options: Options
    other: str | None
    body: Body
    found: tuple[Answer, ...]
    understood: Understood


def reply(comment: str, live: LiveProduct, manner: Manner, read: Reader) -> Reply:
    """Reply to a viewer's comment about a product as it is sold at ``live.at``.

    Deterministic: the same comment, product, values and manner give the same reply. Where a sentence would hold
    anything that the guard finds, nothing of it is said: the honest line stands in, with the warning `withheld`.
    """
    asked = _look(comment, live, manner)
    outcome = _outcome(asked)
    sentences, values = _said(asked, outcome, read)
    if any(_faults(sentences, live)):
        outcome = replace(_open(asked, Why.WITHHELD), warnings=(*outcome.warnings, "withheld"))
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


def _look(comment: str, live: LiveProduct, manner: Manner) -> _Asked:
    text = flat(comment)
    options = named_options(comment, live.product)
    facts = (one for one in answers(live.facts, text, CONSIDERED) if one.fact.kind not in _LIVE)
    found = tuple(one for one in facts if is_expected(comment, one.fact))
    other = other_product(comment, live)
    understood = understand(
        comment, names_fact=bool(found), names_option=bool(options.named), names_other=other is not None
    )
    asked_pieces = pieces(comment, live.product)
    manner = replace(manner, quantity=asked_pieces) if asked_pieces else manner
    seen = frozenset(name for name, pattern in _signs().items() if pattern.search(text))
    seen = seen | {"dispute"} if complains(comment) else seen - {"dispute"}
    return _Asked(comment, live, manner, seen, options, other, body(comment), found, understood)


@cache
def _signs() -> Mapping[str, re.Pattern[str]]:
    return {name: one_of(patterns) for name, patterns in signs().items()}


def _outcome(asked: _Asked) -> Outcome:
    """Decide what is said: first what is not for a host to answer, then to each question by its intent."""
    if (special := _special(asked)) is not None:
        return special
    parts = questions(asked.comment)
    outcome = _several(asked, parts) if len(parts) > 1 else _one(asked)
    turned = tuple(sorted(asked.signs & {"instruction", "off_platform"}))
    return replace(outcome, warnings=(*outcome.warnings, *turned))


def _one(asked: _Asked) -> Outcome:
    """Decide what is said to a comment that asks one thing."""
    intent = asked.understood.intent
    if "trouble" in asked.signs and not asked.found:
        return _open(asked, Why.NO_FACT)
    if intent in _ABOUT_ALL:
        return _live_outcome(asked, intent)
    if intent is Intent.COMPARISON and not asked.options.several:
        return _comparison(asked)
    if intent in (Intent.OFF_TOPIC, Intent.ABUSE):
        return _off_topic(asked)
    if intent is Intent.BUYING and not asked.found and "payment" not in asked.signs:
        return _buying(asked)
    worn = intent is Intent.SIZE or (intent is Intent.FEATURE and "穿" in asked.comment)
    return _size(asked) if worn and asked.body else _fact(asked)


def _off_topic(asked: _Asked) -> Outcome:
    """A greeting is thanked; a comment of which nothing is understood is logged."""
    if asked.other is not None:
        return _other_product(asked)
    if asked.understood.confidence < _HARDLY and _LETTER.search(flat(asked.comment)):
        return _open(asked, Why.NO_FACT)
    return Outcome((Case.OFF_TOPIC,), _values(asked))


def _buying(asked: _Asked) -> Outcome:
    return _other_product(asked) if asked.other else Outcome((Case.BUYING,), _values(asked), answered=True)


def _other_product(asked: _Asked) -> Outcome:
    return Outcome((Case.OTHER_PRODUCT,), _values(asked), warnings=("other_product",))


def _several(asked: _Asked, parts: Sequence[str]) -> Outcome:
    """Answer two of several questions; what is left is logged. Where none is answered alone, the whole is looked at."""
    outcomes = [_one(_part(asked, part)) for part in parts]
    said = _different([outcome for outcome in outcomes if outcome.answered])
    if not said:
        return _one(asked)
    left = next((outcome.open for outcome in outcomes if outcome.open), Why.NO_FACT if len(said) > 2 else None)
    first = said[0] if len(said) == 1 else _both(said[0], said[1])
    return _left(first, left) if left else first


def _part(asked: _Asked, part: str) -> _Asked:
    """Look at a part of a comment as one of its own; the options, the pieces and the body hold for all of it."""
    own = _look(part, asked.live, asked.manner)
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


def _left(said: Outcome, why: Why) -> Outcome:
    """Log what an answer leaves open, and say so where nothing else is said after it."""
    return replace(said, open=why, also=said.also or Outcome((Case.OPEN_REST,)))


def _special(asked: _Asked) -> Outcome | None:
    """Threats and insults get no word; orders to a machine, deals elsewhere and complaints get a line of their own."""
    if "threat" in asked.signs:
        return Outcome((), open=Why.THREAT)
    if "dispute" in asked.signs:
        return Outcome((Case.DISPUTE,), _values(asked), open=Why.DISPUTE)
    if "report" in asked.signs:
        return Outcome((Case.REPORT,), _values(asked), open=Why.REPORT)
    if asked.understood.intent is Intent.ABUSE:
        return Outcome(())
    if "asks" in asked.signs and (asked.found or asked.understood.intent in _OF_PRODUCT):
        return None
    if "off_platform" in asked.signs:
        return Outcome((Case.OFF_PLATFORM,), _values(asked), warnings=("off_platform",))
    if "instruction" in asked.signs:
        return Outcome((Case.OFF_TOPIC,), _values(asked), warnings=("instruction",))
    return None


def _values(asked: _Asked) -> Mapping[Slot, SlotValue]:
    return live_values(asked.live, asked.options, asked.manner)


def _live_outcome(asked: _Asked, intent: Intent) -> Outcome:
    """Price, discount and stock: live values only, never a fact's own words.

    What is named and not sold, or must not be said, has no price and no stock; an amount or a deal that the comment
    claims is not confirmed, and a kind of deal that it asks for is answered with that kind or with none.
    """
    values = _values(asked)
    if asked.other is not None:
        return _other_product(asked)
    if "together" in asked.signs:
        return _fact(asked)
    if asked.options.nowhere_together and Slot.SPEC in values:
        return Outcome((Case.OPTION_NOT_SOLD,), values, answered=True)
    named_in_silence = asked.options.named and Slot.SPEC not in values
    if asked.options.unknown is not None or named_in_silence:
        return _fact(_about_options(asked))
    deal = asked_deal(asked.comment, asked.live)
    if deal.kinds or deal.others:
        return _asked_deal(asked, deal, values)
    if deal.claim:
        cases = _claimed(deal, values)
    else:
        cases = {Intent.PRICE: lambda _, found: _price(found), Intent.DISCOUNT: _discount, Intent.STOCK: _stock}[
            intent
        ](asked, values)
    if cases and any(line(case, asked.manner.persona, (), values) for case in cases):
        return Outcome(cases, values, answered=True, warnings=("sold_out",) if _sold_out(values) else ())
    return _fact(asked)


def _about_options(asked: _Asked) -> _Asked:
    """What is named is not sold: the facts that say which options there are may answer, and no other."""
    labels = {name for sku in asked.live.product.skus for name in sku.options}
    return replace(asked, found=tuple(one for one in asked.found if any(name in one.fact.label for name in labels)))


def _asked_deal(asked: _Asked, deal: AskedDeal, values: Mapping[Slot, SlotValue]) -> Outcome:
    """A kind of deal by its name: what runs of it, or that there is none; another kind is no answer."""
    found = running(deal, asked.live)
    if found and _is_reckoned_with(found, values):
        return Outcome(_price(values), values, answered=True)
    if found:
        told = deals_value(sold(asked.live, asked.options), found)
        return _fact(asked) if told is None else _told(asked, Case.DEAL_ASKED, {**values, Slot.CONDITIONS: told})
    if may_be_hidden(deal, asked.live):
        return _fact(asked)
    none = _NO_DEAL[next(iter(deal.kinds))] if len(deal.kinds) == 1 and not deal.grade else Case.NO_SUCH_DEAL
    return _told(asked, Case.NO_SUCH_DEAL if deal.others else none, values)


def _told(asked: _Asked, case: Case, values: Mapping[Slot, SlotValue]) -> Outcome:
    """One case, where its values are there: none of what is sold out is offered."""
    if _sold_out(values):
        return Outcome(_price(values), values, answered=True, warnings=("sold_out",))
    return Outcome((case,), values, answered=True) if Slot.PRICE in values else _fact(asked)


def _is_reckoned_with(found: Sequence[Promotion], values: Mapping[Slot, SlotValue]) -> bool:
    """Whether the amount to pay that is said rests on one of these promotions."""
    offered = values.get(Slot.OFFER)
    ids = {fact.id for fact in offered.facts} if offered else set()
    return any(fact_id.endswith(f":{FactKind.PROMOTION}:{promotion.id}") for promotion in found for fact_id in ids)


def _claimed(deal: AskedDeal, values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    """What the price is, never 有的: the amount or the deal that was claimed may not be so."""
    return (Case.DEAL_GIFT, *_price(values)) if deal.gift and not _sold_out(values) else _price(values)


def _price(values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    if _sold_out(values):
        return (Case.PRICE_SOLD_OUT_OPTION,) if Slot.SPEC in values else (Case.PRICE_SOLD_OUT,)
    if Slot.SPEC in values:
        return (Case.PRICE_OPTION_OFFER, Case.PRICE_OPTION)
    return (Case.PRICE_OFFER, Case.PRICE_CONDITIONS, Case.PRICE_RANGE, Case.PRICE)


def _discount(asked: _Asked, values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    """That there is no discount is said only where none runs: one whose words must not be said is left to a person."""
    if _sold_out(values):
        return _price(values)
    if "gift" in asked.signs:
        return (Case.DISCOUNT_GIFT,)
    none = (Case.DISCOUNT_NONE,) if not asked.live.promotions else ()
    return (Case.DISCOUNT_OFFER, Case.DISCOUNT_CONDITIONS, Case.DISCOUNT_GIFT, *none)


def _stock(asked: _Asked, values: Mapping[Slot, SlotValue]) -> tuple[Case, ...]:
    """Of several options that are named one may be gone: then nothing is said of all together."""
    if Slot.STOCK not in values or asked.options.several:
        return ()
    if Slot.SPEC in values:
        return (Case.SOLD_OUT_OPTION,) if _sold_out(values) else (Case.STOCK_OPTION,)
    return (Case.SOLD_OUT,) if _sold_out(values) else (Case.STOCK,)


def _sold_out(values: Mapping[Slot, SlotValue]) -> bool:
    stock = values.get(Slot.STOCK)
    return stock is not None and all(fact.value == "0" for fact in stock.facts)


def _comparison(asked: _Asked) -> Outcome:
    """Nothing is said of others: a point of the product's own, where there is one."""
    values = dict(_values(asked))
    own = [fact for fact in asked.live.facts if fact.kind not in _LIVE and may_say(fact, asked.live.product)]
    chosen = choose_facts(own, values[Slot.NAME].written if Slot.NAME in values else NAMELESS, ())
    by_id = {fact.id: fact for fact in own}
    point = next((by_id[chosen[slot]] for slot in POINTS if slot in chosen), None)
    if point is not None:
        values[Slot.ANSWER] = fact_value(Slot.ANSWER, point)
    return Outcome((Case.COMPARISON, Case.COMPARISON_BARE), values)


def _size(asked: _Asked) -> Outcome:
    """A size for a body: only what a size table or an answered question says of such a body."""
    facts = [fact for fact in asked.live.facts if _stands(fact, asked.live)]
    rows = fitting([fact for fact in facts if _table_may_be_said(fact, asked)], asked.body)
    if rows:
        values = {**_values(asked), Slot.SIZE: size_value(rows)}
        return Outcome((Case.SIZE,), values, answered=True)
    told = next((fact for fact in facts if _tells_size(fact, asked)), None)
    if told is not None:
        return Outcome((Case.FACT,), {**_values(asked), Slot.ANSWER: fact_value(Slot.ANSWER, told)}, answered=True)
    sizes = sizes_there_are([fact for fact in map(in_one_line, facts) if may_say(fact, asked.live.product)])
    values = dict(_values(asked))
    if sizes is not None:
        values[Slot.SIZE] = sizes
    return Outcome((Case.OPEN_SIZE, Case.OPEN), values, open=Why.SIZE)


def _tells_size(fact: Fact, asked: _Asked) -> bool:
    """Say whether a fact is an answered question about such a body, and may be said."""
    if fact.kind is not FactKind.QUESTION_ANSWER or not body(fact.label):
        return False
    return same_body(fact, asked.body) and may_say(fact, asked.live.product)


def _table_may_be_said(fact: Fact, asked: _Asked) -> bool:
    """Of a size table only its sizes and ranges are said, never its words; a badly read picture says nothing."""
    return not any(finding.rule == "hidden" for finding in text_findings(fact.value, asked.live.product)) and (
        fact.confidence >= 0.85
    )


def _fact(asked: _Asked) -> Outcome:
    """The fact that answers; else the honest line. What it leaves open of the question is logged."""
    found = _fitting_answers(asked)
    sayable = [(one, value) for one in found if (value := _answer_value(asked, one)) is not None]
    good = [(one, value) for one, value in sayable if one.score >= found[0].score - NEARLY]
    if not good:
        return _open(asked, Why.WITHHELD if found else Why.NO_FACT)
    first, said = good[0]
    outcome = Outcome((Case.FACT,), {**_values(asked), Slot.ANSWER: said}, answered=True)
    return _left(outcome, Why.NO_FACT) if left_open(asked.comment, (first.fact,)) else outcome


def _fitting_answers(asked: _Asked) -> list[Answer]:
    """What answers and still stands; an answer about another body than the comment's answers nothing."""
    standing = (one for one in asked.found if _stands(one.fact, asked.live))
    return [one for one in standing if same_body(one.fact, asked.body)]


def _answer_value(asked: _Asked, one: Answer) -> SlotValue | None:
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


def _strange(words: str, asked: _Asked) -> bool:
    return any(name_findings(words, asked.live.product))


def _stands(fact: Fact, live: LiveProduct) -> bool:
    started = fact.valid_from is None or fact.valid_from <= live.at
    return started and (fact.valid_until is None or live.at < fact.valid_until)


def _open(asked: _Asked, why: Why) -> Outcome:
    warnings = ("withheld",) if why is Why.WITHHELD else ()
    return Outcome((Case.OPEN,), _values(asked), open=why, warnings=warnings)


def _said(asked: _Asked, outcome: Outcome, read: Reader) -> tuple[tuple[RenderedSentence, ...], tuple[SlotValue, ...]]:
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


def _warnings(asked: _Asked, outcome: Outcome, values: Sequence[SlotValue]) -> tuple[str, ...]:
    named = any(value.slot is Slot.NAME for value in values)
    own = ("name_withheld",) if named and spoken_name(asked.live.product).withheld else ()
    sold_out = ("sold_out",) if asked.live.stock == 0 else ()
    return tuple(dict.fromkeys((*outcome.warnings, *own, *sold_out)))
