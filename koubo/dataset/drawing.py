"""Drawing texts: a number for each that depends on the text and what it is drawn for, and on nothing else."""

from __future__ import annotations

import hashlib


def draw(text: str, salt: str) -> float:
    """A number from 0 to 1; those of different salts are independent of each other (CRCs would not be)."""
    digest = hashlib.blake2b(text.encode(), digest_size=8, key=salt.encode()).digest()
    return int.from_bytes(digest, "big") / 2**64
