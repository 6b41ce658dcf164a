"""Style sheets of a web page."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

MAX_STYLE = 1_000_000
"""The most characters of style sheets that are read."""


def style_sheets(tree: LexborHTMLParser) -> str:
    """Return the style sheets in a page, joined."""
    return "".join(element.text() for element in tree.css("style"))[:MAX_STYLE]
