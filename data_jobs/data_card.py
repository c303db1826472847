"""The data card of training rows: what they are, of what, and how many (Gebru et al. 2018, Datasheets)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from koubo.dataset.minimal_pairs import THIN
from koubo.dataset.near_copies import LEAST, SHINGLE
from koubo.dataset.rows import CompletionRow, Row
from koubo.dataset.training_sets import TrainingSets


def data_card(sets: TrainingSets, rows: Mapping[str, Sequence[Row]], settings: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    parts = [
        _head(settings),
        _counts(rows),
        _origin(sets),
        _kinds(rows["choice/plain.jsonl"], rows["choice/hard.jsonl"]),
    ]
    return "\n".join([*parts, _rules(sets, settings)])


def _head(settings: Mapping[str, Any]) -> str:
    return f"""# Data card: readings of numbers, symbols and Latin units

Rows for supervised fine-tuning and preference pairs for DPO, made by `data_jobs.build_preferences` with seed
{settings["seed"]}, {settings["holdout"]:.0%} of the texts kept out, at most {settings["added"]} texts added by each
augmentation. Schema: `koubo/dataset/rows.py`. The licences of the labelled texts hold for the rows made of them.

## Files
"""


def _counts(rows: Mapping[str, Sequence[Row]]) -> str:
    lines = [f"| `{name}` | {len(made)} |" for name, made in rows.items()]
    return "\n".join(["| file | rows |", "|---|---|", *lines, ""])


def _origin(sets: TrainingSets) -> str:
    parts = {
        "plain": sets.plain,
        "reworded": sets.reworded,
        "hard cases": sets.hard_cases,
        "evaluation": sets.evaluation,
    }
    files = {name: Counter(text.source.partition(":")[0] for text in texts) for name, texts in parts.items()}
    known = sorted({file for counts in files.values() for file in counts})
    head = "| texts from | " + " | ".join(parts) + " |\n|---|" + "---|" * len(parts)
    body = [f"| {file} | " + " | ".join(str(files[name][file]) for name in parts) + " |" for file in known]
    return "\n".join(["## Where the texts are from", "", head, *body, ""])


def _kinds(plain: Sequence[Row], hard: Sequence[Row]) -> str:
    counts = [Counter(row.kind for row in rows if isinstance(row, CompletionRow)) for rows in (plain, hard)]
    lines = [f"| {kind} | {counts[0][kind]} | {counts[1][kind]} |" for kind, _ in counts[1].most_common()]
    return "\n".join(
        ["## Choice rows by kind of the answer", "", "| kind | plain | hard |", "|---|---|---|", *lines, ""]
    )


def _rewording(settings: Mapping[str, Any]) -> str:
    if settings["paraphraser"]:
        return f"are what `{settings['paraphraser']}` made of lines with their numbers masked, where it kept every mask"
    return "put something before or after a line and say words in another way (`koubo/dataset/data/paraphrase.yaml`)"


def _rules(sets: TrainingSets, settings: Mapping[str, Any]) -> str:
    decisions = sum(len(text.decisions) for text in sets.evaluation)
    return f"""## How they were made

- **Decisions.** A span counts where the lattice has a reading that people accept and one that they do not.
- **Rejected answers** are readings of the same span from the lattice: sayable, plausible, wrong.
- **Rewordings** {_rewording(settings)}.
- **Hard cases** come of decisions that the rules get wrong or lead in by less than {THIN}: the sentence with another
  number, and minimal pairs, one number in two lines with two readings (`koubo/dataset/data/minimal_pairs.tsv`).
- **Kept out**: {len(sets.evaluation)} texts with {decisions} decisions. A training text that shares {LEAST:.0%} of the
  runs of {SHINGLE} characters of the shorter text with one of them, numbers masked, was left out: {len(sets.leaks)}.

## What they are not

- The texts of an encyclopaedia are most of them; live commerce is the smaller part.
- The rules of `koubo/reading` were developed on some of the labelled files, so the rules' score on texts kept out of
  those files flatters the rules, not the model.
- Made texts are short and regular. They are for training only and never evaluate anything.
"""
