"""Read a text as it arrives: a sentence is read as soon as it ends, because nothing later can change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from koubo.reading.finder import SENTENCE_ENDS
from koubo.reading.lexicon import Lexicon
from koubo.reading.reader import read
from koubo.reading.spans import FastChooser, Reading


class ReadingStream:
    """Takes a text in pieces and gives readings of whole sentences; joined, they equal the reading of the whole text.

    Offsets in a reading count from the start of that reading's own text.
    """

    def __init__(self, *, chooser: FastChooser | None = None, lexicon: Lexicon | None = None) -> None:
        """``chooser`` is as in ``read``; ``lexicon`` holds a merchant's own readings."""
        self._chooser = chooser
        self._lexicon = lexicon
        self._waiting: list[str] = []

    def feed(self, piece: str) -> Reading | None:
        """Take a piece of text; return the reading of the sentences that it completes, or None.

        Raises ``UnsupportedLanguage`` as ``read`` does: these sentences are dropped, the next piece goes on after them.
        """
        cut = max(piece.rfind(end) for end in SENTENCE_ENDS) + 1
        if cut == 0:
            self._waiting.append(piece)
            return None
        ready = "".join((*self._waiting, piece[:cut]))
        self._waiting = [piece[cut:]] if cut < len(piece) else []
        return self._read(ready)

    def close(self) -> Reading | None:
        """Return the reading of what is left when no more text comes, or None where nothing is."""
        ready = "".join(self._waiting)
        self._waiting = []
        return self._read(ready) if ready else None

    def _read(self, text: str) -> Reading:
        """Read whole sentences."""
        pinned = self._lexicon.pins(text) if self._lexicon else ()
        return read(text, pinned, chooser=self._chooser)


def stream(
    pieces: Iterable[str], *, chooser: FastChooser | None = None, lexicon: Lexicon | None = None
) -> Iterator[Reading]:
    """Read pieces of text as they come, sentence by sentence."""
    running = ReadingStream(chooser=chooser, lexicon=lexicon)
    for piece in pieces:
        if (reading := running.feed(piece)) is not None:
            yield reading
    if (rest := running.close()) is not None:
        yield rest
