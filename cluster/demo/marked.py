"""Sentences for people to look at: which stretch of the written form became which stretch of the spoken one."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any


def _pieces(sentence: dict[str, Any], form: str) -> Iterator[tuple[str, bool]]:
    """The sentence in one form (`written` or `spoken`), piece by piece, each with whether it is a span's."""
    at = 0
    for span in sentence["spans"]:
        yield sentence["written"][at : span["start"]], False
        yield span[form], True
        at = span["end"]
    yield sentence["written"][at:], False


def as_html(sentence: dict[str, Any], form: str) -> str:
    """The sentence as HTML with its spans in `<mark>`."""
    return "".join(
        f'<mark class="{form}">{escape(text)}</mark>' if marked else escape(text)
        for text, marked in _pieces(sentence, form)
        if text
    )


def as_rich(sentence: dict[str, Any], form: str) -> str:
    """The sentence as console markup with its spans bold."""
    return "".join(
        f"[bold yellow]{_plain(text)}[/]" if marked else _plain(text)
        for text, marked in _pieces(sentence, form)
        if text
    )


def _plain(text: str) -> str:
    return text.replace("[", r"\[")
