from data_jobs.reading_order import reading_rows
from data_jobs.text_line import Bounds


def box(left: int, top: int, width: int, height: int = 20) -> Bounds:
    return left, top, left + width, top + height


def test_no_boxes_no_rows() -> None:
    assert reading_rows([]) == []


def test_rows_from_top_to_bottom_and_left_to_right_whatever_the_input_order() -> None:
    boxes = [box(200, 52, 80), box(10, 100, 300), box(10, 50, 80), box(10, 5, 200)]
    assert reading_rows(boxes) == [[3], [2, 0], [1]]


def test_a_table_is_read_row_by_row() -> None:
    cells = [box(column * 120, row * 40, 60) for row in range(5) for column in range(3)]
    assert reading_rows(cells) == [[row * 3 + column for column in range(3)] for row in range(5)]


def test_boxes_of_a_tilted_row_stay_together() -> None:
    assert reading_rows([box(0, 10, 80), box(100, 14, 80), box(200, 18, 80)]) == [[0, 1, 2]]


def test_rows_whose_loose_boxes_touch_are_still_rows() -> None:
    cells = [box(column * 200, row * 26, 90, 28) for row in range(4) for column in range(2)]
    assert reading_rows(cells) == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    left = [box(0, 100 + 30 * row, 280) for row in range(4)]
    right = [box(320, 100 + 30 * row, 280) for row in range(4)]
    headline = box(0, 10, 600, 40)
    order = [i for row in reading_rows([*right, headline, *left]) for i in row]
    assert order == [4, 5, 6, 7, 8, 0, 1, 2, 3]


def test_staggered_columns_are_read_one_after_the_other() -> None:
    left = [box(0, 60 * row, 100, 50) for row in range(3)]
    right = [box(300, 30 + 60 * row, 100, 50) for row in range(3)]
    assert reading_rows([*left, *right]) == [[0], [1], [2], [3], [4], [5]]
