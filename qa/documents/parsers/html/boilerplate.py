"""Boilerplate of a web page: navigation, notices, hidden elements and everything else around its article."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from qa.documents.parsers.html.hidden import Hidden
from qa.documents.parsers.html.links import MAX_LINK_SHARE, link_share
from qa.documents.parsers.html.panels import Panels, opens_panel

_STRUCK = re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.I)
_COOKIE_NOTICE = re.compile(
    r"(cookie|consent|gdpr)s?[-_]?(banner|notice|bar|popup|pop-up|modal|overlay|dialog|message|consent|law)"
    r"|\b(onetrust|didomi|usercentrics|cybot|truste(?![a-z])|qc-cmp|sp_message)",
    re.I,
)
_ABOUT_SCRIPTS = re.compile(r"java\s*-?script|\bcookies?\b", re.I)

_TAGS = frozenset({
    "script", "style", "template", "head", "nav", "dialog",
    "input", "select", "textarea", "datalist",
    "svg", "canvas", "iframe", "object", "embed", "audio", "video",
    "rt", "rp", "annotation", "annotation-xml",
    "s", "strike", "del",
})  # fmt: skip
_ROLES = frozenset({"navigation", "search", "dialog", "alertdialog"})
_COMMANDS = frozenset({"menu", "menubar", "toolbar"})
_CLASSES = frozenset({"noprint", "mw-editsection", "mw-jump-link", "printfooter", "catlinks"})
_ADVERTISEMENTS = frozenset({"ad", "ads", "advert", "advertisement", "advertising"})
_TAG_OF_ROLE = {"banner": "header", "contentinfo": "footer", "complementary": "aside"}
_SURROUNDINGS = frozenset({"header", "footer", "aside"})
_CONTROLS = "button, input, [role=button], [onclick], a[href^='#'], a:not([href])"
_HEADINGS = "h1, h2, h3, h4, h5, h6"


class Boilerplate:
    """Decides which elements of a page are not part of its article.

    Args:
        panels: The panels of the page that a reader can open.
        hidden: The elements that are never shown, apart from panels.
        with_surroundings: Whether headers, footers and sidebars of the page are read too, unless they are
            mostly links: some pages have everything inside them.
    """

    def __init__(self, panels: Panels, hidden: Hidden, *, with_surroundings: bool = False) -> None:
        self._panels = panels
        self._hidden = hidden
        self._with_surroundings = with_surroundings

    def has(self, node: LexborNode, *, in_article: bool) -> bool:
        """Return whether an element is boilerplate.

        Args:
            node: The element.
            in_article: Whether it is inside a `main` or `article` element.
        """
        tag, attributes = node.tag or "", node.attributes
        role = (attributes.get("role") or "").strip().lower()
        style = attributes.get("style") or ""
        if tag in _TAGS or role in _ROLES or _STRUCK.search(style) is not None:
            return True
        if tag == "noscript":
            return _ABOUT_SCRIPTS.search(node.text()) is not None
        if tag == "button":
            return not opens_panel(node)
        if (role in _COMMANDS or tag == "menu") and not _is_prose(node):
            return True
        if self._hidden.has(node) and not self._panels.has(node):
            return True
        classes = attributes.get("class") or ""
        names = classes.split()
        if not _CLASSES.isdisjoint(names):
            return True
        if not _ADVERTISEMENTS.isdisjoint(names) and not _is_prose(node):
            return True
        if _COOKIE_NOTICE.search(f"{classes} {attributes.get('id') or ''}") is not None:
            return _is_notice(node, in_article=in_article)
        tag = _TAG_OF_ROLE.get(role, tag)
        return tag in _SURROUNDINGS and self._is_around(node, tag, in_article=in_article)

    def _is_around(self, node: LexborNode, tag: str, *, in_article: bool) -> bool:
        """Return whether a header, footer or sidebar surrounds the article and is not part of it."""
        if in_article or self._with_surroundings:
            return 0 < link_share(node) >= MAX_LINK_SHARE
        if tag != "header":
            return True
        if node.css_first("a, button, form, nav") is None:
            return False
        return node.css_first("h1") is None or link_share(node) >= MAX_LINK_SHARE


def _is_prose(node: LexborNode) -> bool:
    """Return whether an element that is marked as a menu or an advertisement is part of the text."""
    if node.css_first("iframe, script, ins, [role^=menuitem]") is not None:
        return False
    if node.css_first("p, li, h1, h2, h3, h4, h5, h6") is None:
        return False
    return node.css_first("button") is None and link_share(node) < MAX_LINK_SHARE


def _is_notice(node: LexborNode, *, in_article: bool) -> bool:
    """Return whether an element that is named after cookies is a notice about them."""
    # Some pages give such a name to the element around everything.
    if node.css_first("main, article, h1") is not None:
        return False
    if node.css_first(_CONTROLS) is not None:
        return True
    return not in_article and node.css_first(_HEADINGS) is None
