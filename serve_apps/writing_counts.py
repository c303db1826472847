"""What became of the sections of scripts, as counters on the dashboard: written, planned and why, refused and why."""

from __future__ import annotations

from ray.util.metrics import Counter

from koubo.script.compose import ComposedSection


class WritingCounts:
    """Counts committed sections, candidates and refusals. A process makes one."""

    def __init__(self) -> None:
        self._sections = Counter(
            "koubo_sections", "Sections committed, by who wrote them and why.", tag_keys=("section", "source", "reason")
        )
        self._candidates = Counter(
            "koubo_candidates", "Candidates that a writer offered.", tag_keys=("section", "outcome")
        )
        self._refusals = Counter("koubo_refusals", "Refusals of candidates, by rule.", tag_keys=("rule",))
        self._exemplars = Counter("koubo_exemplars", "How the exemplars of a section were chosen.", tag_keys=("by",))
        self._scripts = Counter("koubo_scripts", "Scripts kept, with a scorecard or without.", tag_keys=("scored",))

    def add(self, section: ComposedSection) -> None:
        """Count one committed section."""
        self._sections.inc(tags={"section": section.kind, "source": section.source, "reason": section.reason or "none"})
        for candidate in section.candidates:
            outcome = "refused" if candidate.refusals else "passed"
            self._candidates.inc(tags={"section": section.kind, "outcome": outcome})
            for rule in {refusal.rule for refusal in candidate.refusals}:
                self._refusals.inc(tags={"rule": rule})
        if section.exemplars_by is not None:
            self._exemplars.inc(tags={"by": section.exemplars_by})

    def kept(self, scored: bool) -> None:
        """Count one script that was kept."""
        self._scripts.inc(tags={"scored": "yes" if scored else "no"})
