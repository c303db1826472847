from data_jobs.ocr.box_rows import along, gaps, looseness, rows_by_overlap, split
from data_jobs.ocr.text_line import Bounds

BOXES: list[Bounds] = [(200, 0, 260, 20), (0, 4, 80, 24), (90, 60, 150, 80), (0, 30, 300, 50)]


def test_the_gaps_along_an_axis_and_the_parts_between_them() -> None:
    assert along(BOXES, range(4), axis=1) == [0, 1, 3, 2]
    assert gaps(BOXES, range(4), axis=1) == [-16, 6, 10]
    assert split(BOXES, range(4), axis=1, least=6) == [[0, 1], [3], [2]]
    assert split(BOXES, range(4), axis=1, least=7) == [[0, 1, 3], [2]]
    assert split(BOXES, range(4), axis=0, least=1) == [[1, 3, 2, 0]]


def test_rows_are_boxes_that_share_a_height() -> None:
    assert rows_by_overlap(BOXES, range(4)) == [[1, 0], [3], [2]]


def test_a_tall_box_does_not_tie_the_rows_beside_it_together() -> None:
    boxes = [(0, 0, 100, 20), (0, 30, 100, 50), (200, 0, 220, 50)]
    assert not any({0, 1} <= set(row) for row in rows_by_overlap(boxes, range(3)))


def test_how_loose_rows_stand_is_told_in_letter_heights() -> None:
    assert looseness([(0, 0, 90, 20), (0, 30, 90, 40), (0, 35, 90, 45)], [[0], [1], [2]]) == [0.5, -0.5]
