import numpy as np
import polars as pl

from data_jobs.clustering.fingerprint import FINGERPRINT, line_words, numbered_lines, offers, once, read_page
from data_jobs.clustering.keypoints import KEYPOINTS, TABLES, KeypointFinder
from tests.data_jobs.drawn_pages import drawing, ocr_lines, row

BOX = (0.1, 0.1, 0.3, 0.2)
FAR = (0.1, 0.8, 0.3, 0.9)


def test_a_fingerprint_survives_its_table() -> None:
    made = row("a", drawing(1), ocr_lines())
    table = pl.DataFrame([made], schema=FINGERPRINT)
    page = read_page(table.row(0, named=True))
    assert page.words.tolist() == made["words"].tolist()
    assert page.points.shape == (len(page.words), 2)
    assert [line.text for line in page.lines] == ["316 STEEL CUP", "FLIP LID 260G", "¥79.9"]
    assert made["offers"] == "79.9"


def test_the_same_picture_gives_the_same_words_and_a_blank_one_none() -> None:
    words, points = KeypointFinder().find(drawing(1))
    again, _ = KeypointFinder().find(drawing(1))
    assert words.tolist() == again.tolist()
    assert len(words) == len(points) <= KEYPOINTS * TABLES
    assert len(KeypointFinder().find(drawing(1).crop((0, 0, 1, 1)))[0]) == 0


def test_lines_are_words_at_two_corners_whatever_their_marks() -> None:
    words, points = line_words(["锁温不漏，260g", "锁温不漏260G", "ab"], [BOX, FAR, BOX])
    assert words[:2].tolist() == words[2:].tolist()
    assert points[:2].tolist() == np.float32([[0.1, 0.1], [0.3, 0.2]]).tolist()
    assert len(words) == 4
    assert once(words, points)[0].tolist() == []


def test_a_number_beside_a_price_mark_is_an_offer_and_one_far_from_it_is_not() -> None:
    lines = numbered_lines(["直播价", "79.9", "108"], [BOX, (0.32, 0.1, 0.4, 0.2), FAR], [0.9, 0.9, 0.9])
    assert [(line.text, line.offer) for line in lines] == [("79.9", True), ("108", False)]
    assert offers(lines) == "79.9"
