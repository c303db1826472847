"""What hosts said into sentences, functions, and lines that may be shown to a writer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from koubo.script.exemplars import load_exemplars
from koubo.voices.exemplars import Repeats, function_refusal, line_refusal, lines_of
from koubo.voices.functions import NAMES, function_of, nearness, planned_lines
from koubo.voices.sentences import sentences_of
from koubo.voices.transcripts import Cue, Speech, TranscriptError, read_transcript

ROOT = Path(__file__).parents[3]
EVEN = [0.0] * len(NAMES)


def cues(*texts: str, pause_after: int | None = None) -> tuple[Cue, ...]:
    found, at = [], 0.0
    for number, text in enumerate(texts):
        found.append(Cue(at, at + 2, text))
        at += 2 + (1.0 if number == pause_after else 0.0)
    return tuple(found)


def said(speech: Speech) -> list[str]:
    return [sentence.text for sentence in sentences_of(speech)]


def test_cues_without_marks_are_cut_at_particles_and_openers() -> None:
    speech = Speech(
        "s", cues=cues("这个杯子的盖子", "轻轻一按就开", "真的很方便啊", "那有些姐妹会问", "它会不会漏水呀")
    )
    assert said(speech) == ["这个杯子的盖子，轻轻一按就开，真的很方便啊。", "那有些姐妹会问，它会不会漏水呀。"]


def test_a_pause_ends_a_sentence_and_its_times_are_kept() -> None:
    sentences = sentences_of(Speech("s", cues=cues("盖子轻轻一按", "手里抱着东西", pause_after=0)))
    assert [(s.text, s.start, s.end) for s in sentences] == [("盖子轻轻一按。", 0.0, 2.0), ("手里抱着东西。", 3.0, 5.0)]


def test_a_run_on_text_is_cut_where_a_host_breathes() -> None:
    text = "家人们看过来，今天看的这个杯子轻轻一按就开啊，手里抱着东西也不耽误喝水呢，喜欢的家人直接去拍，拍完说一声"
    sentences = said(Speech("s", text=text))
    assert sentences[-1] == "喜欢的家人直接去拍，拍完说一声。"
    assert all(len(sentence) <= 40 for sentence in sentences)
    assert "".join(s.replace("。", "").replace("，", "") for s in sentences) == text.replace("，", "")


def test_marks_stay_and_spaces_inside_numbers_are_no_breath() -> None:
    assert said(Speech("s", text="面料很软!你摸摸？待 20 分钟的朋友")) == ["面料很软！", "你摸摸？", "待20分钟的朋友。"]


def test_every_form_of_transcript(tmp_path: Path) -> None:
    timed = {"segments": [[{"from": 0.0, "to": 1.5, "content": "直接去拍啊"}]]}
    assert read_transcript("a.json", json.dumps(timed))[0].cues == (Cue(0.0, 1.5, "直接去拍啊"),)
    scripts = {"source": "x", "scripts": [{"title": "杯", "text": "盖子好开"}], "hook": ["先别划走"]}
    found = read_transcript("b.json", json.dumps(scripts))
    assert [(s.text, s.function) for s in found] == [("盖子好开", None), ("先别划走", "hook")]
    row = json.dumps({"text": "拍完备注", "function": "closing", "persona": "活力主播"})
    assert read_transcript("c.jsonl", row) == [Speech("row 1", text="拍完备注", function="closing", persona="活力主播")]
    srt = "1\n00:00:01,000 --> 00:00:02,500\n直接去拍\n\n2\n00:01:00,000 --> 00:01:01,000\n拍完备注\n"
    assert read_transcript("d.srt", srt)[0].cues == (Cue(1.0, 2.5, "直接去拍"), Cue(60.0, 61.0, "拍完备注"))
    assert [s.text for s in read_transcript("e.txt", "盖子好开\n\n拍完备注")] == ["盖子好开", "拍完备注"]


@pytest.mark.parametrize(("name", "content"), [("a.json", "{"), ("a.json", '{"source": "x"}'), ("a.txt", " \n")])
def test_a_file_without_speech_says_so(name: str, content: str) -> None:
    with pytest.raises(TranscriptError, match=r"not JSON|no speech"):
        read_transcript(name, content)


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("刚进来的姐妹先别划走，左上角点个关注。", "hook"),
        ("你们有没有遇到过，出门在外最怕的就是漏水。", "need"),
        ("你摸摸这个面料，走线特别密。", "selling_point"),
        ("评论区有位姐姐说，老顾客都回来找我。", "proof"),
        ("价格不绕弯子，能用的优惠都给大家。", "offer"),
        ("喜欢的直接去拍，点左下角小黄车下单。", "closing"),
    ],
)
def test_cue_words_tell_the_function(text: str, function: str) -> None:
    found, sure = function_of(text, EVEN)
    assert found == function
    assert sure > 0.5


def test_where_no_cue_speaks_nearness_decides_and_the_file_is_believed() -> None:
    near = [0.1, 0.1, 0.1, 0.4, 0.1, 0.1]
    assert function_of("嗯好的我知道", near)[0] == "proof"
    assert function_of("嗯好的我知道", EVEN)[1] < 0.2
    assert function_of("嗯好的我知道", EVEN, "selling") == ("selling_point", 1.0)
    assert function_of("嗯好的我知道", near, "segments")[0] == "proof"


def test_nearness_is_to_the_nearest_planned_lines() -> None:
    planned = {name: np.eye(8, dtype=np.float32)[[place]] for place, name in enumerate(NAMES)}
    lines = np.eye(8, dtype=np.float32)[[2, 5]]
    assert nearness(lines, planned).argmax(axis=1).tolist() == [2, 5]
    assert all(not any("{" in line for line in lines) for lines in planned_lines().values())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("这是最好的料子，家人们。", "law: 《广告法》第九条第三项: 最好"),
        ("今天只要九块九，家人们直接去拍。", "number: 九块九"),
        ("好，来了啊。", "length: 4 characters"),
        ("这件羽绒服穿上身特别有型。", "product: 羽绒服"),
        ("穿上一点都不闷，特别透气呢。", "claim: 透气"),
        ("家人们在淘宝搜不到的，直接拍。", "platform: 淘宝"),
        ("一号链接的料子你们摸摸看啊。", "link: 一号链接"),
        ("栖木屋的家人们都过来看一下。", "product: 栖木屋"),
        ("这个OK的，家人们放心去试。", "characters: OK"),
        ("喜欢的先点个关注，点完关注之后。", "dangling: 之后。"),
        ("喜欢就拍，过期了全额退给你。", "promise: 全额退"),
    ],
)
def test_why_a_line_may_not_be_shown(text: str, reason: str) -> None:
    assert line_refusal(text, names=("栖木屋",)) == reason


def test_a_script_with_a_medical_claim_gives_no_line_at_all() -> None:
    speech = Speech("s", text="晚上翻来覆去的朋友听我说一句。甘油三酯偏高的朋友放心吃。喜欢的朋友直接去拍就行。")
    reasons = [line.reason or "" for line in lines_of(speech)]
    assert len(reasons) == 3
    assert all(reason.startswith("law: ") for reason in reasons)


def test_an_offer_is_shown_only_as_an_offer_and_an_unsure_line_not_at_all() -> None:
    assert function_refusal("今天的优惠给到大家。", "hook", 0.9, 0.45) == "offer: 优惠"
    assert function_refusal("今天的优惠给到大家。", "offer", 0.9, 0.45) is None
    assert function_refusal("今天给大家讲讲。", "hook", 0.3, 0.45) == "unclear: 0.3"


def test_a_line_said_again_with_a_word_changed_is_a_repeat() -> None:
    repeats = Repeats()
    assert not repeats.is_repeat("对你们来讲直接去拍就行啊，拍完备注。")
    assert repeats.is_repeat("对你们来说直接去拍就行啊，拍完备注。")
    assert not repeats.is_repeat("边角都磨圆了，孩子抱着也放心。")


def test_our_own_lines_pass_and_are_told_apart() -> None:
    rows = [json.loads(line) for line in (ROOT / "examples/speech/host_lines.jsonl").read_text("utf-8").splitlines()]
    refused = [row["text"] for row in rows if line_refusal(row["text"])]
    assert len(refused) <= 2
    assert len(load_exemplars(ROOT / "examples/speech/host_lines.jsonl")) == len(rows)
