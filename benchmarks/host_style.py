"""How real hosts speak, as numbers: writes koubo/rubric/data/host_style.yaml, which oral style is scored against.

    python -m benchmarks.host_style                     prints the file
    python -m benchmarks.host_style --out FILE.yaml     writes it

The lines are those of ../shared/data/live, which are no part of the project: no word of them is written, only the
quantiles of each feature of koubo/rubric/speech.py over windows of a hundred characters.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from koubo.reading import read
from koubo.rubric.host_style import SHARES, as_yaml, host_style_of
from koubo.rubric.settings import default_rubric

LIVE = Path(__file__).parents[2] / "shared" / "data" / "live"
HEAD = (
    "How real hosts speak: quantiles of each feature (koubo/rubric/speech.py) over windows of their speech, at shares",
    f"{', '.join(f'{share:g}' for share in SHARES)}. Rates are per 100 said characters. Written by",
    "python -m benchmarks.host_style; the words that are counted are those of rubric.yaml. The sample is small (see",
    "sources and windows) and of few hosts: with more of your own, write one of your own.",
)


def spoken_lines(folder: Path) -> dict[str, list[str]]:
    """Spoken texts by kind of source: transcripts of streams, host scripts, single lines of hosts."""
    scripts = json.loads((folder / "real_scripts.json").read_text(encoding="utf-8"))["scripts"]
    rows = json.loads((folder / "sales_lines.json").read_text(encoding="utf-8"))
    lines = [line for kind in ("hook", "selling", "cta", "category_example") for line in rows[kind]]
    cues = json.loads((folder / "papercraft_asr.json").read_text(encoding="utf-8"))["segments"]
    return {
        "speech recognised in a live stream; a cue is a clause": _spoken(["，".join(_words(cue)) for cue in cues]),
        "scripts that hosts spoke, full of commas": _spoken([script["text"] for script in scripts]),
        "single lines of hosts, some of them edited": _spoken(lines),
    }


def _words(cues: Sequence[dict[str, str]]) -> list[str]:
    return [cue["content"] for cue in cues]


def _spoken(texts: Sequence[str]) -> list[str]:
    return [read(text).spoken for text in texts]


def main() -> int:
    """Command line; returns 2 where the lines are not on this machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--live", type=Path, default=LIVE, help="folder of the hosts' lines")
    parser.add_argument("--out", type=Path, help="file to write")
    given = parser.parse_args()
    if not given.live.is_dir():
        print(f"benchmarks.host_style: {given.live} is not there", file=sys.stderr)
        return 2
    text = as_yaml(host_style_of(spoken_lines(given.live), default_rubric().speech), HEAD)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
