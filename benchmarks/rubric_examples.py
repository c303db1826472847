"""What each criterion catches: the table of docs/rubric.md, made by the rubric itself.

python -m benchmarks.rubric_examples            prints the table
python -m benchmarks.rubric_examples --write    puts it into docs/rubric.md, between its marks
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.rubric_scores import brief_of
from koubo.reading import read
from koubo.rubric.score import score
from koubo.rubric.scorecard import Criterion, CriterionScore, ScoredScript
from koubo.script.brief import Brief
from koubo.script.slots import POINTS

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "benchmarks" / "data" / "rubric_examples.yaml"
PRODUCTS = ROOT / "examples" / "catalog" / "products.jsonl"
PAGE = ROOT / "docs" / "rubric.md"
START, END = "<!-- examples: python -m benchmarks.rubric_examples --write -->\n", "<!-- end of examples -->\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """One criterion's example: what is said well and badly, both scores, and the finding that tells them apart."""

    criterion: str
    good: str
    bad: str
    before: CriterionScore
    after: CriterionScore
    rule: str

    @property
    def found(self) -> str:
        """The finding of the bad text: its words and what is said of them."""
        evidence = next(one for one in self.after.evidence if one.rule.partition(":")[0] == self.rule)
        return f"{self.rule}: {evidence.words + ' — ' if evidence.words else ''}{evidence.note}"


def shown() -> list[Shown]:
    """Score every example."""
    table = yaml.safe_load(EXAMPLES.read_text(encoding="utf-8"))
    brief = _brief(table["product"])
    return [_score(row, brief) for row in table["examples"]]


def _brief(product_id: str) -> Brief:
    rows = (json.loads(line) for line in PRODUCTS.read_text(encoding="utf-8").splitlines())
    product = next(row for row in rows if row["id"] == product_id)
    brief = brief_of({"product": product, "promotions": [], "seconds": 20, "occasion": "single_product"})
    assert brief is not None
    return brief


def _score(row: dict[str, str], brief: Brief) -> Shown:
    points = "，".join(brief.available[slot] for slot in POINTS if slot in brief.available)
    price = next(fact.value for fact in brief.facts if fact.label == "价格").removesuffix(".00").removesuffix("0")
    good = row["good"].format(name=brief.short_name, points=points, price=price)
    held = None if row["criterion"] == Criterion.FORMAT else brief  # a few words are not as long as a script
    before, after = (
        score(ScoredScript.plain(text, read(text).spoken), held)[row["criterion"]] for text in (good, row["bad"])
    )
    return Shown(row["criterion"], good, row["bad"], before, after, row["rule"])


def as_markdown(examples: list[Shown]) -> str:
    """The table."""
    lines = ["| criterion | said well | said badly | what is found |", "|---|---|---|---|"]
    for one in examples:
        good, bad = f"{one.good} ({one.before.score:.2f})", f"{one.bad} ({one.after.score:.2f})"
        lines.append("| " + " | ".join(map(_cell, (one.criterion, good, bad, one.found))) + " |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


def put_into(page: str, table: str) -> str:
    """The page with the table between its marks. Raises ValueError where the marks are not there."""
    before, start, rest = page.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"{PAGE}: the marks {START.strip()} and {END.strip()} are not there")
    return before + start + table + end + after


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="into docs/rubric.md")
    given: Any = parser.parse_args()
    table = as_markdown(shown())
    print(table)
    if given.write:
        PAGE.write_text(put_into(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
