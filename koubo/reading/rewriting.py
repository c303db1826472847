"""A sentence rewritten as it is said, laid beside its text: which reading stands where each span stood.

Only what is heard counts: letters and numbers, whatever their width and case; punctuation and white space do not. A
rewriting is never trusted as a whole: what it says for a span is looked up among the readings that the span can have.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from koubo.reading.spans import Choice, Option

LONGEST = 64
"""Most letters that are searched for the end of a reading that is none of the span's own."""
Cuts = tuple[tuple[int, int], ...]
"""Where the readings of the first spans begin and end."""


def heard(text: str) -> str:
    """What is heard of a text: its letters and numbers, of plain width, in upper case."""
    return "".join(letter for letter, _ in _letters(text))


def option_said(choice: Choice, reading: str) -> Option | None:
    """The option of a choice that sounds like a reading, or None."""
    return next((option for option in choice.options if heard(option.spoken) == heard(reading)), None)


def aligned(text: str, choices: Sequence[Choice], rewritten: str) -> tuple[str | None, ...]:
    """What a rewriting says for each choice of a text.

    Args:
        text: the written text.
        choices: its spans in order, as `koubo.reading.lattice` gives them; all of them, for what is no span must not
            change.
        rewritten: the text as somebody would say it.

    Returns:
        For each choice the stretch of `rewritten` in its place, which may be empty (silent) and need not be one of its
        options. Where other text was changed, the choices are aligned from both ends as far as they are said as one of
        their options and the text around them is untouched; those between are None.
    """
    if not choices:
        return ()
    letters = list(_letters(rewritten))
    track = _Track("".join(letter for letter, _ in letters), _between(text, choices), _readings(choices))
    whole = track.whole(free=False) or track.whole(free=True)
    cuts = list(whole) if whole else _from_both_ends(track)
    return tuple(_stretch(rewritten, letters, cut) for cut in cuts)


def _letters(text: str) -> Iterator[tuple[str, int]]:
    """Yield what is heard, letter by letter, with the place of the character that it comes from."""
    for place, character in enumerate(text):
        for letter in unicodedata.normalize("NFKC", character).upper():
            if letter.isalnum():
                yield letter, place


def _between(text: str, choices: Sequence[Choice]) -> list[str]:
    """What is heard before the first choice, between any two, and after the last one."""
    ends = [0, *(choice.end for choice in choices)]
    starts = [*(choice.start for choice in choices), len(text)]
    return [heard(text[end:start]) for end, start in zip(ends, starts, strict=True)]


def _readings(choices: Sequence[Choice]) -> list[list[str]]:
    return [list(dict.fromkeys(heard(option.spoken) for option in choice.options)) for choice in choices]


def _stretch(rewritten: str, letters: Sequence[tuple[str, int]], cut: tuple[int, int] | None) -> str | None:
    """Cut a reading out of the rewriting as it is written there."""
    if cut is None:
        return None
    start, end = cut
    return rewritten[letters[start][1] : letters[end - 1][1] + 1] if start < end else ""


def _from_both_ends(track: _Track) -> list[tuple[int, int] | None]:
    """Align as many spans as possible from the front, and of the others as many as possible from the back."""
    size, count = len(track.said), len(track.readings)
    front = track.beginning()
    back = [(size - end, size - start) for start, end in track.reversed().beginning()][: count - len(front)]
    reached = front[-1][1] if front else 0
    behind = [cut for cut in reversed(back) if cut[0] >= reached]
    return [*front, *[None] * (count - len(front) - len(behind)), *behind]


@dataclass(frozen=True, slots=True)
class _Track:
    """Sounds only: what was said, what must be said around the spans, and what each span can be read as."""

    said: str
    between: list[str]
    readings: list[list[str]]

    def whole(self, free: bool) -> Cuts | None:
        """The cuts of all spans where everything is accounted for, with as few readings of no option as possible."""
        states = self._start()
        for place in range(len(self.readings)):
            states = self._step(states, place, free)
        _, cuts = states.get(len(self.said), (0, None))
        return cuts

    def beginning(self) -> Cuts:
        """The cuts of the first spans, as far as each is read as an option and the text after it is untouched."""
        cuts: Cuts = ()
        states = self._start()
        for place in range(len(self.readings)):
            states = self._step(states, place, free=False)
            if not states:
                break
            _, cuts = min(states.values())
        return cuts

    def reversed(self) -> _Track:
        """The same, read from the back."""
        readings = [[reading[::-1] for reading in span] for span in self.readings[::-1]]
        return _Track(self.said[::-1], [gap[::-1] for gap in self.between[::-1]], readings)

    def _start(self) -> dict[int, tuple[int, Cuts]]:
        """States: how far is accounted for -> (readings that are no option, cuts)."""
        return {len(self.between[0]): (0, ())} if self.said.startswith(self.between[0]) else {}

    def _step(self, states: dict[int, tuple[int, Cuts]], place: int, free: bool) -> dict[int, tuple[int, Cuts]]:
        """Account for one more span and the text after it."""
        after = self.between[place + 1]
        reached: dict[int, tuple[int, Cuts]] = {}
        for at, (strange, cuts) in states.items():
            ends = [(0, at + len(reading)) for reading in self.readings[place] if self.said.startswith(reading, at)]
            if free:
                ends += [(1, end) for end in range(at, min(at + LONGEST, len(self.said)) + 1)]
            for odd, end in ends:
                if self.said.startswith(after, end):
                    state = (strange + odd, (*cuts, (at, end)))
                    reached[end + len(after)] = min(state, reached.get(end + len(after), state))
        return reached
