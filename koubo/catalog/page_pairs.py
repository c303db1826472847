"""Labels with their values in the words of one row of a picture: `容量：500ml`, `品名：单面背心 货号：B2390`."""

from __future__ import annotations

import re
from functools import cache

KNOWN_LABELS: tuple[str, ...] = (
    *(
        "品牌",
        "品名",
        "产品名称",
        "商品名称",
        "样品名称",
        "名称",
        "型号",
        "货号",
        "款号",
        "产品编号",
        "商品货号",
        "批号",
    ),
    *("材质", "面料", "里料", "面料成分", "面料材质", "成分", "成份", "主要成分", "配料", "原料", "填充物", "内里"),
    *("颜色", "商品颜色", "款式", "商品款式", "风格", "版型", "图案", "领型", "袖型", "厚度", "弹力", "工艺", "季节"),
    *("尺寸", "尺码", "规格", "容量", "净含量", "净重", "毛重", "重量", "长度", "宽度", "高度", "直径", "克重", "肩带"),
    *("功率", "额定功率", "电压", "额定电压", "频率", "电池容量", "续航时间", "充电时间", "接口", "屏幕", "内存"),
    *(
        "产地",
        "产品产地",
        "原产地",
        "生产日期",
        "保质期",
        "储存方式",
        "贮存条件",
        "储存条件",
        "食用方法",
        "香型",
        "口味",
    ),
    *(
        "执行标准",
        "产品标准",
        "标准号",
        "安全类别",
        "安全技术类别",
        "等级",
        "质量等级",
        "检验员",
        "报告编号",
        "检验批次",
        "出厂检验",
        "结论",
    ),
    *("适用人群", "适用肤质", "适用季节", "适用场景", "适合肤质", "主要功能", "功能", "功效", "洗涤方式", "洗涤"),
    *("开合方式", "背包方式", "包装清单", "包装", "结构", "身高", "体重", "胸围", "腰围", "臀围", "试穿尺码"),
)
"""Names of attributes that merchants print, for where the colon or the space before a label is lost."""
NO_LABELS = frozenset(
    {
        "注",
        "备注",
        "注意",
        "提示",
        "参数",
        "项目",
        "名称",
        "说明",
        "电话",
        "地址",
        "单位",
        "微信",
        "客服",
        "网址",
        "注意事项",
    }
)
_NAME = r"(?:[\u4e00-\u9fff]\s+[\u4e00-\u9fff]|[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z()（）/]{0,9}|[A-Za-z]{1,5}值)"
_PAIR = re.compile(rf"(?:^|(?<=[\s;；|]))[·•●*\-\s]*【?(?P<label>{_NAME})】?\s*:\s*(?P<value>[^\s:])")
_BRACKETED = re.compile(r"【(?P<label>[^】]{2,10})】\s*[:：]?\s*(?P<value>\S.*)")
_SPACED = re.compile(r"(?P<label>[\u4e00-\u9fff]\s+[\u4e00-\u9fff])\s*[:：]?\s*(?P<value>\S.{0,79})")
_LONGEST = 40
_NO_VALUE = re.compile(r"[。；！？]|^(?:cm|mm|kg|g|ml|l|w|v|厘米|毫米|公斤|斤)$", re.IGNORECASE)


def pairs_in(text: str, in_table: bool) -> list[tuple[str, str]]:
    """Label and value of each pair in a row's words, in order; empty where the row states none.

    Args:
        text: the words of the row, a space between its pieces.
        in_table: whether the page is one of names and values: then a label may lack its colon (款号4434, 产 地 法国).
    """
    first, colon, rest = text.replace("：", ":").partition(":")
    marked = first + colon + _known_label().sub(r" \1:", rest)
    found = [*_PAIR.finditer(marked)]
    if not found:
        return _without_colon(text) if in_table else []
    ends = [*(pair.start() for pair in found[1:]), len(marked)]
    pairs = [(pair["label"], marked[pair.start("value") : end]) for pair, end in zip(found, ends, strict=True)]
    tidy = [(_label(label), value.strip(" ;；|·•")) for label, value in pairs]
    return [(label, value) for label, value in tidy if is_label(label) and is_value(value)]


@cache
def _known_label() -> re.Pattern[str]:
    """A known label with its colon, which may follow other words at once: 一等品检验员:08."""
    return re.compile(rf"(?<=\S\S)【?({'|'.join(sorted(KNOWN_LABELS, key=len, reverse=True))})】?\s*:")


def _without_colon(text: str) -> list[tuple[str, str]]:
    for form in (_BRACKETED, _SPACED, _glued()):
        found = form.fullmatch(text)
        if found and is_label(_label(found["label"])) and is_value(found["value"]):
            names = any(label in found["value"] for label in KNOWN_LABELS)
            return [] if names else [(_label(found["label"]), found["value"].strip())]
    return []


@cache
def _glued() -> re.Pattern[str]:
    """A known label and a value that OCR read as one piece: any label before digits or Latin, long ones before all."""
    short, long = "|".join(KNOWN_LABELS), "|".join(label for label in KNOWN_LABELS if len(label) >= 4)
    return re.compile(rf"(?P<label>(?:{short})(?=\s?[A-Za-z0-9])|(?:{long}))\s?(?P<value>\S.{{0,39}})")


def _label(label: str) -> str:
    return re.sub(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", "", label).strip(" 【】·•/")


def is_value(value: str) -> bool:
    """Whether the words can be the value of an attribute: no sentence, no bare unit, not longer than a table's cell."""
    return 0 < len(value) <= _LONGEST and not _NO_VALUE.search(value)


def is_label(label: str) -> bool:
    """Whether the words can name an attribute."""
    whole = label.count("(") + label.count("（") == label.count(")") + label.count("）")
    return bool(label) and whole and label not in NO_LABELS and not label.endswith("提示")
