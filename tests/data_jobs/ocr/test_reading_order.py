"""Layouts as sellers print them, as boxes alone: what stands in them does not matter to the order."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_jobs.ocr.reading_order import reading_rows
from data_jobs.ocr.text_line import Bounds


def box(left: int, top: int, width: int, height: int = 20) -> Bounds:
    return left, top, left + width, top + height


def stack(left: int, top: int, *lines: tuple[int, int], gap: int = 8) -> list[Bounds]:
    """Lines of (width, height) below one another, flush left."""
    boxes = []
    for width, height in lines:
        boxes.append(box(left, top, width, height))
        top += height + gap
    return boxes


def flat(boxes: Sequence[Bounds]) -> list[int]:
    return [i for row in reading_rows(boxes) for i in row]


def in_given_order(*groups: Sequence[Bounds]) -> None:
    """Every box is read where it is written, from whatever order the detector gives them in."""
    boxes = [one for group in groups for one in group]
    assert flat(boxes) == list(range(len(boxes)))
    backwards = boxes[::-1]
    assert [backwards[i] for i in flat(backwards)] == boxes


def test_no_boxes_no_rows() -> None:
    assert reading_rows([]) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 700), st.integers(0, 3000), st.integers(1, 700), st.integers(1, 300)), max_size=60
    )
)
def test_every_box_is_read_once_wherever_it_lies(sizes: list[tuple[int, int, int, int]]) -> None:
    assert sorted(flat([box(*size) for size in sizes])) == list(range(len(sizes)))


def test_rows_from_top_to_bottom_and_left_to_right_whatever_the_input_order() -> None:
    boxes = [box(200, 52, 80), box(10, 100, 300), box(10, 50, 80), box(10, 5, 200)]
    assert reading_rows(boxes) == [[3], [2, 0], [1]]


@pytest.mark.parametrize("pitch", [22, 26, 40, 70], ids=["tight", "touching", "usual", "loose"])
@pytest.mark.parametrize("rows", [2, 3, 5, 13])
def test_a_table_is_read_row_by_row(rows: int, pitch: int) -> None:
    cells = [box(column * 120, row * pitch, 50) for row in range(rows) for column in range(4)]
    assert reading_rows(cells) == [[row * 4 + column for column in range(4)] for row in range(rows)]


def test_a_table_of_names_and_values_keeps_its_rows_with_a_large_head_and_a_small_note() -> None:
    head = [box(90, 100, 70, 44), box(400, 98, 72, 48)]
    rows = [
        box(left, 160 + 62 * row, width, 36) for row in range(6) for left, width in ((70, 110), (360, 200 - 9 * row))
    ]
    note = [box(40, 535, 520, 24)]
    in_given_order(head, rows, note)


def test_boxes_of_short_cells_stand_off_so_far_that_rows_seem_close() -> None:
    cells = [box(110 + 130 * column, 120 + 50 * row, 45, 41) for row in range(7) for column in range(5)]
    in_given_order([box(40, 10, 250, 24), box(60, 40, 390, 21)], cells)


def test_a_list_of_two_columns_is_read_across() -> None:
    in_given_order(*([box(60, 800 + 56 * row, 150, 28), box(430, 800 + 56 * row, 160, 28)] for row in range(4)))


def test_a_cell_of_several_lines_is_read_whole() -> None:
    above = [box(50, 900, 320, 28), box(430, 902, 210, 26)]
    cells = [box(50, 965, 70, 28), box(140, 965, 230, 27), box(140, 996, 90, 27)]
    in_given_order(above, cells, [box(430, 965, 80, 27), box(530, 965, 150, 27), box(530, 996, 150, 27)])


def test_a_comparison_of_models_is_read_cell_by_cell() -> None:
    row = 300
    first = [box(60, row + 33, 120, 50), box(75, row + 95, 90, 20)]
    others = [
        [box(left + 15, row, 90, 20), box(left, row + 33, 120, 50), box(left + 15, row + 95, 90, 20)]
        for left in (290, 530)
    ]
    in_given_order([box(60, 60, 200, 30)], first, *others, [box(60, 560, 600, 20)])


def test_boxes_of_a_tilted_row_stay_together() -> None:
    assert reading_rows([box(0, 10, 80), box(100, 14, 80), box(200, 18, 80)]) == [[0, 1, 2]]


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    left = [box(0, 100 + 30 * row, 280) for row in range(4)]
    right = [box(320, 100 + 30 * row, 280) for row in range(4)]
    in_given_order([box(0, 10, 600, 40)], left, right)


def test_staggered_columns_are_read_one_after_the_other() -> None:
    left = [box(0, 60 * row, 100, 50) for row in range(3)]
    right = [box(300, 30 + 60 * row, 100, 50) for row in range(3)]
    assert reading_rows([*left, *right]) == [[0], [1], [2], [3], [4], [5]]


def test_cards_with_a_heading_are_read_one_by_one_and_row_by_row() -> None:
    cards = [
        stack(left, top, (110, 29), *[(170, 20)] * lines)
        for top, counts in ((200, (3, 2, 4)), (460, (2, 2, 2)))
        for left, lines in zip((40, 270, 510), counts, strict=True)
    ]
    in_given_order([box(180, 90, 380, 44)], *cards, [box(40, 700, 640)])


def test_captions_of_two_centred_lines_are_read_one_by_one() -> None:
    captions = [[box(x, y, 116, 18), box(x + 30, y + 28, 56, 18)] for y in (640, 980) for x in (130, 475)]
    in_given_order([box(170, 260, 340, 36)], *captions)


def test_captions_of_two_close_lines_are_read_one_by_one() -> None:
    captions = [[box(x, y, 55, 18), box(x, y + 20, 175, 20)] for y in (310, 515) for x in (48, 394)]
    in_given_order(*captions)


def test_callouts_one_a_little_higher_than_the_other_are_not_mixed() -> None:
    in_given_order(stack(50, 300, (70, 32), (140, 24)), stack(480, 338, (70, 32), (130, 24)))


def test_steps_with_a_tag_a_heading_and_a_sentence() -> None:
    cards = [
        [box(x + 24, y, 87, 28), box(x, y + 63, 130, 40), box(x, y + 120, 240, 26)]
        for y in (209, 463)
        for x in (59, 430)
    ]
    in_given_order([box(289, 54, 208, 57), box(328, 126, 135, 28)], *cards)


def test_a_number_beside_a_heading_and_its_text_comes_first() -> None:
    cards = [[box(70, y + 22, 48, 40), box(150, y, 120, 38), box(150, y + 46, 420, 28)] for y in (200, 380, 560)]
    in_given_order(*cards)


def test_coupons_with_a_button_and_a_footnote_under_them() -> None:
    coupons = [[box(x, 306, 205, 48), box(x + 75, 370, 56, 34), box(x + 234, 331, 87, 38)] for x in (65, 438, 811)]
    in_given_order(*coupons, [box(498, 444, 200, 21)])


def test_a_tall_page_changes_sides_without_losing_its_order() -> None:
    left = stack(40, 100, (180, 22), (300, 40), (300, 24), (290, 24), (200, 24))
    right = stack(420, 700, (60, 22), (260, 40), (310, 24), (300, 24))
    again = stack(40, 1300, (180, 22), (300, 40), (300, 24), (290, 24), (200, 24))
    in_given_order(left, right, again)


def test_text_beside_a_column_with_a_heading_of_its_own() -> None:
    heading = stack(40, 300, (90, 22), (190, 42), (180, 42))
    in_given_order(heading, stack(370, 300, *[(290, 24)] * 5, gap=4))


def test_lines_from_top_to_bottom_are_read_from_right_to_left_after_the_text_beside_them() -> None:
    logo = [box(170, 100, 75, 36), box(170, 145, 75, 20)]
    slogan = [box(50, 195, 310, 50)]
    in_given_order(logo, slogan, [box(675, 95, 25, 80), box(652, 95, 16, 130)], [box(40, 400, 600)])


def test_a_rotated_label_beside_a_list_does_not_join_its_rows() -> None:
    rows = [box(30, 300 + 36 * row, 300, 26) for row in range(4)]
    boxes = [*rows, box(480, 330, 20, 80)]
    assert [row for row in reading_rows(boxes) if len(row) > 1] == []
    assert [i for i in flat(boxes) if i < 4] == [0, 1, 2, 3]
