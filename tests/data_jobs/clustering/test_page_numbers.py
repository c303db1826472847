import pytest

from data_jobs.clustering.page_numbers import has_offer_mark, is_bare, numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("原价１９９元 只要9.9", ("199", "9.9")),
        ("¥1,299.00", ("1299.00",)),
        ("满3OO减2O", ("300", "20")),
        ("￥89 9", ("89.9",)),
        ("¥89 500ml", ("89", "500")),
        ("买二送一", ("二", "一")),
        ("全场五折", ("五",)),
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
        ("折叠后20cm", False),
        ("净含量 500ml", False),
        ("送货上门", False),
    ],
)
def test_lines_of_offers_are_known_by_their_marks(text: str, offer: bool) -> None:
    assert has_offer_mark(text) is offer


def test_a_number_alone_is_bare() -> None:
    assert is_bare("79.9") and is_bare("· 79 ·")
    assert not is_bare("79cm")
