"""Faults put into rendered sentences: what a bug in rendering could make a host say."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from koubo.script.render import RenderedSentence

Sentences = Sequence[RenderedSentence]
Fault = Callable[[RenderedSentence], RenderedSentence | None]
"""Puts a fault into a sentence; None where the sentence has no place for it."""


def edited(sentence: RenderedSentence, old: str, new: str) -> RenderedSentence | None:
    """Change words that both forms have outside spans; later spans move along."""
    at = sentence.written.find(old)
    if at < 0 or any(span.start < at + len(old) and at < span.end for span in sentence.spans):
        return None
    spans = tuple(_moved(span, len(new) - len(old)) if span.start >= at else span for span in sentence.spans)
    spoken = sentence.spoken.replace(old, new, 1)
    return replace(sentence, written=sentence.written.replace(old, new, 1), spoken=spoken, spans=spans)


def retold(sentence: RenderedSentence, label: str, written: str, spoken: str) -> RenderedSentence | None:
    """Give the number after a label other words, in both forms."""
    place = sentence.written.find(label)
    span = next((s for s in sentence.spans if place >= 0 and s.start == place + len(label)), None)
    if span is None or span.written == written:
        return None
    index = sentence.spans.index(span)
    said = _spoken_place(sentence, index)
    grown = len(written) - len(span.written)
    spans = [*sentence.spans[:index], replace(span, end=span.end + grown, written=written, spoken=spoken)]
    return replace(
        sentence,
        written=sentence.written[: span.start] + written + sentence.written[span.end :],
        spoken=sentence.spoken[:said] + spoken + sentence.spoken[said + len(span.spoken) :],
        spans=(*spans, *(_moved(other, grown) for other in sentence.spans[index + 1 :])),
    )


def _spoken_place(sentence: RenderedSentence, index: int) -> int:
    earlier = sentence.spans[:index]
    return sentence.spans[index].start + sum(len(span.spoken) - len(span.written) for span in earlier)


def _moved(span: Any, by: int) -> Any:
    return replace(span, start=span.start + by, end=span.end + by)


def misread(sentence: RenderedSentence, pattern: str, new: str) -> RenderedSentence | None:
    """Change what is said of the first span that holds a pattern; its written form stays."""
    for index, span in enumerate(sentence.spans):
        spoken = re.sub(pattern, new, span.spoken, count=1)
        if spoken != span.spoken:
            at = _spoken_place(sentence, index)
            spans = (*sentence.spans[:index], replace(span, spoken=spoken), *sentence.spans[index + 1 :])
            said = sentence.spoken[:at] + spoken + sentence.spoken[at + len(span.spoken) :]
            return replace(sentence, spoken=said, spans=spans)
    return None


def _underived(sentence: RenderedSentence) -> RenderedSentence | None:
    """Leave out all that stands before an amount to pay in a sentence."""
    at, said = sentence.written.find("，到手价") + 1, sentence.spoken.find("，到手价") + 1
    if not at or "减" not in sentence.written[:at]:
        return None
    spans = tuple(_moved(span, -at) for span in sentence.spans if span.start >= at)
    return replace(sentence, written=sentence.written[at:], spoken=sentence.spoken[said:], spans=spans)


def _from_on(sentence: RenderedSentence) -> RenderedSentence | None:
    """Put 起 after the first amount of money that has none."""
    for span in sentence.spans:
        after = sentence.written[span.end : span.end + 2]
        if span.written.endswith("元") and after and sentence.written.find(after) == span.end and "起" not in after:
            return edited(sentence, after, "起" + after)
    return None


def _outliving(sentence: RenderedSentence) -> RenderedSentence | None:
    if sentence.not_after is None or not re.search("优惠到[今明]天", sentence.spoken):
        return None
    return replace(sentence, not_after=sentence.not_after + timedelta(seconds=1))


def _endless(sentence: RenderedSentence) -> RenderedSentence | None:
    return replace(sentence, not_after=None) if _outliving(sentence) else None


def _for_all(sentence: RenderedSentence) -> RenderedSentence | None:
    found = re.search("新客|符合条件的用户", sentence.written)
    return edited(sentence, found.group(), "") if found else None


FAULTS: dict[str, Fault] = {
    "another price": lambda s: retold(s, "现价", "13.37元", "十三块三毛七"),
    "the price called the list price": lambda s: edited(s, "现价", "划线价"),
    "the list price called the price": lambda s: edited(s, "划线价", "现价"),
    "another saving": lambda s: retold(s, "比划线价省", "0.03元", "三分钱"),
    "起 dropped": lambda s: edited(s, "起，", "，") or edited(s, "起。", "。"),
    "起 added": _from_on,
    "fen lost": lambda s: misread(s, "毛[一二三四五六七八九]", "毛"),
    "tens lost": lambda s: misread(s, "百[一二三四五六七八九]十(?=[一二三四五六七八九][块元])", "百零"),
    "another stock": lambda s: retold(s, "库存还有", "7777", "七千七百七十七"),
    "another measure word": lambda s: next(
        (w for u in "件个双箱盒袋瓶套提台副包把" if (w := edited(s, u + "送", "桶送"))), None
    ),
    "二 pieces": lambda s: misread(s, "^两$", "二"),
    "another amount to pay": lambda s: retold(s, "到手价", "0.04元", "四分钱"),
    "another total": lambda s: retold(s, "到手一共", "0.04元", "四分钱"),
    "another threshold": lambda s: retold(s, "满", "77.77元", "七十七块七毛七"),
    "another discount": lambda s: retold(s, "打", "1.1折", "一一折"),
    "another flash price": lambda s: retold(s, "限时价", "0.06元", "六分钱"),
    "another members' price": lambda s: retold(s, "会员价", "0.06元", "六分钱"),
    "another saving in a group": lambda s: retold(s, "拼团每件减", "0.08元", "八分钱"),
    "members only, said to all": lambda s: edited(s, "会员价", "限时价"),
    "some only, said to all": _for_all,
    "no coupon asked for": lambda s: edited(s, "领券", "") if "领券满" in s.written else None,
    "the whole shop's, said of the product": lambda s: edited(s, "全店", ""),
    "another day": lambda s: edited(s, "优惠到今天", "优惠到明天") or edited(s, "优惠到明天", "优惠到今天"),
    "not derived": _underived,
    "a second too long": _outliving,
    "for ever": _endless,
    "a deal of its own": lambda s: edited(s, "。", "，再便宜九块九。"),
    "an offer in hanzi": lambda s: edited(s, "。", "，第二件半价。"),
    "misread content": lambda s: misread(s, "五百毫升", "五十毫升"),
    "content of another label": lambda s: edited(s, "净含量是", "保质期是") or edited(s, "容量是", "重量是"),
}
