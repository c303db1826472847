"""Which of a merchant's own short words may be spoken: the words of a gift, of a member grade, and the unit.

They come from cells of a table that nobody has read, so they are held to one narrow rule: hanzi, letters and plain
numbers, none of which is money, no mark, no brace, no word of contact, offer or order. See data/merchant_words.yaml.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from koubo.catalog.deal_words import price_or_deal
from koubo.reading.language import cantonese
from koubo.rubric.safety import find_breaches
from koubo.script.tables import words

PIECE = "件"
"""The measure word where the product's own cannot be said."""
_GIFT = re.compile("[一-鿿A-Za-z0-9.*-]{2,20}")
_GIVING = re.compile("^(?:赠送|赠品|赠|送)[:：]?")
_GRADE = re.compile("(?:[一-鿿]|[A-Za-z]+[0-9]{0,2}|[0-9]{1,2}(?=[A-Za-z级星])){1,6}")
_LONGEST_GRADE = 8
_MEMBER = re.compile("(?:会员|用户)+$")
_LATIN_SPACE = re.compile(r"(?<=[A-Za-z0-9]) +(?=[A-Za-z0-9])")


def gift_words(gift: str) -> str | None:
    """Return a gift's words as they are said after 送, without a 送 of their own; None where they must not be said."""
    said = _GIVING.sub("", _plain(gift))
    if not _GIFT.fullmatch(said) or _stray_number().search(said) or _is_refused(said):
        return None
    return said


def grade_words(grade: str | None) -> str | None:
    """Return a grade as it is said before 会员, "" for members of any; None where it must not be said."""
    said = _MEMBER.sub("", _plain(grade or ""))
    if said and (not _GRADE.fullmatch(said) or len(said) > _LONGEST_GRADE or _is_refused(said)):
        return None
    return said


def unit_words(unit: str) -> str:
    """Return the measure word that counts a product's pieces: its own where that is one, else 件."""
    table = words("merchant_words.yaml")
    said = _plain(unit)
    return said if said in table["measures"] and said not in table["unsold"] else PIECE


def _plain(text: str) -> str:
    """One spelling of letters and digits; spaces between hanzi taken out."""
    flat = unicodedata.normalize("NFKC", text).strip()
    return flat if _LATIN_SPACE.search(flat) else flat.replace(" ", "")


def _is_refused(said: str) -> bool:
    if price_or_deal(said) or _refused().search(said) or cantonese(said):
        return True
    return any(breach.severity == "unsafe" for breach in find_breaches(said))


@cache
def _refused() -> re.Pattern[str]:
    return re.compile("|".join(words("merchant_words.yaml")["refused"]))


@cache
def _stray_number() -> re.Pattern[str]:
    """A number that counts nothing: no measure word, unit or ``*`` follows it, and it is no part of a code (B5)."""
    table = words("merchant_words.yaml")
    units = "|".join(map(re.escape, (*table["measures"], *table["latin_units"])))
    return re.compile(rf"(?<![A-Za-z0-9.])[0-9.]+(?![0-9.])(?!{units})|[0-9]{{5,}}|[.*-]$|^[.*-]|[.*-](?![0-9A-Za-z])")
