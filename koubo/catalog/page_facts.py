"""Facts from a product's pictures, each with the box of the words it came from.

A picture goes stale, and nobody checked it: what it says of price or promotion is an IMAGE_CLAIM, never a price, and so
is its praise. Only `名称：值` pairs and two-column table rows become IMAGE_ATTRIBUTEs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from koubo.catalog.facts import PRIORITY, Box, Fact, FactKind, Provenance

CLAIMS_OF = {
    "selling_point": "卖点",
    "certificate": "资质",
    "usage": "使用",
    "after_sales": "售后",
    "brand_story": "品牌",
}
"""Label of what a picture of a topic says in whole lines; lines of other topics are no facts."""
TABLE_TOPICS = frozenset({"specifications", "size_chart", "certificate"})
LEAST_ROWS = 3
"""Two pieces of text side by side are a label and its value only in a table of at least so many aligned rows."""
LEAST_SCORE = 0.5
CLAIM_CHARACTERS = range(4, 41)
_PAIR = re.compile(r"([\u4e00-\u9fff][\u4e00-\u9fffA-Za-z()（）/ ]{0,9})\s*[:：]\s*(\S.{0,79})")
_LABEL = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z()（）/]{1,7}")
_NO_LABELS = frozenset(
    {
        "注",
        "备注",
        "注意",
        "提示",
        "温馨提示",
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
    }
)
_HEADINGS = frozenset({"数值", "内容", "参数", "规格", "说明", "详情"})
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_PRICE = re.compile(r"[¥￥$]|RMB|CNY|\d\s*(?:元|块(?!钟))|(?<!评)价|到手|券后|日常[:：\s]*\d", re.IGNORECASE)
_DEAL = re.compile(
    r"[立直]减|立省|满\s*\d+.{0,2}减|满减|\d\s*折|买.{1,3}[送赠免]|秒杀|赠|优惠|限时|抢购|包邮|折扣|活动|券|618"
    r"|双\s*(?:11|12|十一|十二)|团购|拼团|补贴|红包|[定订]金|预售|库存|仅剩"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A recognised line: its place among the picture's lines, words, box (pixels), and score (0 to 1)."""

    number: int
    text: str
    box: Box
    score: float

    @property
    def middle(self) -> float:
        return sum(y for _, y in self.box) / len(self.box)

    @property
    def height(self) -> float:
        return max(y for _, y in self.box) - min(y for _, y in self.box)

    @property
    def left(self) -> float:
        return min(x for x, _ in self.box)


def facts_of_page(product_id: str, page_row: Mapping[str, Any], topic: str, priority: int) -> tuple[Fact, ...]:
    """What a picture of the product states.

    Args:
        product_id: the product that the picture belongs to.
        page_row: an OCR row: `image_id` and `lines`, each with text, box (four points in pixels) and score.
        topic: of the picture, such as specifications or selling_point.
        priority: of the topic; smaller comes first among facts of one kind.
    """
    page = _Page(product_id, str(page_row["image_id"]), topic, priority)
    lines = [_line(n, raw) for n, raw in enumerate(page_row["lines"] or ()) if raw["score"] >= LEAST_SCORE]
    rows = _rows([line for line in lines if line.text and line.box])
    table = _table(rows) if topic in TABLE_TOPICS else []
    facts = [page.fact(FactKind.IMAGE_ATTRIBUTE, row[0].text, row[1].text, row) for row in table]
    rest = (line for row in rows if row not in table for line in row)
    facts += [fact for line in rest if (fact := _fact_of_line(page, line))]
    return tuple(facts)


@dataclass(frozen=True, slots=True)
class _Page:
    product_id: str
    image_id: str
    topic: str
    priority: int

    def fact(self, kind: FactKind, label: str, value: str, lines: Sequence[_Line]) -> Fact:
        first = lines[0].number
        came = Provenance("image", self.image_id, box=_around(lines), quote=" ".join(line.text for line in lines))
        identity = f"{self.product_id}:{kind}:{self.image_id}#{first}"
        score = round(min(line.score for line in lines), 4)
        rank = PRIORITY[kind] + self.priority
        return Fact(identity, self.product_id, kind, label, value, None, rank, None, None, score, came)


def _line(number: int, raw: Mapping[str, Any]) -> _Line:
    box = tuple((float(x), float(y)) for x, y in raw["box"])
    return _Line(number, " ".join(raw["text"].split()), box, float(raw["score"]))


def _rows(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Lines side by side, those whose middles differ by less than half a line's height, from left to right."""
    rows: list[list[_Line]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        if rows and abs(rows[-1][0].middle - line.middle) < 0.5 * min(rows[-1][0].height, line.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _table(rows: Sequence[list[_Line]]) -> list[list[_Line]]:
    """The rows of a label and a value whose values stand one under the other, if there are enough of them."""
    pairs = [row for row in rows if len(row) == 2 and _is_table_row(row[0].text, row[1].text)]
    if not pairs:
        return []
    column = median(row[1].left for row in pairs)
    aligned = [row for row in pairs if abs(row[1].left - column) < 1.5 * row[1].height]
    return aligned if len(aligned) >= LEAST_ROWS else []


def _is_table_row(label: str, value: str) -> bool:
    fits = _LABEL.fullmatch(label) and len(value) <= 40 and label not in _NO_LABELS and value not in _HEADINGS
    return bool(fits) and not _claims(label + value) and not re.search("[:：]", label + value)


def _fact_of_line(page: _Page, line: _Line) -> Fact | None:
    if label := _claims(line.text):
        return page.fact(FactKind.IMAGE_CLAIM, label, line.text, [line])
    pair = _PAIR.fullmatch(line.text)
    if pair and pair[1].strip() not in _NO_LABELS:
        return page.fact(FactKind.IMAGE_ATTRIBUTE, pair[1].strip(), pair[2].strip(), [line])
    topic = CLAIMS_OF.get(page.topic)
    if topic and len(line.text) in CLAIM_CHARACTERS and len(_HANZI.findall(line.text)) >= 3:
        return page.fact(FactKind.IMAGE_CLAIM, topic, line.text, [line])
    return None


def _claims(text: str) -> str | None:
    """价格 or 促销 where the words speak of a price or a deal."""
    if _PRICE.search(text):
        return "价格"
    return "促销" if _DEAL.search(text) else None


def _around(lines: Sequence[_Line]) -> Box:
    """The box of one line as it is, or the upright rectangle around several."""
    if len(lines) == 1:
        return lines[0].box
    xs = [x for line in lines for x, _ in line.box]
    ys = [y for line in lines for _, y in line.box]
    return ((min(xs), min(ys)), (max(xs), min(ys)), (max(xs), max(ys)), (min(xs), max(ys)))
