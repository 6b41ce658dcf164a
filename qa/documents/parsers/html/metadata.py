"""Title and address that a web page states for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from qa.documents.web_address import is_web_address

MAX_URL_CHARACTERS = 2000
"""A longer address is ignored."""

# The comments of Internet Explorer and of SingleFile.
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)|Page saved with SingleFile\s+url:\s*(\S+)")


def page_title(tree: LexborHTMLParser) -> str | None:
    """Return the title on one line; None if the page has none."""
    element = tree.css_first("head > title")
    title = None if element is None else element.text()
    if not title or not title.strip():
        title = _attribute(tree, 'meta[property="og:title"]', "content")
    return " ".join((title or "").split()) or None


def page_url(tree: LexborHTMLParser) -> str | None:
    """Return the address that the page gives as its own or was saved from; None if there is none."""
    urls = (
        _attribute(tree, "link[rel=canonical]", "href"),
        _attribute(tree, 'meta[property="og:url"]', "content"),
        *_saved_from(tree),
    )
    for url in urls:
        if url and len(url) <= MAX_URL_CHARACTERS and is_web_address(url.strip()):
            return url.strip()
    return None


def _attribute(tree: LexborHTMLParser, selector: str, name: str) -> str | None:
    """Return an attribute of the first element that matches."""
    node = tree.css_first(selector)
    return None if node is None else node.attributes.get(name)


def _saved_from(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the addresses in the comments that browsers add before the page or at its beginning."""
    for parent in (tree.root and tree.root.parent, tree.root, tree.head):
        node = parent and parent.first_child
        while node:
            comment = _SAVED_FROM.search(node.comment_content or "") if node.is_comment_node else None
            if comment is not None:
                yield comment[1] or comment[2]
            node = node.next
