from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_jobs.ocr.slices import OVERLAP, cut, read_in_slices
from data_jobs.ocr.text_line import TextLine


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


@st.composite
def tall_pages(draw: st.DrawFn) -> list[TextLine]:
    """Rows of one to three lines, up to 150 pixels tall, from touching to far apart, on a page 750 wide."""
    rows = draw(st.lists(st.tuples(st.integers(14, 150), st.integers(0, 60), st.integers(1, 3)), min_size=25))
    page, top = [], 5
    for number, (height, gap, columns) in enumerate(rows):
        width = 700 // columns
        page += [_moved_right(line(f"{number}.{c}", top, height, width - 20), c * width) for c in range(columns)]
        top += height + gap
    return page


@given(tall_pages(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_no_line_is_lost_or_doubled_however_a_page_is_laid_out(page: list[TextLine], random: Random) -> None:
    """The detector's boxes differ a little from slice to slice; what an edge cuts off is still taken for a line."""
    height = max(2000, page[-1].bounds[3] + 5)

    def read(top: int, bottom: int) -> list[TextLine]:
        seen = (t for t in page if min(t.bounds[3], bottom) - max(t.bounds[1], top) > 2)
        return [_shaken(_cut_off(t, top, bottom), bottom - top, random) for t in seen]

    assert sorted(t.text for t in read_in_slices(750, height, 960, read)) == sorted(t.text for t in page)


def _moved_right(whole: TextLine, by: int) -> TextLine:
    a, b, c, d = ((x + by, y) for x, y in whole.box)
    return TextLine(whole.text, (a, b, c, d), whole.score)


def _shaken(seen: TextLine, height: int, random: Random) -> TextLine:
    """A sighting whose box is off by up to a twelfth of its height, but for edges of the slice, where it ends."""
    left, up, right, down = seen.bounds
    off = max(1, (down - up) // 12)
    up = up and max(0, up + random.randint(-off, off))
    down = down if down == height else min(height, down + random.randint(-off, off))
    left, right = left + random.randint(-off, off), right + random.randint(-off, off)
    return TextLine(seen.text, ((left, up), (right, up), (right, down), (left, down)), seen.score)


def test_a_line_taller_than_an_overlap_is_not_lost() -> None:
    tall = TextLine("sign", ((700, 100), (740, 100), (740, 1900), (700, 1900)), 0.9)
    found = read_in_slices(750, 2000, 960, lambda top, bottom: [_cut_off(tall, top, bottom)])
    assert found


def test_small_print_between_large_lines_of_an_overlap_is_not_taken_for_one_of_them() -> None:
    """The boxes of large lines, seen better in the other slice, reach over it."""
    large, small = line("large", 820, height=110), line("small", 905, height=30)

    def read(top: int, bottom: int) -> list[TextLine]:
        seen = [large] if top == 0 else [large, small]
        return [_cut_off(t, top, bottom) for t in seen if t.bounds[3] <= bottom and t.bounds[1] >= top]

    assert {t.text for t in read_in_slices(750, 1700, 960, read)} == {"large", "small"}
