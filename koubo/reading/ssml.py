"""W3C SSML 1.1: what is said for each span stands beside it, and no character breaks the document."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

_HEAD = '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="zh-CN">'


def document(body: str) -> str:
    """Wrap marked up text as a whole SSML document."""
    return f"{_HEAD}{body}</speak>"


def substituted(shown: str, spoken: str) -> str:
    """Mark up text that is said in other words: ``<sub alias="spoken">shown</sub>``.

    What is silent is left out, for an empty alias is read as engines please.
    """
    return f"<sub alias={quoteattr(_xml_safe(spoken))}>{plain(shown)}</sub>" if spoken else ""


def plain(text: str) -> str:
    """Escape text that is said as it is written."""
    return escape(_xml_safe(text))


def _xml_safe(text: str) -> str:
    """Drop the control characters, surrogates and noncharacters that XML 1.0 (section 2.2) does not allow."""
    return "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
