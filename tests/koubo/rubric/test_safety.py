"""Safety: what the law forbids is found with its article, what only looks like it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from koubo.rubric.safety import RuleError, find_breaches, load_rules, rules
from koubo.rubric.score import score
from koubo.rubric.scorecard import ScoredScript

ROWS = [
    line.split("|", 1)
    for line in (Path(__file__).parent / "safety_sentences.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
REAL = Path(__file__).parents[4] / "shared" / "data" / "live" / "real_scripts.json"


def unsafe(text: str) -> bool:
    return any(breach.severity == "unsafe" for breach in find_breaches(text))


def test_precision_and_recall_on_our_own_sentences() -> None:
    wrong = [(label, text) for label, text in ROWS if unsafe(text) != (label == "unsafe")]
    missed = [text for label, text in wrong if label == "unsafe"]
    marked = [text for label, text in wrong if label == "fine"]
    found = sum(label == "unsafe" for label, _ in ROWS) - len(missed)
    assert found / (found + len(missed)) >= 0.95, missed
    assert found / (found + len(marked)) >= 0.95, marked


def test_every_rule_names_its_law() -> None:
    for rule in rules():
        assert "《" in rule.law or "平台规则" in rule.law, rule.id
        assert rule.note


@pytest.mark.skipif(not REAL.exists(), reason=f"real scripts are not here: {REAL}")
def test_a_real_script_with_medical_claims_is_unsafe_with_the_article() -> None:
    texts = {row["title"]: row["text"] for row in json.loads(REAL.read_text(encoding="utf-8"))["scripts"]}
    title = next(title for title in texts if "银螺胶囊" in title)
    card = score(ScoredScript.plain(texts[title]))
    assert not card.safe
    assert any("《广告法》第十七条" in evidence.rule for evidence in card["safety"].evidence)
    assert all(score(ScoredScript.plain(text)).safe for other, text in texts.items() if other != title)


RULE = "- {id: a, law: 《广告法》第九条, severity: unsafe, note: n, patterns: [x]"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("- {id: a, law: 《广告法》第九条, severity: unsafe, note: n, patterns: ['(']}", "rule a: field patterns"),
        ("- {id: a, law: 《广告法》第九条, severity: fatal, note: n, patterns: [x]}", "severity"),
        ("- {id: a, law: 《广告法》第九条, severity: unsafe, note: n}", "rule a: fields patterns and together"),
        (RULE + ", excepted: [y]}", "excepted"),
        (RULE + "}\n" + RULE + "}", "rule a: field id"),
        (RULE + ", except: ['{nobody}']}", "rule a: field except: .*nobody"),
        (RULE + ", except: ['國家']}", "rule a: field except: .*can never match"),
        (RULE + ", unless: ['微信|(?:VX)']}", "rule a: field unless: .*can never match"),
        (RULE + ", except: ['y*']}", "rule a: field except: .*empty"),
    ],
)
def test_a_broken_rule_file_is_refused_by_file_rule_and_field(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "safety.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(RuleError, match=f"{path}(?s:.*){named}"):
        load_rules(path)


@pytest.mark.parametrize(
    "text",
    ["全網最 低 价", "全·网·最·低·价", "第①名的口碑", "加Ｖ信", "加薇❤信聊", "蕞好的料子", "zui好的料子", "丁页级羊绒"],
)
def test_disguised_words_are_found_where_they_stand(text: str) -> None:
    breaches = [breach for breach in find_breaches(f"今天，{text}，懂吧") if breach.severity == "unsafe"]
    assert breaches
    for breach in breaches:
        assert breach.words == f"今天，{text}，懂吧"[breach.start : breach.end]


def test_kinds_of_words_breach_together_in_one_sentence_only(tmp_path: Path) -> None:
    path = tmp_path / "safety.yaml"
    path.write_text(RULE.replace("patterns: [x]", "together: [[库存, 骗]]") + ", unless: [反诈]}\n", encoding="utf-8")
    among = load_rules(path)
    assert [b.words for b in find_breaches("说库存不多是骗你的。", among)] == ["库存不多是骗"]
    assert not find_breaches("库存不多。骗你干嘛", among)
    assert not find_breaches("反诈提醒，说库存不多是骗你的", among)
    assert not find_breaches("库存" + "好" * 60 + "骗", among)


@pytest.mark.parametrize(
    "text",
    [
        "有人问这个杯垫是不是国宴特供，不是，就是普通软木",
        "手串开没开过光，没有，木头珠子而已",
        "减肥茶我们不卖，这是炒好的大麦",
        "消炎药跟它没关系，这是一包润喉糖",
        "状元桥是一个景点，明信片里有一张",
        "充电线最长两米，最短那根二十厘米",
        "孩子最好穿袜子再试鞋",
        "小朋友不要自己下单，叫大人来",
        "蒸汽熨一遍，裤子上的皱就平了",
    ],
)
def test_words_that_are_asked_about_denied_or_names_are_not_breaches(text: str) -> None:
    assert not [breach.words for breach in find_breaches(text) if breach.severity == "unsafe"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("顶字后面加个级，这口锅就是那个", "hinted_word"),
        ("排行榜的冠jun，拼音你们认识", "hinted_word"),
        ("小朋友，妈妈的付款码拿来扫一下", "minors"),
        ("一等奖送一套公寓，买一包湿巾就能抽", "price_fraud"),
        ("定金不退这条先别告诉他们", "price_fraud"),
        ("国产的奶酪贴个法国的标签，谁吃得出来", "invented_data"),
        ("电子烟新口味，喜欢的拍二号链接", "tobacco"),
        ("高仿的包，跟专柜一模一样", "counterfeit"),
    ],
)
def test_families_of_words_name_their_rule(text: str, rule: str) -> None:
    assert rule in {breach.rule for breach in find_breaches(text) if breach.severity == "unsafe"}


def test_planned_lines_are_not_marked() -> None:
    lines = (Path(__file__).parents[3] / "examples/speech/host_lines.jsonl").read_text(encoding="utf-8").splitlines()
    marked = [line for line in lines if unsafe(json.loads(line)["text"])]
    assert not marked
