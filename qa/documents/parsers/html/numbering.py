"""Numbers in a web page: integer attributes, and the markers of list items."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from qa.documents.parsers.list_numbers import letters, roman

_INTEGER = re.compile(r"[ \t\n\r\f]*[-+]?[0-9]{1,9}(?![0-9])")

_STYLE = re.compile(
    r"list-style(?:-type)?\s*:[^;]*?\b((?:lower|upper)-(?:alpha|latin|roman)|decimal)\b", re.I
)
_KINDS = {
    **dict.fromkeys(("lower-alpha", "lower-latin"), "a"),
    **dict.fromkeys(("upper-alpha", "upper-latin"), "A"),
    "lower-roman": "i",
    "upper-roman": "I",
}


def integer(node: LexborNode, attribute: str, default: int) -> int:
    """Return the integer at the beginning of an attribute, parsed as HTML does."""
    match = _INTEGER.match(node.attributes.get(attribute) or "")
    return default if match is None else int(match[0])


class Numbering:
    """The markers of list items, as the page shows them."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}  # the number of the last item of each list

    def marker(self, item: LexborNode) -> str:
        """Return the bullet, the number or the letter of a list item, with a space after it."""
        parent = item.parent
        if parent is None or parent.tag != "ol":
            return "• "
        is_reversed = "reversed" in parent.attributes
        step = -1 if is_reversed else 1
        if parent.mem_id not in self._last:
            count = sum(child.tag == "li" for child in parent.iter()) if is_reversed else 1
            self._last[parent.mem_id] = integer(parent, "start", count) - step
        number = integer(item, "value", self._last[parent.mem_id] + step)
        self._last[parent.mem_id] = number
        return f"{_written(number, _kind(item) or _kind(parent) or '1')}. "


def _kind(node: LexborNode) -> str:
    """Return the kind of numbers that a list or an item asks for, as HTML names it; empty if it does not."""
    style = _STYLE.search(node.attributes.get("style") or "")
    if style is not None:
        return _KINDS.get(style[1].lower(), "1")
    return (node.attributes.get("type") or "").strip()


def _written(number: int, kind: str) -> str:
    """Return a number as letters or Roman numerals if its kind says so and it is possible, else in digits."""
    if number < 1 or kind.lower() not in ("a", "i"):
        return str(number)
    found = letters(number) if kind.lower() == "a" else roman(number)
    return found if kind.islower() else found.upper()
