"""How hosts really speak, in the terms of the rubric's oral style: so that its thresholds can be set from hosts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from koubo.rubric.settings import default_rubric

_CLAUSE = re.compile(r"[，。！？、\s]+")


@dataclass(frozen=True, slots=True)
class Manner:
    """Values for the fields of koubo/rubric/data/rubric.yaml that have the same names.

    `clause_characters` is the median of a clause, `long_clause` what 19 of 20 clauses stay below, `particles_per_100`
    the particles a hundred characters; `characters` is how many were counted.
    """

    clause_characters: int
    long_clause: int
    particles_per_100: float
    characters: int


def manner_of(lines: Iterable[str]) -> Manner:
    """The manner of sentences with marks. Zeros where there are none."""
    clauses = [clause for line in lines for clause in _CLAUSE.split(line) if clause]
    if not clauses:
        return Manner(0, 0, 0.0, 0)
    lengths = np.array([len(clause) for clause in clauses])
    particles = sum(clause.count(mark) for clause in clauses for mark in default_rubric().particles)
    total = int(lengths.sum())
    return Manner(
        int(np.median(lengths)), int(np.ceil(np.quantile(lengths, 0.95))), round(100 * particles / total, 2), total
    )
