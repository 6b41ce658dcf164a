"""Contact details of a web page: the address, telephone number or e-mail address in its footer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa.documents.parsers.html.boilerplate import Boilerplate

MAX_CHARACTERS = 300
"""A longer part is more than contact details."""

_FEET = "footer, [role=contentinfo]"
_PARTS = "address, p, li, td, div"
_BLOCKS = "address, p, ul, ol, li, table, td, div, form, nav, section"
_INSIDE = frozenset({"main", "article", "aside", "nav", "form", "dialog"})
_LINKS = "a:not([href^='tel:']):not([href^='mailto:'])"
_CONTACT = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w,.-])\(?\+?\d(?:[ ()/.-]{0,2}\d){5,14}(?![\w,.-])"
)
_YEARS = re.compile(r"\b(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d\b")


def contact(tree: LexborHTMLParser, boilerplate: Boilerplate) -> list[LexborNode]:
    """Return the parts of a page's footer that are contact details, in order. Parts with links are not."""
    found: list[LexborNode] = []
    for foot in tree.css(_FEET):
        if any(node.tag in _INSIDE for node in _around(foot)):
            continue
        parts = [part for part in foot.css(_PARTS) if all(n.mem_id == part.mem_id for n in part.css(_BLOCKS))]
        for part in parts or [foot]:
            around = [node for node in (part, *_around(part)) if node.mem_id != foot.mem_id]
            if _is_contact(part) and not any(boilerplate.has(node, in_article=True) for node in around):
                found.append(part)
    return found


def _around(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the ancestors of an element, innermost first."""
    parent = node.parent
    while parent is not None and parent.is_element_node:
        yield parent
        parent = parent.parent


def _is_contact(part: LexborNode) -> bool:
    if part.css_first(_LINKS) is not None:
        return False
    text = part.text(separator=" ", strip=True)
    if len(text) > MAX_CHARACTERS:
        return False
    return part.tag == "address" or _CONTACT.search(_YEARS.sub(" ", text)) is not None
