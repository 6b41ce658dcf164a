"""Links of a web page: their share of the text of an element."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

MAX_LINK_SHARE = 0.5
"""An element with at least this share of links is a menu or a list of links, not prose."""


def link_share(node: LexborNode) -> float:
    """Return the share of links in the text of an element, 0 to 1, not counting navigation."""
    characters = len(node.text(strip=True))
    links = sum(len(link.text(strip=True)) for link in node.css("a"))
    for part in node.css("nav, script, style"):
        if part.mem_id != node.mem_id and part.css_first("nav, script, style") in (None, part):
            characters -= len(part.text(strip=True))
            links -= sum(len(link.text(strip=True)) for link in part.css("a"))
    return min(1.0, max(0, links) / characters) if characters > 0 else float(links > 0)
