"""Is a section about the product at all? A small model writes fluent sentences about something else; no rule sees it.

Every sentence of the model's own words must be near, in the space of a sentence encoder, to something that the section
could be expected to say: the product's facts, or a line of it as planned with one seed or another. The bound was set on
six products of the example shop: 4% of sentences about cars, dinner and bed pass it, and 62% of hosts' own lines of the
section's function. With the one planned section to compare with, 15% of those passed. A good but unusual sentence that
is refused costs only its words, since the planned section stands in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from koubo.protocols import Embedder
from koubo.script.brief import Brief
from koubo.script.plan import Planner, SectionPlan

LEAST = 0.33  # cosine of multilingual sentence encoders
OTHER_SEEDS = 10
NAME_WORTH = 0.07  # what naming the product may add: a name makes no sentence sensible
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")


async def relevance(embedder: Embedder, brief: Brief, section: SectionPlan, leads: Sequence[str]) -> tuple[float, ...]:
    """Return, for each slotted text, the cosine of its least fitting sentence to what the section could say (-1 to 1).

    A text without a sentence has relevance -1.
    """
    product = f"{brief.short_name}，{'，'.join(brief.lines())}"
    expected = [*section.lines, *_usual(brief, section)]
    sentences = [_SENTENCE.findall(lead) for lead in leads]
    flat = [one for each in sentences for one in each]
    named = await _nearest(embedder, [product, *map(brief.filled, expected)], [*map(brief.filled, flat)])
    bare = [brief.filled(_unnamed(text)) for text in (*expected, *flat)]
    unnamed = await _nearest(embedder, [product, *bare[: len(expected)]], bare[len(expected) :])
    near = iter(np.minimum(named, unnamed + NAME_WORTH))
    return tuple(min((float(next(near)) for _ in each), default=-1.0) for each in sentences)


def _usual(brief: Brief, section: SectionPlan) -> list[str]:
    """What the section would say of the product with other seeds."""
    planner = Planner(brief)
    plans = (planner.plan(brief.request.seed + number) for number in range(1, OTHER_SEEDS + 1))
    return [line for other in plans for one in other.sections if one.kind is section.kind for line in one.lines]


async def _nearest(embedder: Embedder, about: Sequence[str], texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the cosine of each text to the nearest of what it may be about, shape (len(texts),)."""
    vectors = await embedder.embed([*about, *texts])
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray((vectors[len(about) :] @ vectors[: len(about)].T).max(axis=1, initial=-1.0), np.float32)


def _unnamed(slotted: str) -> str:
    return slotted.replace("{name}", "这个")
