import math

import pytest

from data_jobs.ocr.reading_order import reading_rows
from data_jobs.ocr.text_line import Point, TextLine
from data_jobs.ocr.tilt import level_bounds, page_tilt


def line(left: int, top: int, width: int, height: int = 24, degrees: float = 0.0) -> TextLine:
    """A line of print, turned clockwise about the page's top left corner."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    a, b, c, d = ((round(x * cos - y * sin), round(x * sin + y * cos)) for x, y in corners)
    return TextLine("print", (a, b, c, d), 0.9)


def table(degrees: float) -> list[TextLine]:
    return [
        line(40 + 400 * column, 100 + 44 * row, width, degrees=degrees)
        for row in range(6)
        for column, width in ((0, 160), (1, 220))
    ]


@pytest.mark.parametrize("degrees", [-8.0, -3.0, 3.0, 8.0])
def test_rows_of_a_tilted_page_are_rows(degrees: float) -> None:
    tilted = table(degrees)
    assert page_tilt(tilted) == pytest.approx(degrees, abs=0.5)
    assert reading_rows(level_bounds(tilted)) == [[2 * row, 2 * row + 1] for row in range(6)]


def test_without_it_they_are_not() -> None:
    assert reading_rows([one.bounds for one in table(8.0)]) != [[2 * row, 2 * row + 1] for row in range(6)]


def test_a_level_page_keeps_its_bounds_to_the_pixel() -> None:
    page = [*table(0.0), line(600, 20, 200, degrees=1.0)]
    assert page_tilt(page) == 0.0
    assert level_bounds(page) == [one.bounds for one in page]


def test_a_ribbon_across_a_corner_does_not_tilt_the_page() -> None:
    assert page_tilt([*table(0.0), line(500, -300, 300, 40, degrees=45.0)]) == 0.0


def test_lines_from_top_to_bottom_do_not_tilt_the_page() -> None:
    upright: tuple[Point, Point, Point, Point] = ((700, 100), (724, 100), (724, 500), (700, 500))
    assert page_tilt([*table(0.0), TextLine("print", upright, 0.9)]) == 0.0
    assert page_tilt([TextLine("print", upright, 0.9)]) == 0.0


def test_a_page_without_long_lines_is_level() -> None:
    assert page_tilt([]) == 0.0
    assert page_tilt([line(10, 10, 20, degrees=5.0)]) == 0.0
