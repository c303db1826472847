import pytest

from data_jobs.ocr.cards import cards
from data_jobs.ocr.text_line import Bounds


def column(left: int, *lines: tuple[int, int, int]) -> list[Bounds]:
    """Lines of (top, width, height), flush left."""
    return [(left, top, left + width, top + height) for top, width, height in lines]


def beside(*columns: list[Bounds]) -> list[list[int]] | None:
    boxes = [box for one in columns for box in one]
    return cards(boxes, range(len(boxes)))


TEXT = ((100, 60, 20), (130, 150, 14), (150, 140, 14))
"""A heading over two lines of text."""


def test_headings_over_their_text_are_cards() -> None:
    assert beside(column(0, *TEXT), column(300, *TEXT)) == [[0, 1, 2], [3, 4, 5]]


def test_a_heading_may_stand_off_its_text_but_not_far() -> None:
    far = ((100, 60, 20), (190, 150, 14), (210, 140, 14))
    assert beside(column(0, *far), column(300, *far)) is None


def test_columns_must_begin_at_about_one_height() -> None:
    lower = [(top + 60, width, height) for top, width, height in TEXT]
    assert beside(column(0, *TEXT), column(300, *lower)) is None


def test_one_column_is_no_set_of_cards() -> None:
    assert beside(column(0, *TEXT)) is None


@pytest.mark.parametrize("rows", [2, 3, 4, 9])
def test_cells_of_one_print_are_no_cards_however_close(rows: int) -> None:
    cells = [(100 + 18 * row, 40, 14) for row in range(rows)]
    assert beside(column(0, *cells), column(100, *cells), column(200, *cells)) is None


def test_a_large_head_does_not_make_cards_of_a_long_table() -> None:
    cells = [(100, 50, 24), *((140 + 30 * row, 50, 14) for row in range(5))]
    assert beside(column(0, *cells), column(100, *cells)) is None


def test_wide_lines_are_running_text_only_where_they_stand_close() -> None:
    close, apart = ([(100 + pitch * row, 150, 14) for row in range(4)] for pitch in (22, 40))
    assert beside(column(0, *close), column(300, *close)) is not None
    assert beside(column(0, *apart), column(300, *apart)) is None


def test_a_number_halfway_down_belongs_to_the_card_beside_it_and_a_cell_does_not() -> None:
    assert beside(column(0, (118, 20, 20)), column(100, *TEXT)) == [[0], [1, 2, 3]]
    assert beside(column(0, (100, 20, 20)), column(100, *TEXT)) is None


def test_a_footnote_under_one_card_is_not_part_of_it() -> None:
    assert beside(column(0, *TEXT, (190, 180, 12)), column(300, *TEXT)) is None
