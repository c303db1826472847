"""The demo's steps: what runs now, how long each took, on a terminal or in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


@dataclass(slots=True)
class Step:
    """One step of the demo. `seconds` is its wall time; `result` is the line that stays when it is done."""

    title: str
    seconds: float = 0.0
    result: str = ""


@dataclass(slots=True)
class Steps:
    """Runs steps one after another, shows the present one and keeps their times."""

    console: Console
    done: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[StepDisplay]:
        """Show a step while its block runs; on a terminal with a spinner and the latest line of its work."""
        step = Step(title)
        start = time.monotonic()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        if not self.console.is_terminal:
            self.console.print(f"… {title}", markup=False)
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal) as bar:
            yield StepDisplay(step, bar, bar.add_task(title), self.console)
        step.seconds = time.monotonic() - start
        self.done.append(step)
        self.console.print(f"✔ {title}  {step.seconds:.1f} s  {step.result}", markup=False, highlight=False)


@dataclass(slots=True)
class StepDisplay:
    """What a running step says about itself."""

    step: Step
    _bar: Progress
    _task: TaskID
    _console: Console
    _last: float = 0.0

    def now(self, line: str) -> None:
        """Show a line of progress: at once on a terminal, every ten seconds in a log."""
        line = line.strip()[:110]
        self._bar.update(self._task, description=f"{self.step.title}  [dim]{line.replace('[', '(')}[/dim]")
        if not self._console.is_terminal and line and time.monotonic() - self._last > 10:
            self._last = time.monotonic()
            self._console.print(f"    {line}", markup=False, highlight=False)

    def note(self, line: str) -> None:
        """Print a line that stays, such as what one of the step's jobs ended with."""
        self._console.print(f"    {line}", markup=False, highlight=False)

    def result(self, line: str) -> None:
        """Set the line that stays when the step is done."""
        self.step.result = line
