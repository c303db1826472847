"""The parts of a comment: its clauses, and the questions in it (还有货吗包邮吗 asks two things)."""

from __future__ import annotations

import re
from functools import cache

from koubo.replies.tables import signs
from koubo.script.expressions import one_of
from koubo.script.folded import flat, plain

_BORDER = re.compile(r"(?<=[?!])|[\s,。;、~]+")
_AFTER_A_QUESTION = re.compile(
    r"(?<=[吗嘛呢])(?=[^吗嘛呢啊呀?!]{2})|(?<=[^什怎那这多]么)(?=[^?!]{2})"
    r"|(?<=多少钱)(?=(?![一两几每啊呀哦的呢哈吧嘛了主老买拍起?!]|可以).{2})"
)


def clauses(comment: str) -> tuple[str, ...]:
    """Return the clauses of a comment, flat: what stands between its marks and spaces."""
    return tuple(text for part in _BORDER.split(plain(comment)) if (text := flat(part)))


def questions(comment: str) -> tuple[str, ...]:
    """Return the parts of a comment that ask something, flat; 我怕苦 and 急急急 beside a question ask nothing."""
    parts = (part for clause in clauses(comment) for part in _AFTER_A_QUESTION.split(clause))
    return tuple(part for part in parts if _asks().search(part))


def complains(comment: str) -> bool:
    """Say whether a clause, or the whole, tells what went wrong; what is only supposed (会漏水吗) tells nothing."""
    texts = (*clauses(comment), flat(comment))
    return any(_dispute().search(_supposes().split(text, maxsplit=1)[0]) for text in texts)


@cache
def _asks() -> re.Pattern[str]:
    return one_of(signs()["asks"])


@cache
def _dispute() -> re.Pattern[str]:
    return one_of(signs()["dispute"])


@cache
def _supposes() -> re.Pattern[str]:
    return one_of(signs()["supposes"])
