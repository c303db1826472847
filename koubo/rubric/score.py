"""One scorecard: seven criteria by rules and statistics, and a judge's opinions where there is one."""

from __future__ import annotations

from koubo.protocols import JudgeResult
from koubo.rubric.scorecard import Scorecard, ScoredScript
from koubo.script.brief import Brief
from koubo.script.render import RenderedScript


def scored(rendered: RenderedScript) -> ScoredScript:
    """Take a rendered script for scoring."""
    raise NotImplementedError


def score(text: ScoredScript, brief: Brief | None = None, *, judge: JudgeResult | None = None) -> Scorecard:
    """Score a text against seven criteria."""
    raise NotImplementedError
