"""Boilerplate of a web page: navigation, notices, hidden elements and all else around its article."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

MAX_LINK_SHARE = 0.5
"""A header, footer or sidebar inside an article is dropped if at least this share of its text is links."""

_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_COOKIE_NOTICE = re.compile(
    r"(cookie|consent|gdpr)s?[-_]?(banner|notice|bar|popup|pop-up|modal|overlay|dialog|message|consent|law)"
    r"|\b(onetrust|didomi|usercentrics|cybot|truste|qc-cmp|sp_message)",
    re.I,
)

_TAGS = frozenset({
    "script", "style", "noscript", "template", "head", "nav", "menu", "dialog",
    "button", "input", "select", "textarea", "datalist",
    "svg", "canvas", "iframe", "object", "embed", "audio", "video",
    "rt", "rp", "annotation", "annotation-xml",
})  # fmt: skip
_ROLES = frozenset({"navigation", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar"})
_CLASSES = frozenset({
    "noprint", "mw-editsection", "mw-jump-link", "printfooter", "catlinks",
    "ad", "ads", "advert", "advertisement", "advertising",
})  # fmt: skip
_TAG_OF_ROLE = {"banner": "header", "contentinfo": "footer", "complementary": "aside"}
_SURROUNDINGS = frozenset({"header", "footer", "aside"})


def is_boilerplate(node: LexborNode, tag: str, *, in_article: bool) -> bool:
    """Return whether an element is not part of the page's article.

    Args:
        node: The element.
        tag: Its tag in lower case.
        in_article: Whether it is inside a `main` or `article` element.
    """
    attributes = node.attributes
    role = (attributes.get("role") or "").strip().lower()
    if tag in _TAGS or role in _ROLES or "hidden" in attributes:
        return True
    if attributes.get("aria-hidden") == "true" or _HIDING.search(attributes.get("style") or "") is not None:
        return True
    classes = attributes.get("class") or ""
    if not _CLASSES.isdisjoint(classes.split()):
        return True
    if _COOKIE_NOTICE.search(f"{classes} {attributes.get('id') or ''}") is not None:
        # Some pages name the element around everything after their cookies.
        return node.css_first("main, article, h1") is None
    tag = _TAG_OF_ROLE.get(role, tag)
    if tag not in _SURROUNDINGS:
        return False
    if in_article:
        link_characters = sum(len(link.text()) for link in node.css("a"))
        return link_characters > 0 and link_characters >= MAX_LINK_SHARE * len(node.text(strip=True))
    return tag != "header" or node.css_first("a, button, form, nav") is not None
