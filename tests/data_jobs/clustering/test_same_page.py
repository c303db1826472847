import io
from pathlib import Path

import pytest
from PIL import Image

from data_jobs.clustering.same_page import same_page
from data_jobs.clustering.second_look import SecondLook
from data_jobs.ocr.fetch import Fetcher
from data_jobs.ocr.picture_web import WebLimits
from tests.data_jobs.drawn_pages import LINES, PRICE, Print, drawing, ocr_lines, page
from tests.data_jobs.web_shop import web_shop

ORIGINAL = page(drawing(1), ocr_lines())


def saved_again(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=35)
    return Image.open(buffer).convert("RGB")


@pytest.mark.parametrize(
    ("image", "lines"),
    [
        (drawing(1).resize((330, 330)), ocr_lines(scale=0.55)),
        (saved_again(drawing(1)), ocr_lines()),
        (drawing(1).crop((30, 20, 600, 600)), ocr_lines(left=30, top=20)),
        (drawing(1).crop((30, 20, 600, 600)).resize((400, 407)), ocr_lines(left=30, top=20, scale=400 / 570)),
        (drawing(1, [*LINES, ("KOUBO SHOP", (150, 300), 40)]), ocr_lines([*LINES, ("KOUBO SHOP", (150, 300), 40)])),
    ],
    ids=["resized", "recompressed", "cropped", "cropped and resized", "stamped"],
)
def test_a_changed_copy_is_the_same_page(image: Image.Image, lines: list[dict[str, object]]) -> None:
    assert same_page(ORIGINAL, page(image, lines))
    assert same_page(page(image, lines), ORIGINAL)


def with_price(text: str) -> list[Print]:
    return [*LINES[:2], (text, PRICE[1], PRICE[2])]


@pytest.mark.parametrize("price", ["¥99.9", "¥79", "¥779.9", "79.9"])
def test_one_template_with_two_prices_is_two_pages(price: str) -> None:
    other = page(drawing(1, with_price(price)), ocr_lines(with_price(price)))
    assert same_page(ORIGINAL, other) is (price == "79.9")


OFFERS = [
    ("九块九", "九块八"),
    ("九块九", "九毛九"),
    ("兩杯九塊九", "兩杯九塊八"),
    ("到手价九十九", "到手价八十九"),
    ("到手九十九", "到手八十九"),
    ("一百九十九元", "一百八十九元"),
    ("第二杯半价", "第三杯半价"),
    ("第二件半价", "第二件七折"),
    ("第二件0元", "第二件9元"),
    ("两件八折", "两件七折"),
    ("全场五折", "全场六折"),
    ("买二送一", "买三送一"),
    ("买二送一", "买一送二"),
    ("满三百减五十", "满两百减五十"),
    ("九点九元", "九点八元"),
    ("￥１９９", "￥１８９"),
    ("¥9.9", "¥99"),
]


@pytest.mark.parametrize(("offer", "another"), OFFERS)
def test_one_template_with_two_spelled_offers_is_two_pages(offer: str, another: str) -> None:
    a, b = (page(drawing(1, with_price(text)), ocr_lines(with_price(text))) for text in (offer, another))
    assert not same_page(a, b) and not same_page(b, a)
    assert same_page(a, a) and same_page(b, b)


@pytest.mark.parametrize("price", sorted({offer for offer, _ in OFFERS}))
def test_a_changed_copy_of_a_page_with_a_spelled_offer_is_the_same_page(price: str) -> None:
    lines = with_price(price)
    image = drawing(1, lines)
    original = page(image, ocr_lines(lines))
    assert same_page(original, page(image.resize((330, 330)), ocr_lines(lines, scale=0.55)))
    assert same_page(original, page(saved_again(image), ocr_lines(lines)))
    assert same_page(original, page(image.crop((30, 20, 600, 600)), ocr_lines(lines, left=30, top=20)))


@pytest.mark.parametrize(("price", "again"), [("¥99.90", "¥99.9"), ("¥1,299", "¥1299"), ("0元", "零元")])
def test_one_price_written_in_two_ways_is_one_price(price: str, again: str) -> None:
    a, b = (page(drawing(1, with_price(price)), ocr_lines(with_price(text))) for text in (price, again))
    assert same_page(a, b) and same_page(b, a)


def in_two_lines(price: str) -> list[Print]:
    return [*LINES[:2], ("到手价", (300, 440), 36), (price, (300, 500), 90)]


@pytest.mark.parametrize(("price", "another"), [("九十九", "八十九"), ("九九", "八九"), ("九", "八")])
def test_a_spelled_price_below_its_mark_is_an_offer(price: str, another: str) -> None:
    a, b = (page(drawing(1, in_two_lines(text)), ocr_lines(in_two_lines(text))) for text in (price, another))
    assert not same_page(a, b, lambda *_: True)
    unmarked = [line for line in in_two_lines(price) if line[0] != "到手价"]
    assert same_page(a, page(drawing(1, in_two_lines(price)), ocr_lines(unmarked)))


