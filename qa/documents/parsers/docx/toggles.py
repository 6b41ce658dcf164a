"""Toggle properties of a Word document: elements that are on unless their value turns them off."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn

_OFF = ("0", "false", "off")


def is_on(element: Any, value: str = qn("w:val")) -> bool:
    """Return whether a property is on; a missing one is off.

    Args:
        element: The element of the property, None if there is none.
        value: The name of the attribute with its value.
    """
    return element is not None and element.get(value) not in _OFF
