from itertools import pairwise

import pytest

from data_jobs.slices import OVERLAP, cut, read_in_slices
from data_jobs.text_line import TextLine


def line(text: str, top: int, height: int = 30, width: int = 300) -> TextLine:
    return TextLine(text, ((10, top), (10 + width, top), (10 + width, top + height), (10, top + height)), 0.9)


@pytest.mark.parametrize(("width", "height"), [(800, 800), (750, 1400), (3840, 1120), (400, 900)])
def test_ordinary_pages_stay_whole(width: int, height: int) -> None:
    assert cut(width, height, 960) == [(0, height)]


@pytest.mark.parametrize(("width", "height"), [(750, 9000), (750, 3562), (200, 1000), (1500, 20001)])
def test_slices_cover_a_tall_page_and_overlap(width: int, height: int) -> None:
    slices = cut(width, height, 960)
    tall = max(width, 960)
    assert slices[0][0] == 0 and slices[-1][1] == height
    assert all(bottom - top == tall for top, bottom in slices)
    assert all(above[1] - below[0] >= OVERLAP * tall - 1 for above, below in pairwise(slices))


def test_every_line_of_a_tall_page_is_found_once_and_whole() -> None:
    page = [line(f"line {number}", 5 + 90 * number, height=30 + number % 5 * 20) for number in range(100)]

    def read(top: int, bottom: int) -> list[TextLine]:
        seen = (t for t in page if t.bounds[3] > top and t.bounds[1] < bottom)
        return [_cut_off(t, top, bottom) for t in seen]

    found = read_in_slices(750, 9100, 960, read)
    assert sorted((t.text, t.bounds) for t in found) == sorted((t.text, t.bounds) for t in page)


def _cut_off(whole: TextLine, top: int, bottom: int) -> TextLine:
    """The line as a slice shows it: in its coordinates, and with wrong letters where its edge cuts it."""
    left, up, right, down = whole.bounds
    up, down = max(up, top) - top, min(down, bottom) - top
    text = whole.text if down - up == whole.bounds[3] - whole.bounds[1] else "###"
    return TextLine(text, ((left, up), (right, up), (right, down), (left, down)), whole.score)


def test_two_lines_of_one_slice_are_never_taken_for_one() -> None:
    nested = [line("stamp", 100, height=200), line("inside", 150)]
    assert {t.text for t in read_in_slices(750, 900, 960, lambda top, bottom: nested)} == {"stamp", "inside"}
