"""Which sentences of a section are said, so that the script stays whole: see data/whole.yaml."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from koubo.script.plan import SectionKind
from koubo.script.slots import Slot, slots_in
from koubo.script.tables import words

Change = tuple[str, str]
"""A slotted sentence that is not said as it was composed, and why."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The slotted sentences that are said, those that are not, and those that are said in other words."""

    said: tuple[str, ...]
    dropped: tuple[Change, ...]
    rewritten: tuple[Change, ...]


def keep(
    kind: SectionKind,
    sentences: Sequence[str],
    known: Container[Slot],
    variant: int = 0,
    banned: Sequence[str] = (),
) -> Kept:
    """Keep the sentences whose slots are all ``known``.

    Where the section loses its first sentence, or what it is for, a sentence that can always be said stands in, in the
    place of one that is lost; ``variant`` chooses it among those that hold no ``banned`` word: where all do, none
    stands in. Words that go on from what is lost are taken off.
    """
    lost = {number: why for number, sentence in enumerate(sentences) if (why := _why_lost(sentence, known))}
    said = {number: sentence for number, sentence in enumerate(sentences) if number not in lost}
    rewritten: list[Change] = []
    place, stand_in = _place_of_stand_in(kind, sentences, lost), _stand_in(kind, known, variant, banned)
    if place is not None and stand_in is not None:
        said[place] = stand_in
        why = lost.pop(place, "nothing of the section names the price")
        rewritten.append(("".join(sentences[place : place + 1]), f"{why}; said {said[place]}"))
    first = min(said, default=0)
    if first > 0 and (bare := _without_going_on(said[first])) != said[first]:
        rewritten.append((said[first], "what it goes on from is not said"))
        said[first] = bare
    dropped = tuple((sentences[number], why) for number, why in lost.items())
    return Kept(tuple(dict.fromkeys(said[n] for n in sorted(said))), dropped, tuple(rewritten))


def _why_lost(sentence: str, known: Container[Slot]) -> str | None:
    missing = [slot for slot in slots_in(sentence) if slot not in known]
    return ", ".join("{" + slot + "}" for slot in missing) + " has no value now" if missing else None


def _place_of_stand_in(kind: SectionKind, sentences: Sequence[str], lost: Container[int]) -> int | None:
    """Where a stand-in is said: for the first sentence, else for the lost one that had what is needed, else for any
    lost one; None where none is wanted, as in a section that was emptied. An offer names its price whatever was
    composed."""
    needs = words("whole.yaml").get(f"{kind}_needs", ())
    having = [number for number, sentence in enumerate(sentences) if any(need in sentence for need in needs)]
    gone = [number for number in range(len(sentences)) if number in lost]
    if not needs or not sentences or (0 not in gone and any(number not in lost for number in having)):
        return None
    if not gone:
        return len(sentences) if kind is SectionKind.OFFER else None
    return next((number for number in gone if number == 0 or number in having), gone[0])


def _stand_in(kind: SectionKind, known: Container[Slot], variant: int, banned: Sequence[str]) -> str | None:
    """Return a sentence that stands in; None where each holds a banned word, or a slot without a value."""
    choices = [
        said
        for said in words("whole.yaml").get(kind, ())
        if not _why_lost(said, known) and not any(word in said for word in banned)
    ]
    return choices[variant % len(choices)] if choices else None


def lacks_its_point(kind: SectionKind, said: Sequence[str]) -> bool:
    """Say whether none of these sentences has what the section is for: product, price, or call to buy."""
    table = words("whole.yaml")
    needs = (*table.get(f"{kind}_needs", ()), *(table["calls"] if kind is SectionKind.CLOSING else ()))
    return bool(needs) and not any(need in sentence for sentence in said for need in needs)


def _without_going_on(sentence: str) -> str:
    found = next((start for start in words("whole.yaml")["going_on"] if sentence.startswith(start)), "")
    return sentence.removeprefix(found)
