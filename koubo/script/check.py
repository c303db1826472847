"""Free text may hold no claim of its own: what it says in numbers, superlatives or attributes belongs to slots."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from koubo.protocols import ExemplarLine
from koubo.reading.language import cantonese
from koubo.rubric.safety import find_breaches
from koubo.script.claims import find_claims, is_asked, is_borne_out
from koubo.script.evidence import colours, evidence
from koubo.script.numerals import find_numbers
from koubo.script.refused import Family, families
from koubo.script.seen import seen
from koubo.script.slots import OFFER_SLOTS, Slot
from koubo.script.tables import all_nouns, words

if TYPE_CHECKING:
    from koubo.script.brief import Brief

COPIED = 12
"""So many characters in a row from an exemplar are a copy; so is more than half of a text's three-character runs."""
_BRACES = re.compile("{([^{}]*)}")
_LATIN = re.compile(r"[a-z]{2,}|[a-z](?=[一-鿿])")
_POINTED = 20
"""A word that points at another stands at most so many characters before it."""
_POINTING = re.compile(
    r"(?:这|那|咱们?家?的?|我们家的?|今天的?|手上的?)(?:一)?(?:款|件|条|双|个|瓶|盒|套|支|台|份|箱|袋|块|把|张|只)?[^，。！？{}]{0,4}$"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is refused: the rule (quantity, ordinal, superlative, unsafe, likely_breach, other_product,
    unsupported, latin, unknown_slot, offer_slot, copy, banned, length, or one of data/free_text.yaml), the words that
    broke it, and why."""

    rule: str
    words: str
    why: str


def check_free_text(slotted: str, brief: Brief, exemplars: Sequence[ExemplarLine] = ()) -> tuple[Refusal, ...]:
    """Return every refusal of a slotted text, empty where it may be spoken."""
    text = _Text(_BRACES.sub("□", slotted))
    support = evidence(brief)
    checks: tuple[Callable[[], Iterator[Refusal]], ...] = (
        lambda: _slots(slotted, brief),
        lambda: _language(text.written),
        lambda: _numbers(text),
        lambda: _rules(text),
        lambda: _families(text, support, families().values()),
        lambda: _others(text, brief, support),
        lambda: _claims(text, support),
        lambda: _colours(text, brief),
        lambda: _latin(text, support),
        lambda: _banned(text, brief),
        lambda: _copies(slotted, exemplars),
    )
    return tuple(refusal for check in checks for refusal in check())


def general_refusals(words: str) -> tuple[Refusal, ...]:
    """Return the refusals of words that no product could bear out: numbers, breaches, offers, other places."""
    text = _Text(words)
    bound = [family for family in families().values() if not family.borne]
    return (*_numbers(text), *_rules(text), *_families(text, "", bound))


class _Text:
    """A text whose slots are □: as it is written, and in the one plain form in which every rule looks at it."""

    def __init__(self, written: str) -> None:
        self.written = written
        self._seen = seen(written)
        self.plain = self._seen.text

    def words(self, start: int, end: int) -> str:
        """Return the words as written that stand at a place of the plain form."""
        start, end = self._seen.span(start, end)
        return self.written[start:end]


def _language(free: str) -> Iterator[Refusal]:
    if marks := cantonese(free):
        yield Refusal("language", "、".join(marks), "Cantonese, which is not read aloud")


def _slots(slotted: str, brief: Brief) -> Iterator[Refusal]:
    known = set(Slot)
    for name in _BRACES.findall(slotted):
        if name not in known:
            yield Refusal("unknown_slot", "{" + name + "}", "not in the alphabet of slots")
        elif Slot(name) in OFFER_SLOTS:
            yield Refusal("offer_slot", "{" + name + "}", "offers are planned, not written")
        elif Slot(name) not in brief.available:
            yield Refusal("unknown_slot", "{" + name + "}", "this product has no such fact")
    if re.search("[{}]", _BRACES.sub("", slotted)):
        yield Refusal("unknown_slot", "{", "a brace that is not part of a slot")


def _numbers(text: _Text) -> Iterator[Refusal]:
    for number in find_numbers(text.plain):
        rule = "ordinal" if number.words.startswith("第") else "quantity"
        yield Refusal(rule, text.words(number.start, number.end), "a number must come from a slot")


def _rules(text: _Text) -> Iterator[Refusal]:
    """Breaches of the safety rules; an order is refused already as an ordinal."""
    for breach in find_breaches(text.plain):
        rule = "superlative" if breach.rule in ("superlative", "ordinal_first", "lowest_price") else "unsafe"
        yield Refusal(rule, text.words(breach.start, breach.end), breach.law)


def _families(text: _Text, support: str, bound: Iterable[Family]) -> Iterator[Refusal]:
    for family in (one for one in bound if one.text):
        for found in family.found(text.plain, support):
            yield Refusal(family.rule, text.words(*found.span()), family.why)


def _others(text: _Text, brief: Brief, support: str) -> Iterator[Refusal]:
    """Products that the data does not speak of; things of every day count only where the text points at them."""
    left, everyday = text.plain, words("everyday_nouns.yaml")["everyday"]
    for noun in all_nouns():
        name = noun.lower()
        for found in re.finditer(re.escape(name), left):
            pointed = _POINTING.search(text.plain[max(0, found.start() - _POINTED) : found.start()]) is not None
            if name not in support and (noun not in everyday or pointed):
                yield Refusal("other_product", text.words(*found.span()), f"the product is {brief.short_name}")
        left = left.replace(name, "□" * len(name))


def _claims(text: _Text, support: str) -> Iterator[Refusal]:
    for claim in find_claims(text.plain):
        if not is_borne_out(claim, support) and not is_asked(text.plain, claim):
            yield Refusal("unsupported", text.words(claim.start, claim.end), "no fact of the product says so")


def _colours(text: _Text, brief: Brief) -> Iterator[Refusal]:
    """Colours that the product has not; one beside it (配黑色裤子) is none of its own."""
    named = colours(brief)
    for found in _listed("colours.yaml", "colours").finditer(text.plain):
        beside = _listed("colours.yaml", "beside").search(text.plain[max(0, found.start() - _POINTED) : found.start()])
        if not beside and not re.search(f"[{found[1]}]", named):
            yield Refusal("unsupported", text.words(*found.span()), "the product's data names no such colour")


@cache
def _listed(name: str, key: str) -> re.Pattern[str]:
    return re.compile("|".join(words(name)[key]))


def _latin(text: _Text, support: str) -> Iterator[Refusal]:
    for found in _LATIN.finditer(text.plain):
        if found.group() not in support:
            yield Refusal("latin", text.words(*found.span()), "no fact of the product holds it")


def _banned(text: _Text, brief: Brief) -> Iterator[Refusal]:
    for word in brief.request.banned:
        if word and (word in text.written or seen(word).text in text.plain):
            yield Refusal("banned", word, "the request bans it")


def _copies(slotted: str, exemplars: Sequence[ExemplarLine]) -> Iterator[Refusal]:
    for line in exemplars:
        if (shared := near_copy(slotted, line.text)) is not None:
            yield Refusal("copy", shared, f"near copy of exemplar {line.id}")


def near_copy(text: str, other: str) -> str | None:
    """Return the longest run of characters that a near copy shares with the other text; None where it is no copy.

    Only the texts' own words count, their slots and marks aside. See COPIED.
    """
    own, theirs = _bare(text), _bare(other)
    shared = longest_shared(own, theirs)
    copied = len(shared) >= COPIED or (len(own) >= 6 and _overlap(own, theirs) > 0.5)
    return shared if copied else None


def _bare(text: str) -> str:
    return re.sub(r"\W|_", "", _BRACES.sub("", text))


def _overlap(one: str, other: str) -> float:
    """Share of the three-character runs of ``one`` that stand in ``other``."""
    runs = {one[i : i + 3] for i in range(len(one) - 2)}
    return sum(run in other for run in runs) / len(runs) if runs else 0.0


def longest_shared(one: str, other: str) -> str:
    """Return the longest run of characters that two texts share."""
    best, start = "", 0
    for end in range(1, len(one) + 1):
        if one[start:end] in other:
            best = one[start:end] if end - start > len(best) else best
        while start < end and one[start:end] not in other:
            start += 1
    return best
