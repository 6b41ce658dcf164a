"""Raised and lowered text of a web page: fractions, exponents, footnote marks."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from qa.documents.parsers.raised_text import with_lowered, with_raised

_NUMBER = re.compile(r"[0-9]{1,4}")
_SLASHES = ("/", "⁄", "∕")
_PROSE = re.compile(r"\S\s+\S|\S{9}|[\[(].*[a-z]{2}")
_NUMBER_END = re.compile(r"[0-9]$")


def with_mark(node: LexborNode, before: str, words: str) -> str:
    """Return a line with the words of a `sup` or `sub` element appended.

    Args:
        node: The element.
        before: The line before it.
        words: Its words.
    """
    if _is_fraction(node, words):
        return f"{before} {words}" if node.tag == "sup" and _NUMBER_END.search(before) else before + words
    if _PROSE.search(words) is not None:  # small print
        return f"{before} {words}" if before and not before.endswith(" ") else before + words
    return with_raised(before, words) if node.tag == "sup" else with_lowered(before, words)


def _is_fraction(node: LexborNode, words: str) -> bool:
    """Return whether the element is the numerator or denominator of a fraction."""
    other = node.next if node.tag == "sup" else node.prev
    if _NUMBER.fullmatch(words) is None or other is None or other.tag != "-text":
        return False
    text = (other.text_content or "").strip()
    if node.tag == "sup":
        return text.startswith(_SLASHES) and (text[1:2].isdigit() or _is_tag(other.next, "sub"))
    return text.endswith(_SLASHES) and (text[-2:-1].isdigit() or _is_tag(other.prev, "sup"))


def _is_tag(node: LexborNode | None, tag: str) -> bool:
    return node is not None and node.tag == tag
