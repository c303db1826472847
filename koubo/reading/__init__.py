"""Written Chinese commerce text to what a host says aloud, aligned span by span."""

from __future__ import annotations

from koubo.reading.asking import Decisions, read_all_with, read_with
from koubo.reading.kinds import Kind
from koubo.reading.language import UnsupportedLanguage
from koubo.reading.lexicon import Lexicon, LexiconError
from koubo.reading.merchant import MerchantReader
from koubo.reading.reader import check_language, lattice, lead, read
from koubo.reading.spans import Caption, Choice, FastChooser, Option, Reading, Span
from koubo.reading.streaming import ReadingStream, stream

__all__ = [
    "Caption",
    "Choice",
    "Decisions",
    "FastChooser",
    "Kind",
    "Lexicon",
    "LexiconError",
    "MerchantReader",
    "Option",
    "Reading",
    "ReadingStream",
    "Span",
    "UnsupportedLanguage",
    "check_language",
    "lattice",
    "lead",
    "read",
    "read_all_with",
    "read_with",
    "stream",
]
