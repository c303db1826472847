"""How alike two texts sound."""

from __future__ import annotations

from koubo.script.likeness import Heard, Likeness, likeness


def test_slots_and_marks_do_not_count() -> None:
    assert likeness("来，看看{name}。", "好，{name}来了！") == Likeness(0.0, "来")
    assert likeness("想要{name}的点链接。", "想要{price}的，点链接！") == Likeness(1.0, "的点链接")


def test_a_run_does_not_cross_a_slot() -> None:
    assert likeness("看一看{name}再说吧", "看一看再说吧").run == "看一看"


def test_what_was_heard_is_the_likest_of_all() -> None:
    heard = Heard(5)
    for said in ("先把手上的事放一放。", "想看细节的打在公屏上。"):
        heard.add(said)
    assert heard.share("想看细节的打在公屏上。") == 1.0
    assert heard.share("完全是别的话。") == 0.0
    assert heard.repeats("我想看细节的朋友。") is False
    assert heard.repeats("要是想看细节的打字。")
    assert heard.likest("想看细节的打字。").run == "想看细节的打"
