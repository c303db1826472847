"""What a clause says of which aspect: negation, measures, contrast, wishes, questions."""

from __future__ import annotations

import pytest

from koubo.voices.lexicon import GENERIC, LexiconError, load_lexicons
from koubo.voices.opinions import asked_aspects, clauses_of
from koubo.voices.polarity import review_score


def said(text: str, family: str = "home") -> list[tuple[str, int]]:
    return [(o.aspect, o.polarity) for c in clauses_of(text, load_lexicons().of(family)) for o in c.opinions]


@pytest.mark.parametrize(
    ("text", "opinions"),
    [
        ("面料很舒服", [("材质", 1)]),
        ("面料不舒服", [("材质", -1)]),
        ("不是很软", [("材质", -1)]),
        ("没有异味", [("气味", 1)]),
        ("洗了几次都不起球", [("材质", 1)]),
        ("没有想象中那么好", [("整体", -1)]),
        ("不是不好看", [("外观", 1)]),
        ("颜色和做工都很好", [("外观", 1), ("做工", 1)]),
        ("有点薄", [("材质", -1)]),
        ("不厚不薄", [("材质", 1)]),
        ("物流很快，包装太差", [("物流", 1), ("包装", -1)]),
        ("手感嘛，很好", [("材质", 1)]),
        ("好漂亮", [("外观", 1)]),
        ("好难看", [("外观", -1)]),
    ],
)
def test_opinions_of_aspects(text: str, opinions: list[tuple[str, int]]) -> None:
    assert said(text) == opinions


@pytest.mark.parametrize(
    "text",
    [
        "好像是棉的",
        "希望能再软一点就好了",
        "不知道会不会起球",
        "这也叫质量好？",
        "可以放包里",
        "一般放卧室",
        "差不多三天",
    ],
)
def test_what_is_wished_asked_or_only_looks_like_an_opinion_is_none(text: str) -> None:
    assert said(text) == []


def test_the_same_word_is_of_another_aspect_in_another_family() -> None:
    assert said("味道很好", "food") == [("味道", 1)]
    assert said("味道很好", "home") == [("气味", 1)]
    assert said("没味道", "food") == [("味道", -1)]
    assert said("没味道", "home") == [("气味", 1)]


def test_words_are_given_without_degree_and_with_what_they_are_of() -> None:
    clauses = clauses_of("手感真的非常好，也不怎么掉色", load_lexicons().of("home"))
    assert [o.words for c in clauses for o in c.opinions] == ["手感好", "不掉色"]
    assert "手感真的非常好，也不怎么掉色"[clauses[1].opinions[0].start :] == "也不怎么掉色"


def test_what_buyers_ask_about() -> None:
    lexicon = load_lexicons().of("apparel")
    assert asked_aspects("会起球吗？", lexicon) == ("材质",)
    assert asked_aspects("175cm穿什么尺码", lexicon) == ("尺码",)
    assert asked_aspects("在吗", lexicon) == ()
    assert clauses_of("不知道会不会掉色", lexicon)[0].asked == ("材质",)


@pytest.mark.parametrize(
    ("text", "praises"),
    [
        ("很舒服，下次还会买", True),
        ("有点薄，但是很喜欢，会推荐", True),
        ("质量太差，退货了", False),
        ("样子好看，穿一天就坏了，客服还不理人", False),
        ("你们就是这样做生意的？居然连个说明书都没有", False),
    ],
)
def test_a_review_as_a_whole(text: str, praises: bool) -> None:
    score = review_score(clauses_of(text, load_lexicons().of(GENERIC)))
    assert (score > 0) is praises
    assert score != 0


def test_a_table_of_ones_own_is_checked(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("aspects") / "aspects.yaml"
    path.write_text(
        "families: {toys: [玩具]}\naspects: {电量: {families: [toys], terms: [电量], fits: [足]}, 整体: {}, 回购: {}}",
        encoding="utf-8",
    )
    lexicon = load_lexicons(path.read_text("utf-8"), str(path)).of("toys")
    assert [(o.aspect, o.polarity) for o in clauses_of("电量很足", lexicon)[0].opinions] == [("电量", 1)]
    path.write_text("families: {}\naspects: {电量: {families: [toys]}, 整体: {}, 回购: {}}", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"(?s)aspects.yaml.*电量.families: toys: no such family"):
        load_lexicons(path.read_text("utf-8"), str(path))
