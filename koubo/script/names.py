"""What a product is called aloud: a title full of numbers becomes a name that a host can say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from koubo.catalog.records import Product
from koubo.rubric.safety import find_breaches
from koubo.script.tables import LOOSE, nouns, words

LONGEST = 16
_BRACKETS = re.compile(r"【[^】]*】|\([^)]*\)|\[[^\]]*\]|《[^》]*》")
_TAIL = re.compile(r"(?:男女同款|男士|女士|男款|女款|男|女)$")
_HANZI = re.compile("[\u4e00-\u9fff]")


def short_name(product: Product) -> str:
    """Return a name to say: the brand and the head of the title, up to its noun, without any number.

    Where no such head is found it is the brand and the category (华为手机), and at last the words before the first
    number of the title.
    """
    brand = spoken_brand(product.brand)
    head = next((found for part in _parts(product.title, brand) if (found := _head(part))), None)
    if head is None:
        head = _category_noun(product.category) or _before_numbers(product.title)
    name = _joined(brand, head)
    return name if len(name) <= LONGEST and not _unsafe(name) else _joined(brand, _noun_of(head) or head[-LONGEST:])


def spoken_brand(brand: str | None) -> str:
    """Return the brand as it is said: of two spellings the Chinese one; "NITORI制造商" names a maker, not a brand, and
    saying it as the brand would be untrue, so it gives nothing."""
    if not brand or brand.endswith("制造商"):
        return ""
    spellings = [part.strip() for part in re.split(r"[/|]", brand) if part.strip()]
    return next((part for part in spellings if _HANZI.search(part)), spellings[0] if spellings else "")


def family_of(product: Product) -> str:
    """Return the category family of a product: apparel, food, beauty, home, digital, baby, or generic."""
    path = " ".join(product.category)
    for family, signs in words("families.yaml").items():
        if any(sign in path for sign in signs):
            return family
    for family, names in words("nouns.yaml").items():
        if family != LOOSE and any(noun in product.title for noun in names):
            return family
    return "generic"


def _parts(title: str, brand: str) -> Sequence[str]:
    """Split a title at its spaces and slashes, without brackets and without the brand."""
    plain = _BRACKETS.sub(" ", unicodedata.normalize("NFKC", title).replace("（", "(").replace("）", ")"))
    plain = _BRACKETS.sub(" ", plain).replace(brand, " ") if brand else plain
    return [part for part in re.split(r"[\s/|,，、;；]+", plain) if part]


def _head(part: str) -> str | None:
    """Return the part up to the end of its first noun, without leading codes; None where it names no product."""
    bare = re.sub(r"^[A-Za-z约]*[0-9][0-9A-Za-z.*×+%~-]*(?:英寸|[支根年片双只寸层孔针代度])?", "", part)
    cut = re.split(r"[0-9]", bare)[0]
    noun = _noun_of(cut)
    if noun is None:
        return None
    end = cut.index(noun) + len(noun)
    tail = re.match(r"[A-Za-z]+", cut[end:])
    return cut[: end + (tail.end() if tail else 0)]


def _noun_of(text: str) -> str | None:
    """Return the noun that ends first in a text; of those that end together, the longest."""
    found = [(text.index(noun) + len(noun), -len(noun), noun) for noun in nouns() if noun in text]
    return min(found)[2] if found else None


def _category_noun(category: Sequence[str]) -> str | None:
    """Return the last category that is a product noun, such as 手机 of 手机通讯."""
    return next((noun for step in reversed(category) if (noun := _noun_of(step))), None)


def _before_numbers(title: str) -> str:
    """Return what stands before the first number, or the hanzi of the title."""
    plain = _BRACKETS.sub(" ", unicodedata.normalize("NFKC", title))
    first = _TAIL.sub("", re.split(r"[0-9]", plain.strip())[0].split(" ")[0])
    if len(_HANZI.findall(first)) >= 2:
        return first[:LONGEST]
    return "".join(_HANZI.findall(plain))[:8] or "这款商品"


def _joined(brand: str, head: str) -> str:
    """Put the brand before the head, once."""
    if _unsafe(head):
        head = _noun_of(head) or head
    return head if not brand or head.startswith(brand) else brand + head


def _unsafe(name: str) -> bool:
    return any(breach.severity == "unsafe" for breach in find_breaches(name))
