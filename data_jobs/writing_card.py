"""The data card of the rows that teach writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from koubo.dataset.drafts import sentences
from koubo.dataset.writing import Written

_EXAMPLES = 6


def writing_card(report: dict[str, Any], taken: Sequence[Written]) -> str:
    """Markdown with front matter: what the rows are, what they were made of and how, how many, and what they lack."""
    counts, settings = report["counts"], report["settings"]
    said = Counter(sentence for written in taken for sentence in sentences(written.draft.text))
    numbers = "\n".join(f"| {name} | {number} |" for name, number in counts.items())
    examples = "\n".join(f"- {w.section.kind}, {w.brief.short_name}: {w.draft.text}" for w in taken[:_EXAMPLES])
    return f"""---
language: zh
task_categories: [text-generation]
tags: [koubo, live-commerce, slotted-text]
---
# Sections of sales scripts with slots

Rows for `train.sft`: the prompt is `koubo.script.prompt.trained`, the completion a slotted section.

- **Made of**: products of {", ".join(settings["catalog"])}; hosts' lines of
  {", ".join(settings["exemplars"]) or "no file"}; planned lines of `koubo/script/data/sections.yaml`. No language model
  wrote any of it. Licences are those of the sources.
- **Made by**: `data_jobs.build_writing`, seed {settings["seed"]}, {settings["rounds"]} scripts a product. Styles:
  `planned` (lines of the plan), `woven` (parts of planned lines round another fact), `host` (a host's line beside a
  slot).
- **Checked**: every completion passes the check of a writer's candidates for its own product (no number, offer,
  superlative, other product or unsupported claim; only slots that the product has and the prompt offers), and each of
  its sentences is near in meaning to the product or the section.
- **Kept apart**: {counts["held_out"]} products are held out; {counts["near_held_out"]} more, whose titles are nearly
  theirs, are in neither part.
- **Variety**: no completion twice; no sentence, the product's noun and the address aside, in more than
  {settings["repeats"]} rows; {len(said)} different sentences.
- **Lacks**: the planned lines are one team's writing, so the manner is narrower than that of many hosts; needs and
  closings have few facts in them; nothing here teaches offers, which are never written by a model.

| count | |
|---|---|
{numbers}

{examples}
"""
