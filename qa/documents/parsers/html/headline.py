"""Headline of a web page that is outside its article, with its standfirst and byline."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa.documents.parsers.html.words import lower_words

MAX_CHARACTERS = 1500
"""The most characters of an element that is taken for a headline with its standfirst and byline."""

MAX_HEADLINES = 20
"""The most headlines that are looked at."""

_MIN_SHARED = 0.5  # of the words of a headline that are in the title of the page
_OUTSIDE = frozenset({"nav", "footer", "aside", "dialog"})


def headline(tree: LexborHTMLParser, article: LexborNode) -> LexborNode | None:
    """Return the element with the headline of an article that has none itself.

    It is the widest element that contains the headline and little else.

    Args:
        tree: The page.
        article: The element with the article.
    """
    if article.css_first("h1") is not None:
        return None
    title = tree.css_first("head > title")
    words = set(lower_words("" if title is None else title.text()))
    candidates = [node for node in tree.css("h1")[:MAX_HEADLINES] if _is_headline(node, words)]
    if not candidates:
        return None
    # The name of the site may be in the title too.
    found = max(candidates, key=lambda node: sum(word in words for word in lower_words(node.text())))
    around, inside = found, {node.mem_id for node in _ancestors(article)}
    for node in _ancestors(found):
        if node.mem_id in inside or node.tag in (None, "body", "html"):
            break
        if len(node.text(strip=True)) > MAX_CHARACTERS or len(node.css("h1, h2, h3")) > 2:
            break
        around = node
    return around


def _is_headline(node: LexborNode, title: set[str]) -> bool:
    words = lower_words(node.text())
    if not words or any(around.tag in _OUTSIDE for around in _ancestors(node)):
        return False
    return not title or sum(word in title for word in words) >= _MIN_SHARED * len(words)


def _ancestors(node: LexborNode) -> list[LexborNode]:
    found = []
    parent = node.parent
    while parent is not None:
        found.append(parent)
        parent = parent.parent
    return found
