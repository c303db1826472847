"""Numbers in a text, in digits or in hanzi, without the idioms that only look like one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from koubo.script.tables import words

_RUN = "[零〇一二两三四五六七八九十百千万亿]"
_FORMAL = "[壹贰叁肆伍陆柒捌玖拾佰仟萬]"
_MONEY = "元|块(?!儿)|毛|角|分钱|折|倍|成(?![为了就功本])"
_MEASURE = "公?斤|千克|克(?![服制隆])|毫?升(?![起级职温])|[厘分]?米(?![饭线粉色糊])|公[分里]|寸|尺"
_NUMBER = re.compile(
    r"[0-9]+(?:[.,:：/][0-9]+)*%?"
    r"|百分之" + _RUN + "+"
    rf"|[买送赠减满]{_RUN}+"
    rf"|第{_RUN}+"
    rf"|(?:{_RUN}+点)?{_RUN}{{2,}}(?:点[零〇一二三四五六七八九]+)?(?:[块元毛角]{_RUN}*)*"
    rf"|(?:上|好几|几|数)[十百千万亿]+"
    rf"|一(?:{_MONEY})[零〇一二三四五六七八九毛分]*"
    rf"|[零〇二两三四五六七八九十百千万亿](?:点{_RUN}+)?(?:[块元毛角]{_RUN}*)*"
    r"|[拍点买下]一[送赠得发换减搭免返抵][一二两]"
    rf"|[一半](?:{_MEASURE})"
    r"|[半对]折|半价|砍半|一半的?[钱价]|减半|腰斩|翻倍|翻番|双倍|加倍"
    rf"|{_FORMAL}{{2,}}|{_FORMAL}(?=[元块角件个折])"
    r"|几(?:块钱|毛|元)|[一半两]打(?![开招扮听折卡破烊动])|[俩仨]"
    r"|[一半]个?(?:小时|钟头|分钟)|每(?:天|日|次|顿|餐|晚)一(?:片|粒|袋|包|勺|支|杯|颗|瓶|条)"
)
_REPEATED = re.compile(r"一一|一[^0-9，。！？一送赠得发换减搭免返抵顶]一[^0-9，。！？一]")
_ROMAN = re.compile("[Ⅰ-ⅿ]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number's words and where they stand (characters of the text)."""

    words: str
    start: int
    end: int


@cache
def _idioms() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in words("harmless_numerals.yaml")["idioms"]))


def find_numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text. Full-width and circled digits and Roman numerals count; a lone 一 does only where
    it counts money, discounts or pieces bought (一折, 买一送一), not in 一下 or 一个."""
    flat = _flat(text)
    harmless = [m.span() for m in (*_idioms().finditer(flat), *_REPEATED.finditer(flat))]
    return tuple(
        Number(text[m.start() : m.end()], *m.span())
        for m in _NUMBER.finditer(flat)
        if not any(start <= m.start() and m.end() <= end for start, end in harmless)
    )


def _flat(text: str) -> str:
    """Make every digit an ASCII one, character by character, so that offsets stay."""
    return "".join(_flat_character(character) for character in text)


def _flat_character(character: str) -> str:
    if _ROMAN.match(character):
        return "9"
    flat = unicodedata.normalize("NFKC", character)
    if len(flat) == 1:
        return flat
    return "9" if any(c.isdigit() for c in flat) else character
