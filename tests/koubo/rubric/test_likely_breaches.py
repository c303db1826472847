"""Likely breaches: what is like known ones is a finding that says why, and is neither unsafe nor law."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from koubo.rubric.likely_breaches import LikelyBreachesError, default_likely_breaches, load_likely_breaches
from koubo.rubric.pick import verdicts
from koubo.rubric.safety import find_breaches
from koubo.rubric.score import Standards, default_standards, score
from koubo.rubric.scorecard import Evidence, ScoredScript
from koubo.rubric.sentences import sentences
from koubo.script.compose import Completed, Verdict
from koubo.script.plan import SectionKind, plan
from koubo.script.tables import section_texts

HOST_LINES = Path(__file__).parents[3] / "examples/speech/host_lines.jsonl"
LIKE_A_BREACH = "这茶喝半个月，三高全跟你拜拜"
LIKE_BREACHES = (
    "孩子喝了一个月，感冒再没找过他",
    "擦了一个月，脸上的坑都平了",
    "喝了它你们家孩子考试能多考二十分",
    "喝了一个月，我妈的血管跟小姑娘似的",
    "我老公喝了以后晚上生龙活虎",
)
HEAD = "# n-grams\nbias\t-1.0\n"
OWN = "喝完\t2.0\t3.0\n拜拜\t1.0\t4.0\n早点\t2.0\t-3.0\n"


def likely(text: str, standards: Standards | None = None) -> list[Evidence]:
    card = score(ScoredScript.plain(text), standards=standards)
    return [one for one in card["safety"].evidence if one.rule == "likely_breach"]


def with_thresholds(marked_from: float, refused_from: float) -> Standards:
    """Standards without a rule, so that the layer speaks alone."""
    standards = replace(default_standards(), safety=())
    set_to = standards.rubric.likely_breach.model_copy(
        update={"marked_from": marked_from, "refused_from": refused_from}
    )
    return replace(standards, rubric=standards.rubric.model_copy(update={"likely_breach": set_to}))


def test_what_the_rules_miss_is_marked() -> None:
    missed = [text for text in LIKE_BREACHES if not find_breaches(text)]
    assert missed
    assert [[one.words for one in likely(text + "。")] for text in missed] == [[text] for text in missed]


def test_a_finding_says_why_and_leaves_the_script_safe() -> None:
    text = f"家人们晚上好。{LIKE_A_BREACH}！喜欢的直接拍。"
    card = score(ScoredScript.plain(text), standards=with_thresholds(0.8, 0.7))
    (found,) = card["safety"].evidence
    assert (found.words, found.rule) == (LIKE_A_BREACH, "likely_breach")
    assert found.note.startswith("like known breaches: 0.") and "三高" in found.note
    assert card.safe and card["safety"].score == pytest.approx(0.95)


def test_what_a_rule_marks_is_named_once_with_its_article() -> None:
    assert default_likely_breaches().found("这个喝了包你断根", 0.8) is not None
    card = score(ScoredScript.plain("这个喝了包你断根。"))
    assert not card.safe
    assert all("《" in one.rule for one in card["safety"].evidence)


def test_a_threshold_of_one_switches_it_off() -> None:
    assert likely(LIKE_A_BREACH, with_thresholds(0.8, 1.0))
    assert not likely(LIKE_A_BREACH, with_thresholds(1.0, 1.0))
    certain = replace(default_likely_breaches(), bias=1e9)
    assert certain.found(LIKE_A_BREACH, 0.99) and certain.found(LIKE_A_BREACH, 1.0) is None


@pytest.mark.parametrize(
    "text",
    [
        "来，镜头拉近，看看这个收口的针脚",
        "下午四点之前拍的今天都能发走",
        "尺码拿不准的把身高体重打在公屏上",
        "这条我自己也买了，洗过好几回",
    ],
)
def test_ordinary_talk_is_not_marked(text: str) -> None:
    assert not likely(text)


def test_host_lines_are_not_marked() -> None:
    lines = [json.loads(line)["text"] for line in HOST_LINES.read_text(encoding="utf-8").splitlines()]
    assert len(lines) > 50
    assert not [line for line in lines if likely(line)]


def test_planned_lines_are_not_marked() -> None:
    roles = (role for section in section_texts().values() for role in section.values())
    families = (family for role in roles for occasion in role.values() for family in occasion.values())
    lines = {line.replace("{you}", "家人们").replace("{name}", "栖木屋保温杯") for lines in families for line in lines}
    model = default_likely_breaches()
    assert len(lines) > 300
    assert not [s for line in lines for s in sentences(line) if model.found(s, 0.8)]


def test_the_explanation_names_what_spoke_for_it_strongest_first(tmp_path: Path) -> None:
    path = tmp_path / "likely.tsv"
    path.write_text(HEAD + OWN, encoding="utf-8")
    found = load_likely_breaches(path).resemblance("早点喝完，拜 拜！")
    # values 2, 2, 1 of length 3; weights -3, 3, 4: -2 + 2 + 4/3 over a bias of -1
    assert found.probability == pytest.approx(0.5826, abs=1e-4)
    assert found.because == ("喝完", "拜拜")
    assert found.note == "like known breaches: 0.58 (喝完, 拜拜)"


def test_disguises_change_nothing() -> None:
    model = default_likely_breaches()
    assert model.resemblance("這茶喝半個月，三 高全跟你拜拜。") == model.resemblance(LIKE_A_BREACH)


def test_an_empty_sentence_is_judged_by_the_bias_alone() -> None:
    assert default_likely_breaches().resemblance("").because == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", ":2: 'bias'"),
        ("# n-grams\n喝完\t2.0\t3.0\n", ":2: 'bias'"),
        ("# n-grams\nbias\tnone\n" + OWN, ":2: bias: 'none' is not a number"),
        (HEAD, "holds no n-gram"),
        (HEAD + "喝完\t2.0\n", ":3: .*with tabs between"),
        (HEAD + "喝完了它吧\t2.0\t3.0\n", ":3: .*1 to 4 characters"),
        (HEAD + OWN + OWN, ":6: '喝完' is there twice"),
        (HEAD + "喝完\t2.0\tnan\n", ":3: weight of '喝完': 'nan' is not finite"),
        (HEAD + "喝完\t-2.0\t3\n", ":3: inverse document frequency of '喝完': -2.0 is not above 0"),
    ],
)
def test_a_broken_file_is_refused_by_file_and_line(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "likely.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LikelyBreachesError, match=f"^{path}.*{named}"):
        load_likely_breaches(path)


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LikelyBreachesError, match="No such file"):
        load_likely_breaches(tmp_path / "none.tsv")
    (tmp_path / "bytes.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(LikelyBreachesError, match="not UTF-8"):
        load_likely_breaches(tmp_path / "bytes.tsv")


class SameVectors:
    """Every text is about the product."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(texts), 2), dtype=np.float32)


def verdict(shop, words: str, standards: Standards | None = None) -> Verdict:
    brief = shop.brief("cup")
    section = next(s for s in plan(brief).sections if s.kind is SectionKind.SELLING_POINTS)
    candidates = [Completed(words, words + "看看{name}。")]
    (found,) = asyncio.run(verdicts(SameVectors(), brief, section, candidates, standards))
    return found


def test_words_of_the_writing_model_are_refused_from_their_own_threshold(shop) -> None:
    refusal = verdict(shop, LIKE_A_BREACH + "。", with_thresholds(1.0, 0.7)).refused
    assert refusal is not None and refusal.rule == "likely_breach"
    assert refusal.words == LIKE_A_BREACH and refusal.why.startswith("like known breaches: 0.")
    assert verdict(shop, LIKE_A_BREACH + "。", with_thresholds(0.8, 1.0)).refused is None
    assert verdict(shop, "来，凑近看看这个{name}。").refused is None
