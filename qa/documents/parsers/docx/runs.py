"""Runs of a Word paragraph: their text as Word shows it, with equations, symbols and check boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

from docx.oxml.ns import qn

from qa.documents.parsers.check_boxes import CHECKED, UNCHECKED
from qa.documents.parsers.docx.equations import EQUATION, equation_text
from qa.documents.parsers.docx.toggles import is_on
from qa.documents.parsers.raised_text import with_lowered, with_raised

_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WORD_2010 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_PARAGRAPH, _RUN, _TEXT = qn("w:p"), qn("w:r"), qn("w:t")
_CHARACTERS = {
    qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-",
}  # fmt: skip
_RUN_PROPERTIES, _ALIGNMENT = qn("w:rPr"), qn("w:vertAlign")
_RUN_FONTS = qn("w:rFonts")
_HIDDEN, _STRUCK = (qn("w:vanish"), qn("w:webHidden")), (qn("w:strike"), qn("w:dstrike"))
_SYMBOL, _FIELD_BOX = qn("w:sym"), qn("w:checkBox")
_CONTROL, _CONTROL_PROPERTIES, _PLACEHOLDER = qn("w:sdt"), qn("w:sdtPr"), qn("w:showingPlcHdr")
_CONTROL_BOX, _CONTROL_CHECKED = f"{_WORD_2010}checkbox", f"{_WORD_2010}checked"
# Word adds fallbacks for programs that cannot show the content beside them.
_SKIPPED = (qn("w:del"), qn("w:moveFrom"), f"{_MARKUP}Fallback", qn("w:instrText"), _RUN_PROPERTIES)
_VALUE = qn("w:val")

# The boxes, ticks and arrows of the symbol fonts that Word uses.
_WINGDINGS = {
    0x6F: UNCHECKED, 0x70: UNCHECKED, 0x71: UNCHECKED, 0x72: UNCHECKED, 0x78: CHECKED, 0xA8: UNCHECKED,
    0xFB: "✗", 0xFC: "✓", 0xFD: CHECKED, 0xFE: "☑", 0x6C: "●", 0x6E: "■", 0xA1: "○", 0xA7: "▪",
    0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0x28: "☎", 0x2A: "✉", 0x4A: "☺",
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: CHECKED, 0x52: "☑", 0x53: CHECKED, 0x54: CHECKED, 0x55: CHECKED,
    0xA3: UNCHECKED, 0x2A: UNCHECKED,
}  # fmt: skip
_SYMBOLS = dict(zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True)) | {
    0x44: "Δ", 0x46: "Φ", 0x47: "Γ", 0x4C: "Λ", 0x50: "Π", 0x51: "Θ", 0x53: "Σ", 0x57: "Ω", 0x59: "Ψ",
    0xA3: "≤", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈",
    0xA5: "∞", 0xAE: "→", 0xD6: "√", 0xB6: "∂", 0xE5: "∑", 0xA2: "′", 0xB2: "″",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOLS}
_PRIVATE = range(0xF000, 0xF100)


class _Line(Enum):
    """The vertical position of text on its line."""

    ON = 0
    RAISED = 1
    LOWERED = 2


def paragraph_text(paragraph: Any) -> str:
    """Return the text of a paragraph, followed by that of the text boxes anchored in it."""
    pieces: list[tuple[str, _Line]] = []
    boxes: list[str] = []
    leaves_gap = False  # whether what was left out had a space before it
    for element in walk(paragraph, _is_content):
        if element.tag == _PARAGRAPH:
            boxes.append(paragraph_text(element))
            continue
        if element.tag == _RUN:
            leaves_gap = bool(pieces) and pieces[-1][0][-1:].isspace()
            continue
        run = next(element.iterancestors(_RUN), None)
        words = _element_text(element)
        pieces.append((words.lstrip(" ") if leaves_gap else words, _Line.ON if run is None else _line(run)))
        leaves_gap = False
    return "\n".join((_joined(pieces), *boxes))


def walk(parent: Any, is_leaf: Callable[[Any], bool]) -> Iterator[Any]:
    """Yield the elements inside `parent` that are leaves, in order, without looking inside them."""
    stack = [iter(parent)]  # not recursive, since hostile files may be nested deeply
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif is_leaf(element):
            yield element
        elif element.tag not in _SKIPPED and not _is_placeholder(element):
            stack.append(iter(element))


def _is_content(element: Any) -> bool:
    """Return whether an element is read as a whole, or skipped as a whole if it is hidden or struck out."""
    return (
        element.tag in (_PARAGRAPH, _TEXT, _SYMBOL, _FIELD_BOX, EQUATION)
        or element.tag in _CHARACTERS
        or (element.tag == _RUN and _is_unread(element))
        or (element.tag == _CONTROL and _control_box(element) is not None)
    )


def _element_text(element: Any) -> str:
    tag = element.tag
    if tag == _TEXT:
        return _text(element)
    if tag == EQUATION:
        return equation_text(element)
    if tag == _SYMBOL:
        return _symbol(element)
    if tag == _FIELD_BOX:
        state = element.find(qn("w:checked"))
        state = element.find(qn("w:default")) if state is None else state
        return CHECKED if is_on(state) else UNCHECKED
    if tag == _CONTROL:
        box = _control_box(element)
        state = None if box is None else box.find(_CONTROL_CHECKED)
        return CHECKED if is_on(state, f"{_WORD_2010}val") else UNCHECKED
    return _CHARACTERS[tag]


def _text(element: Any) -> str:
    """Return the characters of a text; in a symbol font, those that are drawn."""
    words: str = element.text or ""
    run = next(element.iterancestors(_RUN), None)
    properties = None if run is None else run.find(_RUN_PROPERTIES)
    fonts = None if properties is None else properties.find(_RUN_FONTS)
    font = None if fonts is None else _FONTS.get((fonts.get(qn("w:ascii")) or "").lower())
    if font is None:
        return words
    codes = ((character, ord(character)) for character in words)
    return "".join(
        font.get(code - _PRIVATE.start if code in _PRIVATE else code, character) for character, code in codes
    )


def _symbol(element: Any) -> str:
    """Return the character of a symbol; empty if it is unknown."""
    try:
        code = int(element.get(qn("w:char")) or "", 16)
    except ValueError:
        return ""
    font = _FONTS.get((element.get(qn("w:font")) or "").lower())
    if font is not None:
        return font.get(code - _PRIVATE.start if code in _PRIVATE else code, "")
    is_text = 0x20 <= code < 0xD800 or 0xF900 <= code < 0x110000
    return chr(code) if is_text else ""


def _control_box(control: Any) -> Any:
    """Return the check box properties of a content control, None if it is not a check box."""
    properties = control.find(_CONTROL_PROPERTIES)
    return None if properties is None else properties.find(_CONTROL_BOX)


def _is_placeholder(element: Any) -> bool:
    """Return whether an element is a content control that shows its placeholder."""
    properties = element.find(_CONTROL_PROPERTIES) if element.tag == _CONTROL else None
    return properties is not None and is_on(properties.find(_PLACEHOLDER))


def _is_unread(run: Any) -> bool:
    """Return whether a run is hidden or struck out. Its properties before tracked changes are ignored."""
    properties = run.find(_RUN_PROPERTIES)
    return properties is not None and any(is_on(properties.find(tag)) for tag in (*_HIDDEN, *_STRUCK))


def _line(run: Any) -> _Line:
    properties = run.find(_RUN_PROPERTIES)
    element = None if properties is None else properties.find(_ALIGNMENT)
    value = None if element is None else element.get(_VALUE)
    return {"superscript": _Line.RAISED, "subscript": _Line.LOWERED}.get(str(value), _Line.ON)


def _joined(pieces: list[tuple[str, _Line]]) -> str:
    """Join pieces of text, distinguishing exponents from footnote marks."""
    text = ""
    done: list[str] = []  # before `text`, which is the end of the line
    position = 0
    while position < len(pieces):
        piece, line = pieces[position]
        position += 1
        if line is _Line.ON or not piece.strip():
            done.append(text)
            text = piece if piece else text
            if not piece:
                done.pop()
            continue
        before = "".join([*done[-5:], text])[-20:].rpartition("\n")[2]
        after = pieces[position][0] if position < len(pieces) else ""
        if _is_part_of_fraction(piece, line, before, after):
            added = f" {piece}" if line is _Line.RAISED and before[-1:].isdigit() else piece
        else:
            if line is _Line.RAISED and _is_mark(before, piece):
                while position < len(pieces) and pieces[position][1] is _Line.RAISED:
                    piece += pieces[position][0]
                    position += 1
            added = (with_raised if line is _Line.RAISED else with_lowered)(before, piece)[len(before) :]
        done.append(text)
        text = added
    return "".join([*done, text])


def _is_mark(before: str, raised: str) -> bool:
    """Return whether raised text is a mark or a power of ten, so that raised text after it belongs to it."""
    return with_raised(before, raised)[len(before) :].startswith(" ") or before.endswith("10")


def _is_part_of_fraction(piece: str, line: _Line, before: str, after: str) -> bool:
    if not piece.strip().isdecimal():
        return False
    if line is _Line.RAISED:
        return after.lstrip().startswith(("/", "⁄"))
    return before.rstrip().endswith(("/", "⁄"))
