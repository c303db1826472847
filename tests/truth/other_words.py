"""What claims leave of a sentence: numbers that facts of content must hold, and words of offers that nothing claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.truth.shop_model import Item
from tests.truth.spoken_claims import MASK, Found
from tests.truth.spoken_numbers import DIGIT, RUN, NoNumber, one_by_one, whole

_NUMBER = re.compile(f"第{RUN}|百分之{RUN}(?:点{DIGIT}+)?|{RUN}(?:点{DIGIT}+)?|[半对][价折]|[0-9]+")
_IDIOMS = re.compile(
    "一[^块元毛折分百千万二三四五六七八九十成]|一$|两[句眼]|第一[次步眼]|万一|千万别|十分|三五|四周|百搭|半天|七上八下"
)
"""Numerals of planned lines that count nothing: 看一眼, 一条一条, 头一样."""
_COUNTED = "[一二两三四五六七八九十百]"
_OFFER_WORDS = re.compile(
    "到手(?:价|只|才|就|不到|一共)|现价|页面价|划线价?|原价|特价|优惠|打折|半价|对折|券|满减|立减|直降|再减|第二[件双盒瓶包份]|限时|限量"
    "|秒杀|拼团|会员|新客|库存|仅剩|只剩|包邮|免费|活动|红包|福利|降价|涨价|块钱|多少钱|赠"
    f"|{_COUNTED}折|[减买送]{_COUNTED}(?!雀羚|只松鼠|顿半|六一度|神)|最后{_COUNTED}"
)
_HARMLESS = re.compile(
    "能用的优惠我念一下|□，过了时间这个优惠就停了|优惠没弹出来的|退出去重新进一下|还有□，|基础价|包邮"
)
"""Offer words of planned lines that claim nothing by themselves. 包邮 is a service; content must hold it."""
_SEPARATOR = "[，。！？、“”：；]"


@dataclass(frozen=True)
class Loose:
    """A number or an offer word outside claims: what it was taken for, and why it must not be there, if so."""

    kind: str
    words: str
    why: str | None = None


def loose_words(sentence: Any, found: Found, item: Item, labels: Iterable[str]) -> Iterator[Loose]:
    """Every number and offer word outside the claims of a sentence. `labels` are those of all the shop's attributes."""
    yield from _span_faults(sentence)
    if from_on := re.search(f"{MASK}起", found.rest):
        yield Loose("form", from_on.group(), "起 after what is no price")
    for number in _NUMBER.finditer(found.rest):
        yield _number(sentence, found.rest, number, item, labels)
    quiet = _HARMLESS.sub(lambda words: MASK * len(words.group()), found.rest)
    for words in _OFFER_WORDS.finditer(quiet):
        yield Loose("offer word", words.group(), "it speaks of an offer that cannot be held against anything")


def _number(sentence: Any, rest: str, number: re.Match[str], item: Item, labels: Iterable[str]) -> Loose:
    words = number.group()
    idiom = next((m for m in _IDIOMS.finditer(rest) if m.start() <= number.start() and number.end() <= m.end()), None)
    start, end = _in_written(sentence, number.start(), number.end())
    place = _held(sentence.written, start, end, item, labels)
    if place is not None:
        return Loose(place, words)
    lone = words == "一" and not re.match("[块元毛折分成]", rest[number.end() :])
    if idiom is not None or lone:
        return Loose("no quantity", words)
    return Loose("unclassified", words, f"no fact of {item.id} says {sentence.written[start:end]!r} there")


def _in_written(sentence: Any, start: int, end: int) -> tuple[int, int]:
    """The place in the written form of a stretch of the spoken one; a whole span where it lies in one."""
    spoken_at, written_at, found = 0, 0, []
    for span in sentence.spans:
        gap = span.start - written_at
        spoken_start = spoken_at + gap
        spoken_end = spoken_start + len(span.spoken)
        found.append((spoken_start, spoken_end, span.start, span.end))
        spoken_at, written_at = spoken_end, span.end
    inside = [span for span in found if span[0] < end and start < span[1]]
    if inside:
        return min(span[2] for span in inside), max(span[3] for span in inside)
    moved = sum((w_end - w_start) - (s_end - s_start) for s_start, s_end, w_start, w_end in found if s_end <= start)
    return start + moved, end + moved


def _held(written: str, start: int, end: int, item: Item, labels: Iterable[str]) -> str | None:
    """Which words of the product hold a number as it stands there; None where none do."""
    labelled = _label_before(written, start, labels)
    if labelled is not None:
        value = item.attributes.get(labelled, "")
        return f"attribute {labelled}" if _plain(_piece(written, start, end)) in _plain(value) else None
    before, number, after = written[max(0, start - 1) : start], written[start:end], written[end : end + 1]
    texts = {
        "title or brief": item.words,
        "review": "\n".join(item.reviews),
        "answer": "\n".join(f"{question}\n{answer}" for question, answer in item.questions),
        "attribute": "\n".join(item.attributes.values()),
    }
    for kind, text in texts.items():
        if _stands(text, number, after) or (re.match(_SEPARATOR + "|$", after) and _stands_after(text, before, number)):
            return kind
    return None


