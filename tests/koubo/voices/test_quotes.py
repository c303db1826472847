"""Which lines of a review a host may read aloud."""

from __future__ import annotations

import pytest

from koubo.catalog.records import Review
from koubo.voices.lexicon import load_lexicons
from koubo.voices.opinions import clauses_of
from koubo.voices.quotes import Lines, may_be_kept, quotable_lines


def lines(text: str, rating: float | None = None) -> Lines:
    review = Review(id="r", product_id="p", text=text, rating=rating)
    lexicon = load_lexicons().of("home")
    return quotable_lines(review, clauses_of(text, lexicon), lexicon)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("布料挺厚实，手感不错。第二次买了", "布料挺厚实，手感不错"),
        ("面料舒服 手感柔软 做工细致！！", "面料舒服，手感柔软，做工细致"),
        ("摸上去滑滑的，裸睡特别舒服。物流也快", "摸上去滑滑的，裸睡特别舒服"),
    ],
)
def test_plain_praise_is_quoted(text: str, quote: str) -> None:
    assert [line.text for line in lines(text).kept] == [quote]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("柔软舒服，打我电话吧，手感很好", "law"),
        ("面料柔软，加我微信返现，手感好", "law"),
        ("面料柔软，张女士推荐的，手感好", "personal"),
        ("面料真他妈柔软，手感真好", "abuse"),
        ("面料柔软，比淘宝的手感好", "platform"),
        ("面料柔软舒服，客服很耐心", "service"),
        ("面料柔软舒服，价格也很好", "money"),
        ("面料柔软舒服，才六十八块钱", "number"),
        ("面料柔软，助眠又亲肤，手感很好", "law"),
        ("面料柔软，全世界最舒服的手感", "law"),
        ("面料柔软，13812345678，手感好", "characters"),
        ("面料柔软舒服，还没洗过，手感好", "unsure"),
        ("面料柔软，就是颜色不好看，做工很好，手感很好", "complaint"),
    ],
)
def test_what_may_not_be_read_aloud_has_its_reason(text: str, reason: str) -> None:
    found = lines(text)
    assert (found.kept, found.refused) == ((), (reason,))


def test_a_buyer_who_is_not_content_is_not_quoted() -> None:
    assert lines("布料挺厚实，手感不错", rating=3).kept == ()
    assert lines("布料挺厚实，手感不错。洗了就掉色，太失望了，退货").kept == ()


def test_a_line_that_fits_any_product_is_none() -> None:
    assert lines("真的非常喜欢，非常满意").kept == ()


def test_lines_that_say_more_come_first() -> None:
    rich, poor = lines("面料柔软舒服，做工精细，颜色漂亮").kept[0], lines("睡起来真的是非常舒服").kept[0]
    assert rich.rank > poor.rank


def test_a_complaint_is_shown_without_anybodys_data() -> None:
    assert may_be_kept("洗了几次就起球")
    assert not may_be_kept("王先生的电话打不通")
    assert not may_be_kept("加我vx123")