def test_a_mark_that_was_not_read_hides_no_numeral() -> None:
    """A copy whose ¥ was not read is no line of an offer any more, but its numerals are there all the same."""
    lines, unmarked = with_price("¥99一箱两盒"), with_price("99一箱两盒")
    assert same_page(page(drawing(1, lines), ocr_lines(lines)), page(drawing(1, lines), ocr_lines(unmarked)))


@pytest.mark.parametrize(("line", "misread"), [("一起喝 十分香", "-起喝 + 分香"), ("用半天 万一", "用羊天 万-")])
def test_a_misread_idiom_on_an_ordinary_line_is_no_other_number(line: str, misread: str) -> None:
    lines: list[Print] = [*LINES, (line, (60, 300), 30)]
    slip: list[Print] = [*LINES, (misread, (60, 300), 30)]
    assert same_page(page(drawing(1, lines), ocr_lines(lines)), page(drawing(1, lines), ocr_lines(slip)))


def test_a_price_that_is_missing_in_the_frame_makes_another_page() -> None:
    assert not same_page(ORIGINAL, page(drawing(1, LINES[:2]), ocr_lines(LINES[:2])))


def test_a_price_that_a_crop_cut_away_does_not() -> None:
    assert same_page(ORIGINAL, page(drawing(1).crop((0, 0, 600, 515)), ocr_lines(LINES[:2])))


def test_a_number_that_the_edge_cuts_is_compared_as_the_end_of_one() -> None:
    lines: list[Print] = [*LINES, ("1280 SHOTS", (10, 240), 36)]
    whole = page(drawing(1, lines), ocr_lines(lines))
    cut = [*ocr_lines(left=32), *ocr_lines([("280 SHOTS", (32, 240), 36)], left=32)]
    assert same_page(whole, page(drawing(1, lines).crop((32, 0, 600, 600)), cut))
    wrong = [*ocr_lines(left=32), *ocr_lines([("290 SHOTS", (32, 240), 36)], left=32)]
    assert not same_page(whole, page(drawing(1, lines).crop((32, 0, 600, 600)), wrong))


def test_other_pictures_with_the_same_print_are_other_pages() -> None:
    assert not same_page(ORIGINAL, page(drawing(2), ocr_lines()))


def test_another_colour_of_the_same_thing_is_another_page() -> None:
    red, green, blue = drawing(1).split()
    assert not same_page(ORIGINAL, page(Image.merge("RGB", (green, blue, red)), ocr_lines()))


def saved(image: Image.Image, folder: Path, name: str) -> str:
    image.save(folder / name)
    return str(folder / name)


def test_a_second_look_settles_what_ocr_missed_or_misread(tmp_path: Path) -> None:
    """A line that was not read on one picture is looked for there; offers are never settled like that."""
    look, half = SecondLook(), drawing(1).resize((300, 300))
    whole = page(drawing(1), ocr_lines(), saved(drawing(1), tmp_path, "whole.png"))
    unread = [line for line in ocr_lines(scale=0.5) if line["text"] != "FLIP LID 260G"]
    small = page(half, unread, saved(half, tmp_path, "small.png"))
    assert not same_page(whole, small)
    assert same_page(whole, small, look)
    no_price = page(half, ocr_lines(LINES[:2], scale=0.5), saved(half, tmp_path, "no_price.png"))
    assert not same_page(whole, no_price, look)


def test_a_second_look_sees_one_changed_digit(tmp_path: Path) -> None:
    lines: list[Print] = [LINES[0], ("FLIP LID 290G", LINES[1][1], LINES[1][2]), PRICE]
    whole = page(drawing(1), ocr_lines(), saved(drawing(1), tmp_path, "whole.png"))
    other = page(drawing(1, lines), ocr_lines(lines), saved(drawing(1, lines), tmp_path, "other.png"))
    assert not same_page(whole, other, SecondLook())


def test_a_picture_that_is_gone_settles_nothing(tmp_path: Path) -> None:
    whole = page(drawing(1), ocr_lines(), saved(drawing(1), tmp_path, "whole.png"))
    lines = [line for line in ocr_lines() if line["text"] != "FLIP LID 260G"]
    look = SecondLook()
    assert not same_page(whole, page(drawing(1), lines, str(tmp_path / "gone.png")), look)
    assert list(look.unseen.values()) == ["missing_file: there is no such file"]


def test_a_second_look_asks_no_address_that_ocr_would_not(tmp_path: Path) -> None:
    whole = page(drawing(1), ocr_lines(), saved(drawing(1), tmp_path, "whole.png"))
    lines = [line for line in ocr_lines() if line["text"] != "FLIP LID 260G"]
    with web_shop(Path(whole.path).read_bytes()) as (url, asked):
        for address in (f"{url}/a.png", f"simplecache::{url}/a.png"):
            look = SecondLook()
            assert not same_page(whole, page(drawing(1), lines, address), look)
            assert [why.split(":")[0] for why in look.unseen.values()] == ["refused_address"]
        assert asked == []
        allowed = SecondLook(fetcher=Fetcher(WebLimits(private_hosts=frozenset({"127.0.0.1"}))))
        assert same_page(whole, page(drawing(1), lines, f"{url}/a.png"), allowed) and not allowed.unseen
