"""A merchant's own readings: brands, memes, product lines, from a YAML file that is checked when it is loaded.

    readings:
      - written: 小金瓶2.0
        spoken: 小金瓶二点零

A lexicon never changes once loaded: to swap it while serving, load the new file and use that object from then on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import yaml

from koubo.reading.finder import SENTENCE_ENDS
from koubo.reading.kinds import Kind
from koubo.reading.spans import Span


class LexiconError(ValueError):
    """A lexicon file that cannot be used; the message names the file, the entry, the field and what to do."""


class Lexicon:
    """Readings by what is written. The longest entry at a place wins; none matches inside a word or number."""

    def __init__(self, readings: Mapping[str, str]) -> None:
        """``readings`` maps what is written to what is said; see ``load`` for the checks on a file."""
        self._readings = dict(readings)
        self._lengths = sorted({len(written) for written in readings}, reverse=True)
        self._firsts = frozenset(written[0] for written in readings)
        content = "\n".join(f"{written}\t{spoken}" for written, spoken in sorted(self._readings.items()))
        self.version = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._readings)

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """Load and check a YAML file. Raises ``LexiconError`` naming the entry and the field at fault."""
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise LexiconError(f"{path}: cannot be read as UTF-8 YAML: {error}") from error
        if not isinstance(content, dict) or set(content) != {"readings"} or not isinstance(content["readings"], list):
            raise LexiconError(f"{path}: must hold one key, readings, with a list of {{written, spoken}} entries")
        readings: dict[str, str] = {}
        for place, entry in enumerate(content["readings"], 1):
            written, spoken = _entry(f"{path}: entry {place}", entry)
            if written in readings:
                raise LexiconError(f"{path}: entry {place}: written {written!r} stands twice; keep one")
            readings[written] = spoken
        return cls(readings)

    def pins(self, text: str) -> tuple[Span, ...]:
        """Return the spans of a text that this lexicon reads, for ``read(text, pinned)``."""
        found = []
        at = 0
        while at < len(text):
            written = self._at(text, at) if text[at] in self._firsts else ""
            if written:
                found.append(Span(at, at + len(written), written, self._readings[written], Kind.LEXICON))
            at += len(written) or 1
        return tuple(found)

    def _at(self, text: str, at: int) -> str:
        """Return the longest entry that stands whole at a place, or an empty text."""
        for length in self._lengths:
            written = text[at : at + length]
            if len(written) == length and written in self._readings and _whole(text, at, at + length):
                return written
        return ""


def _entry(where: str, entry: object) -> tuple[str, str]:
    """Check one entry of a file."""
    if not isinstance(entry, dict) or set(entry) != {"written", "spoken"}:
        raise LexiconError(f"{where}: {entry!r} must have exactly the fields written and spoken")
    for field in ("written", "spoken"):
        if not isinstance(entry[field], str) or not entry[field].strip():
            raise LexiconError(f"{where}: {field} {entry[field]!r} must be a text; put quotes around a number")
    if any(end in entry["written"][:-1] for end in SENTENCE_ENDS):
        raise LexiconError(
            f"{where}: written {entry['written']!r} runs over a sentence end ({SENTENCE_ENDS!r}); split it"
        )
    if any(char.isdecimal() for char in entry["spoken"]):
        raise LexiconError(f"{where}: spoken {entry['spoken']!r} holds a digit; write how it is said")
    return entry["written"], entry["spoken"]


def _whole(text: str, start: int, end: int) -> bool:
    """Say whether a stretch is not part of a longer Latin word or number."""
    return not (_joined(text[start - 1 : start], text[start]) or _joined(text[end - 1], text[end : end + 1]))


def _joined(left: str, right: str) -> bool:
    """Say whether two neighbours belong to one Latin word or number."""
    return bool(left and right) and all(c.isascii() and c.isalnum() for c in (left, right))
