"""The check of names: what is called by a name must be the thing that the title ends with, and nothing cut from it.

It has rules of its own, plainer than those that make names: a name must not end inside a word of the title, and of the
title's things (product_words.txt) it must be the last one of a stretch without spaces, not one that adorns it.
"""

from __future__ import annotations

import re
from pathlib import Path

WORDS = tuple(sorted(Path(__file__).with_name("product_words.txt").read_text(encoding="utf-8").split(), key=len))
NAMELESS = "这款商品"
AFTER = re.compile(
    r"(?:[^一-鿿]|$|男|女|儿童|家用|天然气|新款|[一-鿿]{1,3}款|[一-鿿]{1,3}色|[一-鿿]{1,2}版|[春夏秋冬]|电脑[A-Z])"
)
"""What may stand in the title behind the name's last word: an end, a mark, a figure, or whom and when it is for."""
NEVER = ("件套", "系列", "床品件套", "糕点", "礼物", "寸")
"""Names that are none: a category, a series, a measure."""


def wrong_name(name: str, brand: str, title: str) -> str | None:
    """Say why a name is not the product's own; None where it is."""
    bare = name if name == brand else name.removeprefix(brand)
    if name == NAMELESS:
        return None
    if bare in NEVER or bare.endswith("系列") or bare.startswith("寸") or len(bare) < 2:
        return f"{bare!r} names no thing"
    if any(mark in name for mark in "{}<>，。！？"):
        return "a mark in the name"
    if re.search(r"\d", bare):
        return "a figure in the name"
    things = _things(title)
    if not _stands_in(bare, title):
        return f"the title is of {things[-1]!r}" if things else None
    if not _ends_a_word(bare, title):
        return "it ends inside a word of the title"
    if things and not any(_same_thing(bare, thing) for thing in things):
        return f"the title is of {' or '.join(things)}"
    return None


def _stands_in(bare: str, title: str) -> bool:
    return bare[-2:].casefold() in title.casefold()


def _ends_a_word(bare: str, title: str) -> bool:
    end, whole = bare[-2:].casefold(), title.casefold()
    return any(AFTER.match(title, found.end()) for found in re.finditer(re.escape(end), whole))


def _things(title: str) -> list[str]:
    """The last thing of each stretch of the title, where a word ends with it."""
    last = {}
    for number, stretch in enumerate(re.split(r"[\s,，/|]+", re.sub(r"[(（【][^)）】]*[)）】]", "", title))):
        for word in WORDS:
            for found in re.finditer(re.escape(word), stretch):
                before = last.get(number, (0, ""))
                if AFTER.match(stretch, found.end()) and found.end() >= before[0]:
                    last[number] = (found.end(), word)
    return [word for _, word in last.values()]


def _same_thing(bare: str, thing: str) -> bool:
    """A name and a thing are the same where their last hanzi is: 空调被 and 被, never 空调."""
    return bare[-1].casefold() == thing[-1].casefold()
