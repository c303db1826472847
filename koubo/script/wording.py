"""Lines with alternatives: ``来，[看看|瞧瞧]{name}。`` is two wordings of one line. An alternative may be empty."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from math import prod

MOST_WORDINGS = 2000
"""A line with more of them should be two lines."""
_ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")


class WordingError(ValueError):
    """A line whose alternatives cannot be read; says which line, and why."""


@cache
def wordings(line: str) -> tuple[str, ...]:
    """Return every wording of a line, in the order written; the line itself where it has no alternatives.

    Raises WordingError where brackets do not match or stand inside one another, where one holds no choice, or where a
    line has more than MOST_WORDINGS.
    """
    parts = [_choices(line, part, number % 2 == 1) for number, part in enumerate(_ALTERNATIVES.split(line))]
    count = prod(map(len, parts))
    if count > MOST_WORDINGS:
        raise WordingError(f"{line}: {count} wordings; write two lines instead")
    return tuple(dict.fromkeys("".join(chosen) for chosen in product(*parts)))


def _choices(line: str, part: str, alternatives: bool) -> list[str]:
    """Return the choices of one part of a line; text outside brackets is its own only choice."""
    if not alternatives:
        if "[" in part or "]" in part:
            raise WordingError(f"{line}: a bracket without its other half, or one inside another")
        return [part]
    choices = part.split("|")
    if len(choices) < 2:
        raise WordingError(f"{line}: [{part}] holds no choice; separate alternatives with |")
    return choices
