"""Hidden elements of a web page: those that its style never shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.I)
_SHOWING = re.compile(r"(?<![\w-])(?:display\s*:\s*(?!none)|visibility\s*:\s*visible)", re.I)
_NO_SIZE = re.compile(r"(?<![\w-])font-size\s*:\s*0(?![.\d])", re.I)
_BRACE = re.compile(r"[{}]")
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_NAME = re.compile(r"\.([\w-]+)")
_COLOUR = re.compile(r"(?<![\w-])(background(?:-color)?|color)\s*:\s*([^;!]+)", re.I)


class Hidden:
    """Decides which elements of a page are hidden.

    Args:
        style: The style sheets of the page. Only unconditional rules for a single class count, unless another
            rule shows elements of that class.
    """

    def __init__(self, style: str) -> None:
        hidden: set[str] = set()
        shown: set[str] = set()
        for selectors, body, depth in _rules(_COMMENT.sub("", style)):
            if _HIDING.search(body) is not None:
                names = (_NAME.fullmatch(selector.strip()) for selector in selectors.split(","))
                hidden.update(name[1] for name in names if name is not None and depth == 0)
            elif _SHOWING.search(body) is not None:
                shown.update(_NAME.findall(selectors))
        self._classes = hidden - shown

    def has(self, node: LexborNode) -> bool:
        """Return whether an element and its content are hidden."""
        attributes = node.attributes
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return True
        style = attributes.get("style") or ""
        if style and (_HIDING.search(style) is not None or _is_of_one_colour(style)):
            return True
        # On an element around others, it only removes the gaps between them.
        if _NO_SIZE.search(style) is not None and all(child.mem_id == node.mem_id for child in node.css("*")):
            return True
        return bool(self._classes) and not self._classes.isdisjoint((attributes.get("class") or "").split())


def _rules(style: str) -> Iterator[tuple[str, str, int]]:
    """Yield the selectors and the body of each rule, and how many at-rules are around it."""
    depth = position = 0
    opened: tuple[str, int] | None = None
    for brace in _BRACE.finditer(style):
        if brace[0] == "{":
            opened = style[position : brace.start()], brace.end()
            depth += 1
        else:
            depth = max(0, depth - 1)
            if opened is not None:
                yield opened[0], style[opened[1] : brace.start()], depth
            opened = None
        position = brace.end()


def _is_of_one_colour(style: str) -> bool:
    """Return whether text and background have the same colour."""
    found = _COLOUR.findall(style)
    colours = {name.lower().removesuffix("-color"): value.strip().lower() for name, value in found}
    return len(colours) == 2 and len(set(colours.values())) == 1
