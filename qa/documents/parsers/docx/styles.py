"""Styles and numbering of a Word document: which paragraphs are headings and items, and their numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from qa.documents.block import Kind
from qa.documents.parsers.list_numbers import letters, roman

_VALUE, _ID = qn("w:val"), qn("w:styleId")
_NAME, _BASE, _PROPERTIES = qn("w:name"), qn("w:basedOn"), qn("w:pPr")
_STYLE, _OUTLINE, _NUMBERING = qn("w:pStyle"), qn("w:outlineLvl"), qn("w:numPr")
_NUMBER_ID, _DEPTH = qn("w:numId"), qn("w:ilvl")
_HEADING_NAME = re.compile(r"heading ([1-9])", re.I)
_PLACE = re.compile(r"%([1-9])")
_MAX_BASES = 20  # styles may be based on each other in a circle
_BODY_LEVEL = 9  # an outline level that means "no heading"


@dataclass(frozen=True, slots=True)
class Role:
    """What a paragraph is, as in `Block`, and the number or bullet that Word shows before it."""

    kind: Kind = Kind.PARAGRAPH
    level: int = 0
    mark: str = ""


@dataclass(slots=True)
class _Style:
    """A paragraph style, with the properties inherited from the style that it is based on."""

    name: str = ""
    outline: int | None = None
    numbering: tuple[str, int] | None = None


@dataclass(slots=True)
class _List:
    """A list definition: for each depth, the format, the text around the number, and the first one."""

    levels: dict[int, tuple[str, str, int]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class WordStyles:
    """The styles and lists of a document. Call `role` on paragraphs in order, since it counts items.

    Args:
        part: The main part of the document. None if there are no styles.
    """

    def __init__(self, part: Any) -> None:
        parts = {} if part is None else _parts(part)
        self._elements = {
            style.get(_ID): style
            for style in (parts["styles"].iter(qn("w:style")) if "styles" in parts else ())
        }
        self._styles: dict[str | None, _Style] = {}
        self._lists, self._overrides = _lists(parts.get("numbering"))
        self._used: set[str] = set()
        self._has_title = False

    def role(self, paragraph: Any) -> Role:
        """Return what a paragraph is, and count it if it is an item."""
        properties = paragraph.find(_PROPERTIES)
        style = self._style(_value(properties, _STYLE))
        outline, numbering = _outline(properties), _numbering(properties)
        outline = style.outline if outline is None else outline
        numbering = style.numbering if numbering is None else numbering
        mark = "" if numbering is None else self._next_mark(*numbering)
        name = style.name.lower()
        if name == "title":
            self._has_title = True
            return Role(Kind.HEADING, 1, mark)
        heading = _HEADING_NAME.fullmatch(name)
        if heading is not None or (outline is not None and outline < _BODY_LEVEL):
            level = int(heading[1]) if outline is None and heading is not None else (outline or 0) + 1
            return Role(Kind.HEADING, level + self._has_title, mark)
        if numbering is not None and mark:
            return Role(Kind.ITEM, numbering[1] + 1, mark)
        if name == "caption" or name.startswith("table caption"):
            return Role(Kind.TABLE)
        if "quot" in name:
            return Role(Kind.QUOTATION)
        return Role(Kind.CODE if "code" in name or "preformatted" in name else Kind.PARAGRAPH)

    def _style(self, style_id: str | None) -> _Style:
        if style_id not in self._styles:
            found = _Style()
            element = self._elements.get(style_id)
            for _ in range(_MAX_BASES):
                if element is None:
                    break
                properties = element.find(_PROPERTIES)
                found.name = found.name or _value(element, _NAME) or ""
                found.outline = _outline(properties) if found.outline is None else found.outline
                found.numbering = _numbering(properties) if found.numbering is None else found.numbering
                element = self._elements.get(_value(element, _BASE))
            self._styles[style_id] = found
        return self._styles[style_id]

    def _next_mark(self, number_id: str, depth: int) -> str:
        """Return the number or bullet of the next item of a list, with a space after it."""
        found = self._lists.get(number_id)
        if found is None or depth not in found.levels:
            return ""
        if number_id not in self._used:
            self._used.add(number_id)
            for level, start in self._overrides.get(number_id, {}).items():
                found.counts[level] = start - 1
        number_format, _, start = found.levels[depth]
        found.counts[depth] = found.counts.get(depth, start - 1) + 1
        found.counts = {level: count for level, count in found.counts.items() if level <= depth}
        if number_format == "bullet":
            return "• "
        mark = _PLACE.sub(lambda place: _number_at(found, int(place[1]) - 1), found.levels[depth][1]).strip()
        return f"{mark} " if mark and number_format != "none" else ""


def _number_at(of: _List, depth: int) -> str:
    """Return the number of the last item at a depth, in its format."""
    number_format, _, start = of.levels.get(depth, ("decimal", "", 1))
    number = of.counts.get(depth, start)
    if number < 1:
        return str(number)
    written = {"lowerLetter": letters, "upperLetter": letters, "lowerRoman": roman, "upperRoman": roman}
    digits = str(number) if number_format not in written else written[number_format](number)
    return digits.upper() if number_format.startswith("upper") else digits


def _parts(part: Any) -> dict[str, Any]:
    """Return the parts with styles and numbering, by the end of their relationship type."""
    return {
        name: parse_xml(relationship.target_part.blob)
        for relationship in part.rels.values()
        for name in ("styles", "numbering")
        if relationship.reltype.endswith(f"/{name}") and not relationship.is_external
    }


def _lists(numbering: Any) -> tuple[dict[str, _List], dict[str, Mapping[int, int]]]:
    """Return the list of each number id, and the numbers at which it restarts the list, by depth."""
    if numbering is None:
        return {}, {}
    kinds: dict[str | None, _List] = {}
    for abstract in numbering.iter(qn("w:abstractNum")):
        found = kinds.setdefault(abstract.get(qn("w:abstractNumId")), _List())
        for level in abstract.iter(qn("w:lvl")):
            start = _value(level, qn("w:start")) or "1"
            found.levels[_digits(level.get(_DEPTH), 0)] = (
                _value(level, qn("w:numFmt")) or "decimal",
                _value(level, qn("w:lvlText")) or "",
                _digits(start, 1),
            )
    lists: dict[str, _List] = {}
    overrides: dict[str, Mapping[int, int]] = {}
    for number in numbering.iter(qn("w:num")):
        number_id, kind = number.get(_NUMBER_ID), kinds.get(_value(number, qn("w:abstractNumId")))
        if number_id is None or kind is None:
            continue
        lists[number_id] = kind
        overrides[number_id] = {
            _digits(override.get(_DEPTH), 0): _digits(_value(override, qn("w:startOverride")), 1)
            for override in number.iter(qn("w:lvlOverride"))
            if override.find(qn("w:startOverride")) is not None
        }
    return lists, overrides


def _outline(properties: Any) -> int | None:
    level = _value(properties, _OUTLINE)
    return None if level is None else _digits(level, _BODY_LEVEL)


def _numbering(properties: Any) -> tuple[str, int] | None:
    """Return the number id of a list and the depth in it; an empty id means none."""
    element = None if properties is None else properties.find(_NUMBERING)
    if element is None:
        return None
    return _value(element, _NUMBER_ID) or "", _digits(_value(element, _DEPTH), 0)


def _value(parent: Any, tag: str) -> str | None:
    element = None if parent is None else parent.find(tag)
    value: str | None = None if element is None else element.get(_VALUE)
    return value


def _digits(value: str | None, default: int) -> int:
    return (
        min(int(value), 1_000_000) if value is not None and value.isascii() and value.isdecimal() else default
    )
