"""Read text aloud: ``python -m koubo.reading`` takes it on standard input and writes one JSON object a line."""

from __future__ import annotations

import argparse
import codecs
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from koubo.reading import Lexicon, LexiconError, Reading, read, stream

_HELP = """\
Reads lines of Chinese commerce text (UTF-8) on standard input and writes how a host says them, one JSON object a line,
in order:

  {"text", "spoken", "spans": [{"start", "end", "written", "spoken", "kind", "confidence"}]}

Offsets are characters of "text"; "spoken" is "text" with every span replaced. Each line is answered at once.

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


def _lines(lexicon: Lexicon | None) -> Iterator[Reading]:
    """Read standard input line by line; bytes that are not UTF-8 become U+FFFD."""
    for raw in sys.stdin.buffer:
        text = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        yield read(text, lexicon.pins(text) if lexicon else ())


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
    """Run the command; returns the exit status: 0, or 2 for a lexicon that cannot be used."""
    given = _parser().parse_args(argv)
    try:
        lexicon = Lexicon.load(given.lexicon) if given.lexicon else None
    except LexiconError as error:
        print(error, file=sys.stderr)
        return 2
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False)  # noqa: SIM115 (stdout stays open)
    readings = stream(_arrivals(), lexicon=lexicon) if given.stream else _lines(lexicon)
    for reading in readings:
        out.write((reading.ssml().replace("\n", " ") if given.ssml else as_json(reading)) + "\n")
        out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
