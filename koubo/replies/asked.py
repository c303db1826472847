"""A viewer's comment about a product, with all that rules see in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from koubo.catalog.answers import Answer, answers
from koubo.catalog.facts import FactKind
from koubo.catalog.store import LiveProduct
from koubo.replies.expects import is_expected
from koubo.replies.intent import Understood, understand
from koubo.replies.named import Options, named_options, other_product, pieces
from koubo.replies.parts import complains
from koubo.replies.reply import Manner
from koubo.replies.sizing import Body, body
from koubo.replies.tables import signs
from koubo.replies.values import live_values
from koubo.script.expressions import one_of
from koubo.script.folded import flat
from koubo.script.slots import Slot, SlotValue

CONSIDERED = 6
"""Facts that are looked at."""
LIVE = frozenset(
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


@dataclass(frozen=True, slots=True)
class Asked:
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

    def values(self) -> Mapping[Slot, SlotValue]:
        """The slots of live values, of what the comment names."""
        return live_values(self.live, self.options, self.manner)


def look(comment: str, live: LiveProduct, manner: Manner) -> Asked:
    """Look at a comment: intent, signs, options, pieces and body that it names, and the facts that may answer it."""
    text = flat(comment)
    options = named_options(comment, live.product)
    facts = (one for one in answers(live.facts, text, CONSIDERED) if one.fact.kind not in LIVE)
    found = tuple(one for one in facts if is_expected(comment, one.fact))
    other = other_product(comment, live)
    understood = understand(
        comment, names_fact=bool(found), names_option=bool(options.named), names_other=other is not None
    )
    asked_pieces = pieces(comment, live.product)
    manner = replace(manner, quantity=asked_pieces) if asked_pieces else manner
    seen = frozenset(name for name, pattern in _signs().items() if pattern.search(text))
    seen = seen | {"dispute"} if complains(comment) else seen - {"dispute"}
    return Asked(comment, live, manner, seen, options, other, body(comment), found, understood)


@cache
def _signs() -> Mapping[str, re.Pattern[str]]:
    return {name: one_of(patterns) for name, patterns in signs().items()}
