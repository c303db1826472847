"""Read text aloud: ``python -m koubo.reading`` takes it on standard input and writes one JSON object a line."""

from __future__ import annotations

import argparse
import codecs
import json
import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from koubo.reading import Lexicon, LexiconError, Reading, ReadingStream, UnsupportedLanguage, read
from koubo.reading.finder import sentences

_HELP = """\
Reads lines of Chinese commerce text (UTF-8) on standard input and writes how a host says them, one JSON object a line,
in order:

  {"text", "spoken", "spans": [{"start", "end", "written", "spoken", "kind", "confidence"}]}

Offsets are characters of "text"; "spoken" is "text" with every span replaced. Each line is answered at once. A line
that is not read (Cantonese) gives {"text", "line", "error"} in its place, and the exit status is 1.

examples:
  printf '今天只要¥99.9，88VIP再打9.5折\\n' | python -m koubo.reading
  printf '满199-20\\n' | python -m koubo.reading --ssml
  some-writer | python -m koubo.reading --stream
  python -m koubo.reading --lexicon ours.yaml < script.txt

A lexicon is YAML:
  readings:
    - written: 小金瓶2.0
      spoken: 小金瓶二点零
"""


def as_json(reading: Reading) -> str:
    """Return the record of a reading that the command writes."""
    spans = [
        {
            "start": span.start,
            "end": span.end,
            "written": span.written,
            "spoken": span.spoken,
            "kind": span.kind.value,
            "confidence": span.confidence,
        }
        for span in reading.spans
    ]
    return json.dumps({"text": reading.text, "spoken": reading.spoken, "spans": spans}, ensure_ascii=False)


def _refusal(line: int, text: str, error: UnsupportedLanguage) -> str:
    """Return the record of a line that is not read."""
    return json.dumps({"text": text, "line": line, "error": str(error)}, ensure_ascii=False)


def _lines(lexicon: Lexicon | None) -> Iterator[Reading | str]:
    """Read standard input line by line; bytes that are not UTF-8 become U+FFFD, a refused line its error record."""
    for line, raw in enumerate(sys.stdin.buffer, 1):
        text = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        try:
            yield read(text, lexicon.pins(text) if lexicon else ())
        except UnsupportedLanguage as error:
            yield _refusal(line, text, error)


def _sentences(lexicon: Lexicon | None) -> Iterator[Reading | str]:
    """Read standard input as it comes, as soon as sentences end."""
    running = ReadingStream(lexicon=lexicon)
    line = 1
    for piece in chain(_pieces(), (None,)):
        try:
            reading = running.close() if piece is None else running.feed(piece)
            if reading is not None:
                yield reading
        except UnsupportedLanguage as error:
            yield _refusal(line, error.sentence, error)
        line += (piece or "").count("\n")


def _pieces() -> Iterator[str]:
    """Yield what arrives, cut after each sentence, so that a refused sentence takes no other with it."""
    for arrival in _arrivals():
        yield from (found[0] for found in sentences(arrival))


def _arrivals() -> Iterator[str]:
    """Yield standard input as it comes, without waiting for a line to end."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    while data := os.read(sys.stdin.fileno(), 65536):
        yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


def _parser() -> argparse.ArgumentParser:
    """Describe the command."""
    parser = argparse.ArgumentParser(
        "python -m koubo.reading", description=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ssml", action="store_true", help="write W3C SSML, one <speak> document a line, not JSON")
    parser.add_argument("--stream", action="store_true", help="answer sentence by sentence as text arrives")
    parser.add_argument("--lexicon", type=Path, metavar="FILE", help="a merchant's own readings (YAML)")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, 1 where a line was refused, 2 for a lexicon that cannot be used."""
    given = _parser().parse_args(argv)
    try:
        lexicon = Lexicon.load(given.lexicon) if given.lexicon else None
    except LexiconError as error:
        print(error, file=sys.stderr)
        return 2
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False)  # noqa: SIM115 (stdout stays open)
    refused = 0
    for reading in _sentences(lexicon) if given.stream else _lines(lexicon):
        refused += isinstance(reading, str)
        out.write(_answer(reading, given.ssml) + "\n")
        out.flush()
    return 1 if refused else 0


def _answer(reading: Reading | str, ssml: bool) -> str:
    """Return the line that answers; among SSML it is empty for an error, which goes to standard error."""
    if isinstance(reading, Reading):
        return reading.ssml().replace("\n", " ") if ssml else as_json(reading)
    if not ssml:
        return reading
    print(reading, file=sys.stderr)
    return ""


if __name__ == "__main__":
    sys.exit(main())
