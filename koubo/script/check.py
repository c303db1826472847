"""Free text may hold no claim of its own: what it says in numbers, superlatives or attributes belongs to slots."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from koubo.catalog.facts import FactKind
from koubo.protocols import ExemplarLine
from koubo.reading.language import cantonese
from koubo.rubric.safety import find_breaches
from koubo.script.brief import Brief
from koubo.script.choose import NEVER_SAID
from koubo.script.claims import find_claims, is_borne_out
from koubo.script.numerals import find_numbers
from koubo.script.slots import OFFER_SLOTS, SLOT, Slot
from koubo.script.tables import all_nouns, words

COPIED = 12
"""So many characters in a row from an exemplar are a copy; so is more than half of a text's three-character runs."""
_BRACES = re.compile("{([^{}]*)}")
_LATIN = re.compile(r"(?<![{A-Za-z_])[A-Za-z]{2,}(?![A-Za-z_]*})|[A-Za-z](?=[一-鿿])")
_POINTING = re.compile(
    r"(?:这|那|咱们?家?的?|我们家的?|今天的?|手上的?)(?:一)?(?:款|件|条|双|个|瓶|盒|套|支|台|份|箱|袋|块|把|张|只)?[^，。！？{}]{0,4}$"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is refused: the rule (quantity, ordinal, superlative, unsafe, likely_breach, offer, other_product,
    unsupported, latin, unknown_slot, offer_slot, copy, banned, length), the words that broke it, and why."""

    rule: str
    words: str
    why: str


def check_free_text(slotted: str, brief: Brief, exemplars: Sequence[ExemplarLine] = ()) -> tuple[Refusal, ...]:
    """Return every refusal of a slotted text, empty where it may be spoken."""
    free = SLOT.sub("□", slotted)
    checks: tuple[Callable[[], Iterator[Refusal]], ...] = (
        lambda: _slots(slotted, brief),
        lambda: _language(free),
        lambda: _numbers(free),
        lambda: _rules(free),
        lambda: _offers(free),
        lambda: _others(free, brief),
        lambda: _claims(free, brief),
        lambda: _latin(free, brief),
        lambda: _banned(free, brief),
        lambda: _copies(slotted, exemplars),
    )
    return tuple(refusal for check in checks for refusal in check())


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


def _numbers(free: str) -> Iterator[Refusal]:
    for number in find_numbers(free):
        rule = "ordinal" if number.words.startswith("第") else "quantity"
        yield Refusal(rule, number.words, "a number must come from a slot")


def _rules(free: str) -> Iterator[Refusal]:
    """Breaches of the safety rules; an order is refused already as an ordinal."""
    for breach in find_breaches(free):
        rule = "superlative" if breach.rule in ("superlative", "ordinal_first", "lowest_price") else "unsafe"
        yield Refusal(rule, breach.words, breach.law)
    for found in _listed("boasts.yaml").finditer(free):
        yield Refusal("superlative", found.group(), "says that nothing is better, which no fact bears out")


@cache
def _listed(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in words(name)["words"]))


def _offers(free: str) -> Iterator[Refusal]:
    for found in _listed("offer_words.yaml").finditer(free):
        yield Refusal("offer", found.group(), "offers, prices and scarcity are planned, not written")


def _support(brief: Brief) -> str:
    """What the product's own data says; a buyer's words support no claim of the host."""
    claims = (FactKind.REVIEW_QUOTE, FactKind.REVIEW_PRAISE, *NEVER_SAID)
    return "\n".join([brief.title, brief.short_name, *(f.label + f.value for f in brief.facts if f.kind not in claims)])


def _others(free: str, brief: Brief) -> Iterator[Refusal]:
    """Products that the data does not speak of; things of every day count only where the text points at them."""
    support, seen, everyday = _support(brief), free, words("everyday_nouns.yaml")["everyday"]
    for noun in all_nouns():
        for found in re.finditer(re.escape(noun), seen):
            pointed = _POINTING.search(free[: found.start()]) is not None
            if noun not in support and (noun not in everyday or pointed):
                yield Refusal("other_product", noun, f"the product is {brief.short_name}")
        seen = seen.replace(noun, "□" * len(noun))


def _claims(free: str, brief: Brief) -> Iterator[Refusal]:
    support = _support(brief)
    for claim in find_claims(free):
        if not is_borne_out(claim, support) and not _asked(free, claim.words):
            yield Refusal("unsupported", claim.words, "no fact of the product says so")


def _asked(free: str, claim: str) -> bool:
    """Say whether the words are only asked or wished for (是不是总怕起球？), which claims nothing of the product."""
    parts = [part for part in re.split("(?<=[。！？!?])", free) if claim in part]
    return all(
        re.search(r"怕|担心|有没有|是不是|会不会|要不要|烦|讨厌|遇到|碰上|吗？", part) and "？" in part
        for part in parts
    )


def _latin(free: str, brief: Brief) -> Iterator[Refusal]:
    support = _support(brief).casefold()
    for found in _LATIN.finditer(free):
        if found.group().casefold() not in support:
            yield Refusal("latin", found.group(), "no fact of the product holds it")


def _banned(free: str, brief: Brief) -> Iterator[Refusal]:
    for word in brief.request.banned:
        if word and word in free:
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
