"""What counts as a number, and which words only look like one."""

import pytest

from koubo.script.numerals import find_numbers

FOUND = (
    "九十九块九包邮 买二送一 买一送一 打八折 一折 半价 两件九折 第二件半价 好几百块 一百二十克 ①号链接 Ⅱ代 "
    "２４小时 百分之百 零添加 十几块钱 二〇二四年 满一百减十 最后十分钟 一分钱 三点五元 "
    "拍一送一哦 点一得一呀 买一发一 一斤多重 一米高 半升水 半斤 砍半 一半的钱"
)
IDIOMS = (
    "一起来看一下 第一步先看 第一次用的时候 千万别错过 一条一条讲 十分好看 一五一十 三餐四季 百搭 一整天 "
    "一人一件 送孩子上学 二话不说 再三考虑 一块儿来 一点点 乱七八糟 干湿两用 周末一到 万一不合适 一点一滴"
)


@pytest.mark.parametrize("text", FOUND.split())
def test_numbers_are_found(text: str) -> None:
    assert find_numbers(text)


@pytest.mark.parametrize("text", IDIOMS.split())
def test_idioms_are_not(text: str) -> None:
    assert find_numbers(text) == ()
