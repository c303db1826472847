"""Words that speak of a price or a deal. In doubt they are found: a price that is missed could be said as a fact."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Deal = Literal["价格", "促销"]
_AMOUNT = r"\d+(?:\.\d+)?"
_HANZI_AMOUNT = "[一二两三四五六七八九十百千半]+"
_END = r"\s*(?:$|[元块起/,。!+包])"
_PRICE = re.compile(
    r"[¥$]|RMB|CNY|USD"
    rf"|{_AMOUNT}\s*(?:元|块(?!钟|[^\d一二三四五六七八九钱起]))"
    rf"|{_HANZI_AMOUNT}块(?:[一二三四五六七八九半钱起]|$)|{_HANZI_AMOUNT}元(?:[起钱包抢整,。!]|$)"
    r"|(?<![评性半])价(?!值)|到手|券后|日常[:\s]*\d|零售"
    rf"|(?:仅需|只需|只要|仅要|仅售|现售|低至|仅|才)\s*{_AMOUNT}{_END}"
    rf"|(?<![\d.a-z]){_AMOUNT}(?:起(?![订步球泡毛皱])|抢|拿下|带走)",
    re.IGNORECASE,
)
_DEAL = re.compile(
    r"[立直][减降省]|满\s*\d+\s*[元件]?.{0,2}[-减送打享赠可]|满减|[\d一二三四五六七八九]\s*折(?![叠扣伞纸页])|半价|折扣"
    r"|买.{1,3}[送赠免]|第[二2两]件|秒杀|赠|优惠|限时|限购|限量|抢购|包邮|活动|券|618|免息|以旧换新|抽奖"
    r"|双\s*(?:11|12|十一|十二)|团购|拼团|补贴|红包|[定订]金|预售|库存|仅剩|特惠|促销|清仓|前\s*\d+\s*[名单]|立返|返现"
)
_MEASURED = re.compile(r"[值号码长宽高厚围重量率度径比数版代级色香档]|pH|SPF|PA|[(（]")
_BARE_DECIMAL = re.compile(r"\d+\.\d{1,2}")
_BARE = re.compile(r"\d+(?:\.\d+)?")
_BOUGHT = re.compile(
    r"[件瓶盒套份箱袋支条包组双罐提]装?$|直播|会员|新[人客]|[今本]日|拍|套餐|首单|专享|单买|团长|标价|实付"
)


def price_or_deal(text: str) -> Deal | None:
    """价格 or 促销 where the words speak of a price or a deal, in digits or hanzi: 到手9.9, 九块九, 满200-20, 半价."""
    clean = unicodedata.normalize("NFKC", text)
    if _PRICE.search(clean):
        return "价格"
    return "促销" if _DEAL.search(clean) else None


def unnamed_amount(label: str, value: str) -> bool:
    """Whether `label: value` could be a price that no word names: 两瓶: 59.9, 直播间: 99. (酸碱度: 5.5 is none.)"""
    bare = unicodedata.normalize("NFKC", value).strip()
    if _BOUGHT.search(label) and _BARE.fullmatch(bare):
        return True
    return bool(_BARE_DECIMAL.fullmatch(bare)) and not _MEASURED.search(label)
