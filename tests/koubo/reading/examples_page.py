"""The page of examples, made from the rows that the tests read; run this file to write it."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

ROWS = Path(__file__).with_name("examples.tsv")
PAGE = Path(__file__).parents[3] / "docs" / "reading" / "examples.md"
HEAD = """# Readings by kind

Made by `python tests/koubo/reading/examples_page.py` from `tests/koubo/reading/examples.tsv`; the tests read every row.
A row stands under the kind of its first span.
"""


def rows() -> list[tuple[str, str, str]]:
    """Return (kind, written, spoken), in the order of the file."""
    lines = ROWS.read_text(encoding="utf-8").splitlines()
    return [(kind, written, spoken) for kind, written, spoken in (x.split("\t") for x in lines if x[:2] != "# ")]


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for kind, group in groupby(sorted(rows(), key=lambda row: row[0]), key=lambda row: row[0]):
        parts.append(f"\n## {kind}\n\n| written | spoken |\n|---|---|\n")
        parts += [f"| {_cell(written)} | {_cell(spoken)} |\n" for _, written, spoken in group]
    return "".join(parts)


def _cell(text: str) -> str:
    """Keep a text from being taken for markup."""
    return "".join("\\" + char if char in "|*_`<>~[]\\" else char for char in text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
