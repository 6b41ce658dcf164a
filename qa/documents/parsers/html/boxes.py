"""Elements side by side on a line of a web page: labels with their values, links, parts of a row."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

_INLINE = frozenset({"span", "b", "strong", "em", "i", "label", "small", "time", "data", "output"})
_LINES = frozenset({"div", "p", "li", "dd"})
_APART = frozenset({"a", "button", "label", "option", "output"})
_NAME_CHARACTERS = range(2, 50)  # of a label beside its value
_BOX = re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid|block|table-cell|inline-block)\b", re.I)
_ROW = re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid)\b", re.I)
_MAX_RULE = 1000  # characters of selectors, and of a rule
_CLASS = re.compile(r"\.([\w-]+)\s*$")


def is_label(node: LexborNode) -> bool:
    """Return whether an inline element is the first of the only two on a line: a label and its value."""
    parent, other = node.parent, _beside(node)
    if node.tag not in _INLINE or parent is None or parent.tag not in _LINES:
        return False
    if other is None or other.tag not in _INLINE:
        return False
    is_pair = _beside(node, before=True) is None and _beside(other) is None
    return is_pair and len(node.text(strip=True)) in _NAME_CHARACTERS


class Boxes:
    """The elements of a page that its style sets apart from their neighbours.

    Args:
        style: The style sheets of the page.
    """

    def __init__(self, style: str) -> None:
        self._rows: set[str] = set()  # classes
        self._boxes: set[str] = set()
        for match in _BOX.finditer(style):
            opening = style.rfind("{", max(0, match.start() - _MAX_RULE), match.start())
            if opening < 0 or "}" in style[opening : match.start()]:
                continue
            start = max(style.rfind(mark, max(0, opening - _MAX_RULE), opening) for mark in "{}") + 1
            selectors = style[max(start, opening - _MAX_RULE) : opening].split(",")
            names = {name[1] for name in map(_CLASS.search, selectors) if name is not None}
            (self._rows if _ROW.match(match[0]) else self._boxes).update(names)

    def is_apart(self, node: LexborNode) -> bool:
        """Return whether an element is a box of its own, not joined with its neighbours."""
        tag, parent = node.tag, node.parent
        if _is(node, _BOX, self._boxes) or (parent is not None and _is(parent, _ROW, self._rows)):
            return True
        other = node.next
        if other is None or other.tag != tag:
            return False
        if tag in _APART or (tag is not None and "-" in tag and not tag.startswith("-")):
            return True
        return tag in _INLINE and _is_turn(node.text().rstrip(), other.text().lstrip())


def _is(node: LexborNode, style: re.Pattern[str], classes: set[str]) -> bool:
    attributes = node.attributes
    if style.search(attributes.get("style") or "") is not None:
        return True
    return bool(classes) and not classes.isdisjoint((attributes.get("class") or "").split())


def _is_turn(before: str, after: str) -> bool:
    """Return whether a new word begins with the next text: at a capital, or between letters and digits."""
    if len(before) < 2 or not after or not before[-1].isalnum() or not after[0].isalnum():
        return False
    last, first = before[-1], after[0]
    return (last.islower() or last.isdigit()) and (
        first.isupper() or (first.isdigit() and not last.isdigit())
    )


def _beside(node: LexborNode, *, before: bool = False) -> LexborNode | None:
    """Return the next or the previous node, skipping white space."""
    other = node.prev if before else node.next
    if other is not None and other.tag == "-text" and not (other.text_content or "").strip():
        other = other.prev if before else other.next
    return other
