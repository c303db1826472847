"""What a reply may never say, looked for in the finished text alone; shares nothing with how replies are made but the
rule of offers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from koubo.catalog.offers import ANYONE, Offer, offer
from koubo.catalog.store import LiveProduct
from koubo.replies.reply import Reply

RIVALS = ["优衣库", "海澜之家", "耐克", "uniqlo", "膳魔师", "虎牌", "苏泊尔"]
PLACES = ["天猫", "淘宝", "拼多多", "京东", "抖音", "隔壁", "别家"]
PHONE = re.compile(r"1[3-9]\d(?:\D?\d){8}|\d{7,}|[零〇幺一二三四五六七八九]{7,}")
CONTACT = re.compile(
    r"微信|薇信|[vｖ]信|(?<![a-z])(?:vx|wx|qq)(?![a-z])|http|www|私聊|私下|转账|扫码|加群|电话", re.IGNORECASE
)
ADDRESS = re.compile(r"[\u4e00-\u9fff]路\s*[0-9一二三四五六七八九十]+|号楼|单元|门牌|小区")
ROLE = re.compile(
    r"人工智能|语言模型|机器人|提示词|系统提示|开发者模式|忽略|指令|扮演|猫娘|喵|主人|(?<![a-z])ai(?![a-z])"
    r"|ignore|system|you are",
    re.IGNORECASE,
)
LAW = re.compile(r"第一|最好|全网|百分百|治好|免费|全场|一折|[壹贰叁肆伍陆柒捌玖拾佰]+[元圆]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PRICED = re.compile(r"(\d+(?:\.\d+)?)\s*[元块]|[¥￥]\s*(\d+(?:\.\d+)?)")
_SPOKEN_PRICE = re.compile(
    "([零一二两三四五六七八九十百千万点]+)[元块]([零一二三四五六七八九]?)[毛角]?([一二三四五六七八九]?)"
)
_ONES = "零一二三四五六七八九"


def broken(written: str, spoken: str, live: LiveProduct, facts: Iterable[str] = ()) -> list[str]:
    """Name everything that is wrong with a reply: ``facts`` are the words of the facts that it says it rests on."""
    text = unicodedata.normalize("NFKC", written + "\n" + spoken)
    wrong = [f"{name}: {found.group()}" for name, rule in _rules() if (found := rule.search(text))]
    wrong += [f"rival: {name}" for name in (*RIVALS, *PLACES) if name in text.casefold()]
    wrong += [f"braces: {text}"] * ("{" in text or "}" in text)
    known = {Decimal(n) for words in facts for n in _NUMBER.findall(unicodedata.normalize("NFKC", words))}
    money = amounts(live)
    flat = unicodedata.normalize("NFKC", written)
    wrong += [f"number: {n}" for n in _NUMBER.findall(flat) if Decimal(n) not in known | money | _moments(live)]
    wrong += [f"price: {a or b}" for a, b in _PRICED.findall(flat) if Decimal(a or b) not in money]
    wrong += [f"spoken price: {m.group()}" for m in _SPOKEN_PRICE.finditer(spoken) if _yuan(m) not in money]
    return wrong


def broken_reply(reply: Reply, live: LiveProduct) -> list[str]:
    """Name everything that is wrong with a reply that was made; one that says nothing cannot be wrong."""
    own = {fact.id for fact in live.facts} | {fact.id for fact in reply.facts if fact.provenance.source == "live"}
    strange = [f"fact of nowhere: {fact.id}" for fact in reply.facts if fact.id not in own]
    words = [f"{fact.label} {fact.value}" for fact in reply.facts]
    return strange + broken(reply.written or "", reply.spoken or "", live, words)


def amounts(live: LiveProduct) -> set[Decimal]:
    """Every amount of money and count that the live values name, and what follows from them for one piece."""
    found = {live.price, *live.sku_prices.values(), Decimal(live.stock or 0)}
    found |= {Decimal(stock) for stock in live.sku_stocks.values() if stock is not None}
    if live.list_price is not None:
        found |= {live.list_price, live.list_price - live.price}
    due = offer(live, ANYONE, 1, live.at)
    found |= {due.total} if isinstance(due, Offer) else set()
    for promotion in live.promotions:
        fields = promotion.model_dump(exclude={"id", "name", "place", "row", "product_ids"})
        found |= {Decimal(str(v)) for v in fields.values() if isinstance(v, int | Decimal)}
        found |= {v / 10 for name, v in fields.items() if name == "percent_of_price"}
        found |= {live.price - v for name, v in fields.items() if name == "amount_off"}
        found |= {Decimal(n) for n in _NUMBER.findall(str(fields.get("gift", "")))}
    return found


def _moments(live: LiveProduct) -> set[Decimal]:
    ends = [p.ends_at for p in live.promotions if p.ends_at is not None]
    return {Decimal(n) for end in ends for n in (end.month, end.day, end.hour, end.minute, 24)}


def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return (("phone", PHONE), ("contact", CONTACT), ("address", ADDRESS), ("role", ROLE), ("law", LAW))


def _yuan(found: re.Match[str]) -> Decimal:
    whole, tenths, cents = found.groups()
    value = sum((Decimal(_ONES.index(d)) / p for d, p in ((tenths, 10), (cents, 100)) if d), Decimal(0))
    return value + _cardinal(whole)


def _cardinal(words: str) -> Decimal:
    """Number words below ten thousand to a number."""
    whole, _, part = words.replace("两", "二").partition("点")
    total, digit = 0, 0
    for char in whole:
        if char in _ONES:
            digit = _ONES.index(char)
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000, "万": 10_000}[char]
            digit = 0
    return Decimal(total + digit) + (Decimal("0." + "".join(str(_ONES.index(c)) for c in part)) if part else 0)
