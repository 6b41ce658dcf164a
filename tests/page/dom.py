"""HTML as a browser reads it: its text, its elements, and the data that buttons send."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

TAG = re.compile("<[^>]*>")
LETTERS = re.compile('<div class="letters">(.*?)</div>', re.DOTALL)


def plain(markup: str) -> str:
    """Return the text without tags, with references resolved.

    A parser would change line ends and drop null characters; this keeps every letter.
    """
    return html.unescape(TAG.sub("", markup))


def letters(markup: str) -> str:
    """Return the text that the document panel shows."""
    found = LETTERS.search(markup)
    assert found is not None
    return plain(found[1])


def dom(markup: str) -> LexborHTMLParser:
    return LexborHTMLParser(markup)


def one(markup: str, selector: str) -> LexborNode:
    """Return the only element that matches."""
    (node,) = dom(markup).css(selector)
    return node


def count(markup: str, selector: str) -> int:
    return len(dom(markup).css(selector))


def texts(markup: str, selector: str) -> list[str]:
    return [node.text() for node in dom(markup).css(selector)]


def attributes(markup: str, name: str) -> list[str]:
    """Return the values of an attribute, in order."""
    return [str(node.attributes[name]) for node in dom(markup).css(f"[{name}]")]


def looks(markup: str) -> list[dict[str, Any]]:
    """Return the event data of the buttons that open something in the document panel."""
    return [json.loads(value) for value in attributes(markup, "data-look")]
