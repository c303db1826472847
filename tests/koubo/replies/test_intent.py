"""What a comment wants: a labelled set of comments as viewers write them, and the rules' file."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import TypeAdapter

from koubo.replies.intent import UNKNOWN, Intent, understand
from koubo.replies.tables import IntentFile, parsed
from koubo.script.tables import TableError
from tests.koubo.replies.talk import HERE, rows

LABELLED = rows(HERE / "intents.jsonl")


def test_labelled_comments_are_understood() -> None:
    wrong = [row for row in LABELLED if understand(row["comment"]).intent != row["intent"]]
    assert len(LABELLED) >= 120 and {row["intent"] for row in LABELLED} == {*Intent}
    assert len(wrong) <= 0.03 * len(LABELLED), wrong


def test_no_intent_is_left_behind() -> None:
    right = Counter(row["intent"] for row in LABELLED if understand(row["comment"]).intent == row["intent"])
    total = Counter(row["intent"] for row in LABELLED)
    assert {intent: right[intent] / total[intent] for intent in total if right[intent] < 0.85 * total[intent]} == {}


@pytest.mark.parametrize(
    ("comment", "intent"),
    [
        ("多 少 钱", Intent.PRICE),
        ("ＤＵＯ ＳＨＡＯ ＱＩＡＮ", Intent.PRICE),
        ("多少錢", Intent.PRICE),
        ("包\u200b邮\u200b吗", Intent.SHIPPING),
        ("退*货*怎*么*退", Intent.AFTER_SALES),
    ],
)
def test_the_way_it_is_typed_does_not_matter(comment: str, intent: Intent) -> None:
    assert understand(comment).intent is intent


def test_the_longer_meaning_counts() -> None:
    assert understand("有运费险吗").intent is Intent.AFTER_SALES
    assert understand("运费多少").intent is Intent.SHIPPING
    assert understand("垃圾袋能装多少").intent is not Intent.ABUSE
    assert understand("宝妈能用吗").intent is Intent.FEATURE


def test_what_matches_nothing_is_off_topic_and_hardly_sure() -> None:
    found = understand("阿巴阿巴")
    assert (found.intent, found.confidence, found.why) == (Intent.OFF_TOPIC, UNKNOWN, ())


def test_two_intents_at_once_are_less_sure_than_one() -> None:
    assert understand("多少钱，什么材质的").confidence < understand("多少钱").confidence
    assert understand("多少钱").why


def test_the_products_own_words_count() -> None:
    assert understand("针数").intent is Intent.OFF_TOPIC
    assert understand("针数", names_fact=True).intent is Intent.FEATURE
    assert understand("墨绿有没有", names_option=True).intent is Intent.STOCK
    assert understand("拉杆箱", names_other=True).confidence > understand("拉杆箱").confidence


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("intents: {price: {sure: ['多少(']}}\nsigns: {}\nexpects: {}", "missing"),
        ("intents: {price: {surely: [多少钱]}}\nsigns: {}\nexpects: {}", "surely"),
        ("intents: {price: {topics: [价钱]}}\nsigns: {}\nexpects: {}", "no topic of"),
        ("intents: {price: {sure: ['(?:多少钱)?']}}\nsigns: {}\nexpects: {}", "empty text"),
    ],
)
def test_a_wrong_rule_is_named(text: str, message: str) -> None:
    with pytest.raises(TableError, match=message) as refused:
        parsed(text, "mine.yaml", TypeAdapter(IntentFile))
    assert "mine.yaml" in str(refused.value)
