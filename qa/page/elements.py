"""HTML elements that escape their text and their attributes."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from markupsafe import Markup

from qa.documents import INVISIBLE

__all__ = ["Markup", "button", "element", "escape"]

VOID = frozenset({"img", "input"})
"""Elements without content or an end tag."""


def element(
    tag: str,
    *children: str,
    **attributes: str | int | dict[str, Any] | list[Any] | None,
) -> Markup:
    """Return an HTML element.

    Args:
        tag: The name of the element.
        *children: Its content. A `Markup` is HTML and is used unchanged; a plain `str` is text and is
            escaped.
        **attributes: Its attributes, escaped. In names, a trailing underscore is dropped and others become
            hyphens: `class_`, `aria_label`. True writes the name alone. None and False leave the attribute
            out. A dictionary or list is written as JSON.
    """
    opening = Markup("<") + tag + Markup("").join(_attribute(*item) for item in attributes.items())
    if tag in VOID:
        return opening + Markup(">")
    return opening + Markup(">") + Markup("").join(map(escape, children)) + Markup("</") + tag + Markup(">")


def button(*children: str, **attributes: str | int | dict[str, Any] | list[Any] | None) -> Markup:
    """Return a button that panels.js handles, see `element`."""
    return element("button", *children, type="button", **attributes)


def escape(text: str) -> Markup:
    """Return HTML that shows `text` literally; return a `Markup` unchanged.

    Each invisible character is wrapped in an element that makes the browser show its code point. With tags
    removed and character references decoded, the result is `text` again.
    """
    return text if isinstance(text, Markup) else Markup(INVISIBLE.sub(_with_name, html.escape(text)))


def _with_name(match: re.Match[str]) -> str:
    return f'<span class="unseen" data-name="U+{ord(match[0]):04X}">{match[0]}</span>'


def _attribute(name: str, value: str | int | dict[str, Any] | list[Any] | None) -> Markup:
    name = name.removesuffix("_").replace("_", "-")
    if value is None or value is False:
        return Markup("")
    if value is True:
        return Markup(" {}").format(name)
    text = json.dumps(value) if isinstance(value, dict | list) else str(value)
    return Markup(' {}="{}"').format(name, text)
