"""Amounts of money as tables spell them: exact decimals of yuan, refused where no honest reading exists."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import BeforeValidator

FEN = Decimal("0.01")
LARGEST = Decimal("10000000")
_DRESSING = re.compile(r"^(?:RMB|CNY|人民币)|[¥￥\s]|(?:元|块|圆)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def money(value: object) -> Decimal:
    """A positive amount in yuan, with two decimals.

    Accepts Decimal, int, float (as it prints) and text with ¥, commas, 元 ("¥1,299.00元").

    Raises:
        ValueError: not a number (NaN and infinity too), zero or negative, fractions of a fen, or above ten million.
    """
    amount = Decimal(_digits(value))
    if amount <= 0:
        raise ValueError("an amount of money must be above zero")
    if amount > LARGEST:
        raise ValueError(f"above {LARGEST:,} yuan: not believed")
    if amount != amount.quantize(FEN):
        raise ValueError("has fractions of a fen; round it in the table")
    return amount.quantize(FEN)


def _digits(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise ValueError("not an amount of money")
    text = value if isinstance(value, str) else format(Decimal(str(value)), "f")
    bare = _DRESSING.sub("", text.strip())
    bare = _DRESSING.sub("", bare)  # "199 元" shows its 元 only once the rest is gone
    if _GROUPED.fullmatch(bare):  # 1,299 is one number; 9,90 is not taken for 990
        bare = re.sub("[,，]", "", bare)
    if bare.startswith("-") and _NUMBER.fullmatch(bare[1:]):
        raise ValueError("an amount of money must be above zero")
    if not _NUMBER.fullmatch(bare):
        raise ValueError('not an amount of money; write 199.00 or "¥199.00"')
    return bare


def to_fen(amount: Decimal) -> Decimal:
    """Rounded to whole fen, half a fen upwards."""
    return amount.quantize(FEN, ROUND_HALF_UP)


Money = Annotated[Decimal, BeforeValidator(money)]
"""Pydantic type of a positive amount in yuan; serialises to text with two decimals."""
