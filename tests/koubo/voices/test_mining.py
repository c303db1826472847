"""A product's reviews and questions into rows: what counts once, what counts not, what is quoted."""

from __future__ import annotations

from collections.abc import Sequence

from koubo.catalog.records import Question, Review
from koubo.catalog.review_facts import AspectRow
from koubo.voices.lexicon import load_lexicons
from koubo.voices.mining import Tally, mine_product

Rows = dict[tuple[str, str], AspectRow]


def mine(texts: Sequence[str], asked: Sequence[str] = (), tally: Tally | None = None) -> Rows:
    reviews = [Review(id=f"r{n}", product_id="p", text=t, place="r.csv", row=n) for n, t in enumerate(texts, start=2)]
    questions = [Question(id=f"q{n}", product_id="p", question=q, answer="是") for n, q in enumerate(asked)]
    rows = mine_product("p", load_lexicons().of("home"), reviews, questions, tally or Tally())
    return {(row.aspect, row.polarity): row for row in rows}


def test_a_review_counts_once_for_an_aspect_and_sense() -> None:
    rows = mine(["面料很软，面料真的很软，不起球", "洗了起球", "面料柔软"])
    assert (rows["材质", "positive"].count, rows["材质", "negative"].count) == (2, 1)
    assert rows["材质", "positive"].reviews == 3


def test_the_most_frequent_words_stand_for_the_rest() -> None:
    assert mine(["很柔软", "厚实", "非常柔软"])["材质", "positive"].opinion == "柔软"


def test_fillers_do_not_count_and_a_copied_template_counts_once() -> None:
    template = "面料柔软舒服，做工精细没有线头，颜色漂亮大方，是一次非常愉快的购物，第{}次买了"
    tally = Tally()
    texts = ["此用户没有填写评价", "好好好好好好", *(template.format(n) for n in range(5)), "面料柔软"]
    rows = mine(texts, tally=tally)
    assert rows["材质", "positive"].count == 2
    assert rows["材质", "positive"].reviews == 2
    assert (tally.counts["reviews"], tally.counts["fillers"], tally.counts["copies"]) == (8, 2, 4)


def test_short_words_of_different_buyers_are_not_copies() -> None:
    assert mine(["质量很好"] * 4)["质量", "positive"].count == 4


def test_quotes_name_their_record_and_complaints_have_none_that_could_be_read_aloud() -> None:
    rows = mine(["布料挺厚实，手感不错", "洗了就掉色，电话13812345678"])
    quote = rows["材质", "positive"].quotes[0]
    assert (quote.text, quote.record_id, quote.place, quote.row) == ("布料挺厚实，手感不错", "r2", "r.csv", 2)
    assert [q.text for q in rows["材质", "negative"].quotes] == ["洗了就掉色"]
    assert rows["材质", "negative"].source.record_id == "r3"


def test_abuse_is_counted_but_never_shown() -> None:
    row = mine(["傻逼", "脑残，失望"])["整体", "negative"]
    assert (row.count, row.opinion) == (2, "失望")


def test_questions_are_asked_and_praise_nothing() -> None:
    rows = mine([], ["会掉色吗？", "面料是什么的", "起球吗"])
    assert {key: row.count for key, row in rows.items()} == {("材质", "asked"): 3}


def test_the_order_of_reviews_does_not_matter() -> None:
    texts = ["布料挺厚实，手感不错", "手感柔软，做工精细", "太薄了", "颜色很漂亮，很柔软"]
    forward, backward = mine(texts), mine(texts[::-1])
    assert {k: (r.count, r.opinion, {q.text for q in r.quotes}) for k, r in forward.items()} == {
        k: (r.count, r.opinion, {q.text for q in r.quotes}) for k, r in backward.items()
    }
