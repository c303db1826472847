"""Read lines aloud: ``python -m koubo.reading`` takes text on standard input and writes one JSON object a line."""

from __future__ import annotations

import argparse
import json
import sys

from koubo.reading import Reading, read

_HELP = """\
Reads lines of Chinese commerce text on standard input and writes how a host says them, one JSON object a line, in order:
  {"text", "spoken", "spans": [{"start", "end", "written", "spoken", "kind", "confidence"}]}
Offsets are characters of the text; "spoken" is the text with every span replaced. Each line is answered at once.

  printf '今天只要¥99.9，88VIP再打9.5折\\n' | python -m koubo.reading
"""


def as_json(reading: Reading) -> dict[str, object]:
    """Return the record of a reading that the command writes."""
    spans = [
        {"start": s.start, "end": s.end, "written": s.written, "spoken": s.spoken, "kind": s.kind.value, "confidence": s.confidence}
        for s in reading.spans
    ]
    return {"text": reading.text, "spoken": reading.spoken, "spans": spans}


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser("python -m koubo.reading", description=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ssml", action="store_true", help="write W3C SSML, one <speak> document a line, in place of JSON")
    given = parser.parse_args(argv)
    for line in sys.stdin:
        reading = read(line.rstrip("\r\n"))
        print(reading.ssml() if given.ssml else json.dumps(as_json(reading), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
