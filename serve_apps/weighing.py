"""What an engine says of readings, as plain data that travels between deployments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a model says of candidate readings.

    Attributes:
        model: which model it is: the folder or hub name that the engine holds.
        scores: for each question one natural-log likelihood a candidate, or None where it could not be asked.
    """

    model: str
    scores: tuple[tuple[float, ...] | None, ...]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Sentences as a model says them.

    Attributes:
        model: as in `Weighed`.
        spoken: for each sentence what the model wrote, or None where it could not.
    """

    model: str
    spoken: tuple[str | None, ...]
