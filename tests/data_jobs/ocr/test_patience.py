import threading
import time
from collections.abc import Generator

import pytest

from data_jobs.ocr.patience import Stalled, within


def test_rows_and_errors_come_through() -> None:
    def rows() -> Generator[int, None, None]:
        yield from (1, 2)
        raise ValueError("broken")

    seen = []
    with pytest.raises(ValueError, match="broken"):
        for row in within(rows(), 5):
            seen.append(row)
    assert seen == [1, 2]
    assert list(within((n for n in range(3)), 5)) == [0, 1, 2]


def test_a_plan_that_stands_still_is_not_waited_for() -> None:
    released = threading.Event()

    def rows() -> Generator[int, None, None]:
        yield 1
        released.wait(30)

    seen = []
    with pytest.raises(Stalled, match=r"nothing came for 0\.2 s"):
        for row in within(rows(), 0.2):
            seen.append(row)
    released.set()
    assert seen == [1]


def test_a_caller_that_stops_early_stops_the_work() -> None:
    made, closed = [], threading.Event()

    def rows() -> Generator[int, None, None]:
        try:
            for number in range(1000):
                made.append(number)
                yield number
                time.sleep(0.01)
        finally:
            closed.set()

    coming = within(rows(), 5)
    next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert closed.wait(5) and len(made) < 100
