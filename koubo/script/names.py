"""What a product is called aloud: a title full of numbers becomes a name that a host can say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from koubo.catalog.records import Product
from koubo.script.head_nouns import EASY, holds_noun, last_noun, product_part, shortened, syllables
from koubo.script.name_check import brand_findings, name_findings
from koubo.script.tables import LOOSE, nouns, words
from koubo.script.title_parts import HANZI, title_parts

NAMELESS = "这款商品"
"""What a product is called whose own title must not be said."""
LONGEST = 16
"""So many syllables a name has at most, with its brand."""
_KEPT = 4096
_MAKER = "制造商"


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A product's name and brand as they are said; ``withheld`` where words of either must not be, and are left out."""

    name: str
    brand: str
    withheld: bool


def short_name(product: Product) -> str:
    """Return a name to say: see `spoken_name`."""
    return spoken_name(product).name


def spoken_brand(product: Product) -> str:
    """Return the brand as it is said, empty where there is none that may be: see `spoken_name`."""
    return spoken_name(product).brand


def spoken_name(product: Product) -> SpokenName:
    """Return the name and brand to say, each held to `koubo.script.name_check`.

    The name is the brand and the part of the title that ends with the product's noun, without numbers; where no part
    does, the brand and the category (华为手机), or the title's own words. Where that must not be said it is the noun
    alone, and at last `NAMELESS`.
    """
    return _spoken(product.title, product.brand, tuple(product.category))


@lru_cache(maxsize=_KEPT)
def _spoken(title: str, brand: str | None, category: tuple[str, ...]) -> SpokenName:
    product = Product(id="-", title=title, brand=brand, category=category, price="1")
    own = _own_brand(brand)
    said = "" if any(brand_findings(own, product)) else own
    for place, name in enumerate(_candidates(product, said)):
        if not any(name_findings(name, said, product)):
            return SpokenName(name, said, withheld=place > 0 or said != own or name == NAMELESS)
    return SpokenName(NAMELESS, said, withheld=True)


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


def _own_brand(brand: str | None) -> str:
    """Of two spellings the Chinese one; "NITORI制造商" names a maker, not a brand, and saying it as the brand would be
    untrue, so it gives nothing."""
    if not brand or brand.endswith(_MAKER):
        return ""
    spellings = [part.strip() for part in re.split(r"[/|]", brand) if part.strip()]
    return next((part for part in spellings if HANZI.search(part)), spellings[0] if spellings else "")


def _candidates(product: Product, brand: str) -> Iterator[str]:
    """Yield names, the best first; all but the first are for where it must not be said."""
    parts = title_parts(product.title, product.brand)
    found = product_part(parts)
    if found is None:
        heads = [_otherwise(parts, product.category)]
    else:
        heads = [*([] if brand else _led(parts[: found[0]], found[1])), found[1]]
    yield from (_joined(brand, shortened(head, LONGEST - syllables(brand)) or NAMELESS) for head in heads)
    noun = last_noun(heads[-1])
    if noun is not None:
        yield from (_joined(brand, noun), noun)


def _led(before: Sequence[str], head: str) -> list[str]:
    """Return the head after what stands before it in the title, all or the first of it, where that is short."""
    leading = [part for part in before if HANZI.search(part) and not part.endswith(words("names.yaml")["not_before"])]
    names = ("".join((*led, head)) for led in (leading, leading[:1]) if led)
    return next(([name] for name in names if syllables(name) <= EASY), [])


def _otherwise(parts: Sequence[str], category: Sequence[str]) -> str:
    """Return what a title without a part that names the product gives: a part that speaks of a noun, whole, the
    category's noun, or the title's own words."""
    telling = next((part for part in parts if holds_noun(part)), None)
    return telling or _category_noun(category) or _whole(parts) or NAMELESS


def _category_noun(category: Sequence[str]) -> str | None:
    """Return the last category that is a product noun, such as 手机 of 手机通讯, and not 手机配件."""
    lists = words("names.yaml")
    tails = "|".join(lists["category_tails"])
    bare = (re.sub(f"(?:{tails})$", "", step) for step in reversed(category))
    return next((step for step in bare if step in nouns() and step not in lists["vague_categories"]), None)


def _whole(parts: Sequence[str]) -> str:
    """Return as much of the title as is said with ease, in whole parts."""
    said = ""
    for part in parts:
        if said and syllables(said + part) > EASY:
            break
        said += part
    return said


def _joined(brand: str, head: str) -> str:
    """Put the brand before the head, once."""
    return head if not brand or head.startswith(brand) or head == NAMELESS else brand + head
