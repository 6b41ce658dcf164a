"""Numbers of a web page: attributes that are integers, and the marks of list items."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from qa.documents.parsers.list_numbers import letters, roman

_INTEGER = re.compile(r"[ \t\n\r\f]*[-+]?[0-9]{1,9}(?![0-9])")


def integer(node: LexborNode, attribute: str, default: int) -> int:
    """Return the integer at the beginning of an attribute, parsed as HTML does."""
    match = _INTEGER.match(node.attributes.get(attribute) or "")
    return default if match is None else int(match[0])


class Numbering:
    """The marks of list items, as the page shows them."""

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
        kind = item.attributes.get("type") or parent.attributes.get("type") or "1"
        return f"{_written(number, kind.strip())}. "


def _written(number: int, kind: str) -> str:
    """Return a number as letters or in Roman numerals, where the kind says so and it is possible."""
    if number < 1 or kind.lower() not in ("a", "i"):
        return str(number)
    found = letters(number) if kind.lower() == "a" else roman(number)
    return found if kind.islower() else found.upper()
