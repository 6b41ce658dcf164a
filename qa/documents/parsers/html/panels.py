"""Panels of a web page: parts that are hidden until their button, tab or link is pressed."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from qa.documents.parsers.html.links import MAX_LINK_SHARE, link_share

_OPENERS = "[aria-controls], [data-target], [data-bs-target], [href^='#'], [data-tab], label[for]"
_TARGETS = ("aria-controls", "data-target", "data-bs-target", "href", "data-tab", "for")
_NAMES = re.compile(
    r"accordion|collaps|expand|\bpanel|[-_]panel|\btab(?![a-z])|tab-?(pane|content|body|panel)|\bfaq|toggle-?(content|body)"
    r"|\bspoiler|disclosure|answer|read-?more|show-?more|\bmore-?(text|content)",
    re.I,
)
_NO_PANELS = "nav, form, [role=dialog], [role=navigation], [role=menu]"
_BARRED = frozenset({"nav", "form", "dialog", "header", "footer"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary"})
_MAX_TABS = 100
_MAX_STEPS = 3  # up from an element, to find the one beside it that opens it


class Panels:
    """The panels of a page.

    Args:
        tree: The page.
    """

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._opened: dict[str, LexborNode] = {}
        for opener in tree.css(_OPENERS):
            attributes = opener.attributes
            for name in _TARGETS:
                for target in (attributes.get(name) or "").split():
                    self._opened.setdefault(target.removeprefix("#"), opener)

    def has(self, node: LexborNode) -> bool:
        """Return whether a hidden element is a panel of text that a reader can open."""
        attributes = node.attributes
        role = (attributes.get("role") or "").strip().lower()
        if node.tag in _BARRED or (node.attributes.get("aria-modal") or "") == "true":
            return False
        names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        is_opened = (
            role == "tabpanel"
            or attributes.get("hidden") == "until-found"
            or (attributes.get("id") or "\0") in self._opened
            or _NAMES.search(names) is not None
            or _has_opener_before(node)
        )
        return is_opened and _is_text(node)

    def name(self, panel: LexborNode) -> str:
        """Return the name of the tab that opens a panel; empty if it is not clear which tab does."""
        opener = self._opened.get(panel.attributes.get("id") or "\0")
        if opener is None:
            tabs, number = _tabs_and_number(panel)
            opener = tabs[number] if number < len(tabs) else None
        if opener is None or (opener.attributes.get("role") or "") != "tab":
            return ""
        return " ".join(opener.text().split())


def opens_panel(button: LexborNode) -> bool:
    """Return whether a button is the title of a panel that it opens, such as a question.

    Buttons of menus are not: what they open is mostly links.
    """
    parent = button.parent
    in_heading = False
    while parent is not None and not in_heading and parent.tag != "body":
        in_heading = parent.tag in _HEADINGS
        if parent.tag in _BARRED:
            return False
        parent = parent.parent
    if in_heading:
        return True
    words = button.text().strip()
    if words.endswith(("?", "？")):
        return True
    attributes = button.attributes
    if attributes.get("aria-haspopup") or attributes.get("role") == "tab":
        return False
    panel = _element_after(button)
    is_opener = "aria-expanded" in attributes or _NAMES.search(attributes.get("class") or "") is not None
    return is_opener and bool(words) and panel is not None and panel.tag != "button" and _is_text(panel)


def _is_text(node: LexborNode) -> bool:
    return (
        node.css_first(_NO_PANELS) is None
        and bool(node.text(strip=True))
        and link_share(node) < MAX_LINK_SHARE
    )


def _has_opener_before(node: LexborNode) -> bool:
    """Return whether the element before a node, or before one of its ancestors, is or has its button."""
    around: LexborNode | None = node
    for _ in range(_MAX_STEPS):
        if around is None:
            return False
        before = _element_before(around)
        if before is not None:
            if before.tag in ("button", "summary") or "aria-expanded" in before.attributes:
                return True
            return before.css_first("button, [aria-expanded]") is not None and before.css_first("p") is None
        around = around.parent
    return False


def _tabs_and_number(panel: LexborNode) -> tuple[list[LexborNode], int]:
    """Return the tabs before a panel, and its number among its sibling panels."""
    number = 0
    other = _element_before(panel)
    while other is not None and number < _MAX_TABS:
        if other.attributes.get("role") == "tablist":
            return other.css("[role=tab]"), number
        number += other.attributes.get("role") == "tabpanel"
        other = _element_before(other)
    return [], 0


def _element_before(node: LexborNode) -> LexborNode | None:
    other = node.prev
    while other is not None and not other.is_element_node:
        other = other.prev
    return other


def _element_after(node: LexborNode) -> LexborNode | None:
    other = node.next
    while other is not None and not other.is_element_node:
        other = other.next
    return other
