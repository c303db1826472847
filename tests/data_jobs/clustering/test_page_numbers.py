import pytest

from data_jobs.clustering.page_numbers import has_offer_mark, is_bare, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("原价１９９元 只要9.9", ("199", "9.9")),
        ("¥1,299.00", ("1299",)),
        ("99.90元", ("99.9",)),
        ("满3OO减2O", ("300", "20")),
        ("￥89 9", ("89.9",)),
        ("¥89 500ml", ("89", "500")),
        ("买二送一", ("二", "一")),
        ("第二件0元", ("二", "0")),
        ("全场五折", ("五",)),
        ("到手价九十九", ("九十九",)),
        ("九块九", ("九", "九")),
        ("九毛九", ("九毛", "九")),
        ("一点五折", ("一点五",)),
        ("一〇九元", ("一零九",)),
        ("零元购", ("0",)),
        ("買兩件 九塊九", ("两", "九", "九")),
        ("零售价九块九", ("九", "九")),
        ("一起买 券后满三百减五十", ("三百", "五十")),
        ("三件套", ("三",)),
        ("九十九", ("九十九",)),
        ("一起喝 十分香 万一 半天", ()),
        ("一年质保²", ()),
        ("OPPO Find", ()),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, found: tuple[str, ...]) -> None:
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("直播价 79.9", True),
        ("￥99", True),
        ("第二件半价", True),
        ("满199减20", True),
        ("元起", True),
        ("买二赠一", True),
        ("满两百", True),
        ("到手九十九", True),
        ("只要三步", True),
        ("块九", True),
        ("折起", True),
        ("折叠后20cm", False),
        ("净含量 500ml", False),
        ("送货上门", False),
    ],
)
def test_lines_of_offers_are_known_by_their_marks(text: str, offer: bool) -> None:
    assert has_offer_mark(text) is offer


def test_a_number_alone_is_bare() -> None:
    assert is_bare("79.9") and is_bare("· 79 ·")
    assert is_bare("九十九") and is_bare("九点九")
    assert not is_bare("79cm")


@pytest.mark.parametrize("line", ["一", "十", "—"])
def test_a_dash_or_a_cross_is_no_number(line: str) -> None:
    """OCR takes the one for 一 and the other for 十."""
    assert not is_bare(line) and numbers(line) == ()