def _stands(text: str, number: str, after: str) -> bool:
    """Whether a number stands there before the same character, or ends a word (a brand that a name follows)."""
    bounds = "(?<![0-9.])" if number[:1].isdigit() else ""
    follows = re.escape(after) + r"|\s|$" if after and not re.match(_SEPARATOR, after) else "(?![0-9.])"
    return re.search(f"{bounds}{re.escape(number)}(?:{follows})", text, re.MULTILINE) is not None


def _stands_after(text: str, before: str, number: str) -> bool:
    return re.search(re.escape(before) + re.escape(number) + r"(?![0-9.])", text) is not None


def _label_before(written: str, start: int, known: Iterable[str]) -> str | None:
    """The attribute that the words before a number name: 规格是25g*30包, 尺码有M、L."""
    clause = re.split("[，。！？“”]", written[:start])[-1]
    labels = [label for label in known if re.search(re.escape(label) + "[是有]", clause)]
    return max(labels, key=len, default=None)


def _piece(written: str, start: int, end: int) -> str:
    """The item of a list that a number stands in."""
    left = re.split(_SEPARATOR, written[:start])[-1]
    left = re.split("[是有]", left)[-1]
    return left + written[start:end] + re.split(_SEPARATOR, written[end:])[0].removesuffix("等")


def _plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def _span_faults(sentence: Any) -> Iterator[Loose]:
    """Both forms must name the same numbers, and the spoken one holds no digit. Sentences without spans have no form
    to compare."""
    if not sentence.spans:
        return
    if _said(sentence) != sentence.spoken:
        yield Loose("form", sentence.spoken, "it is not the written form with its spans read")
    if digits := re.search("[0-9]", sentence.spoken):
        yield Loose("form", digits.group(), "a digit in the spoken form")
    for span in sentence.spans:
        if why := unlike_forms(span.written, span.spoken):
            yield Loose("form", span.spoken, why)


def _said(sentence: Any) -> str:
    """The written form with each span replaced by what is said for it."""
    said, at = "", 0
    for span in sentence.spans:
        said, at = said + sentence.written[at : span.start] + span.spoken, span.end
    return said + sentence.written[at:]


def unlike_forms(written: str, spoken: str) -> str | None:
    """Why a written stretch and a spoken one do not name the same numbers; None where they do."""
    if re.search("[元块毛折:：点月]", written):  # amounts, discounts and moments: compared as claims
        return None
    if "++" in written:  # PA+++ is said PA三个加
        return None
    if re.search("(?<![第十百千万点一二三四五六七八九])二(?=[包袋瓶盒双件个条片])", spoken) and "2" in written:
        return f"{spoken!r}: 二 before a measure word; say 两"
    shown = re.findall(r"\d+(?:\.\d+)?", written.replace(",", ""))
    try:
        said = [_values(words) for words in re.findall(f"{RUN}(?:点{DIGIT}+)?", _without_words(written, spoken))]
    except NoNumber as error:
        return f"{error} is no number"
    if len(shown) != len(said):
        return None if _joined(shown) == _joined_said(spoken) else f"{written!r} is not {spoken!r}"
    right = all(number in values for number, values in zip(sorted(shown), sorted(said, key=min), strict=True))
    matched = all(any(number in values for values in said) for number in shown)
    return None if right or matched else f"{written!r} is not {spoken!r}"


def _without_words(written: str, spoken: str) -> str:
    """The spoken form without the numerals that the written one holds as hanzi, and without 分之."""
    kept = re.findall(RUN, re.sub("百分之", "", written))
    said = spoken.replace("百分之百", "一百").replace("百分之", "").replace("分之", "，")
    for words in kept:
        said = said.replace(words, "", 1)
    return said


def _values(words: str) -> set[str]:
    """What number words may be written as: a quantity, or digits one by one."""
    number, point, part = words.partition("点")
    tail = f".{one_by_one(part)}" if point else ""
    values: set[str] = set()
    with suppress(NoNumber):
        values.add(str(whole(number)) + tail)
    if not re.search("[十百千万亿]", number):
        values.add(one_by_one(number) + tail)
    if not values:
        raise NoNumber(words)
    return {form for value in values for form in (value, value + ".0" * (not point))}


def _joined(numbers: Sequence[str]) -> str:
    return "".join(numbers)


def _joined_said(spoken: str) -> str:
    """All digits of a spoken stretch, one by one: model codes such as 三三零零."""
    return "".join(one_by_one(words) for words in re.findall(f"{DIGIT}+", spoken))
