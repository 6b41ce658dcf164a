"""Characters of a PDF as PDFium reads them: their text, font, size and direction."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.parsers.check_boxes import CHECKED, UNCHECKED

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Replaces a character that the file does not map to Unicode."""

WHITE = 250
"""The least red, green and blue (of 255) of a colour that is invisible on white paper."""

_QUARTER, _SLANT = 90, 10  # degrees
_LEAST_INK = 0.05  # points: anything narrower or lower is invisible
_LEAST_SIZE, _USUAL_SIZE = 0.2, 0.8  # of the height of a letter with its ascent and descent
_INVISIBLE, _CLIP_ONLY = 3, 7  # text render modes
_BOLD_NAMES = (b"bold", b"black", b"heavy", b"demi")
_FORCE_BOLD = 1 << 18  # a font flag

# Codes of ligatures in TeX fonts without a Unicode mapping.
_TEX = {
    **dict(zip(range(0x0B, 0x10), ("ff", "fi", "fl", "ffi", "ffl"), strict=True)),
    **dict(zip(range(0x1B, 0x20), ("ff", "fi", "fl", "ffi", "ffl"), strict=True)),
}
_BULLETS = {
    0xF0B7: "•",
    0xF0A7: "•",
    0xF0D8: "•",
    0xF0FC: "✓",
    0xF0FE: CHECKED,
    0xF06F: UNCHECKED,
    0xF0A8: UNCHECKED,
}
_SPACES = frozenset((9, 10, 13, 32, 160))
_HIGH_SURROGATES, _LOW_SURROGATES = range(0xD800, 0xDC00), range(0xDC00, 0xE000)
_PRIVATE = range(0xF020, 0xF07F)  # where fonts without a Unicode mapping put ASCII


class Style(NamedTuple):
    """The style that the letters of one text object share.

    Attributes:
        size: The font size in points.
        turn: By how many quarter turns they are rotated counter-clockwise.
        rise: The height of the baseline above the bottom of the box of a letter.
        bold: Whether the font is bold.
        kind: Whether they are oblique, whether they are hidden, and whether they are white.
    """

    size: float
    turn: int
    rise: float
    bold: bool
    kind: tuple[bool, bool, bool]


def is_tex_file(file: pdfium.PdfDocument) -> bool:
    """Return whether TeX made a file, whose fonts may not map their ligatures to Unicode."""
    metadata = file.get_metadata_dict()
    return "tex" in f"{metadata.get('Producer')} {metadata.get('Creator')}".lower()


def page_quarter(page: pdfium.PdfPage) -> int:
    """Return by how many quarter turns the page is rotated clockwise when it is shown."""
    return int(page.get_rotation()) // _QUARTER


def turned(x: float, y: float, quarter: int) -> tuple[float, float]:
    """Return a point after the page has been rotated clockwise by a number of quarter turns."""
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarter % 4]


def style_of(handle: object, index: int, box: api.FS_RECTF, styles: dict[object, Style]) -> Style:
    """Return the style of a character, shared by all of the same height in its text object."""
    text_object = api.FPDFText_GetTextObject(handle, index)
    key = ctypes.addressof(text_object.contents) if text_object else None, round(box.top - box.bottom, 3)
    style = styles.get(key)
    if style is None:
        style = styles[key] = _style(handle, index, text_object, box)
    return style


def runs(textpage: pdfium.PdfTextPage, *, is_tex: bool) -> Iterator[tuple[list[tuple[int, str]], bool]]:
    """Yield runs of letters without spaces, each with its index, and whether a space precedes the run."""
    handle = textpage.raw
    unicode_of, is_generated = api.FPDFText_GetUnicode, api.FPDFText_IsGenerated
    run: list[tuple[int, str]] = []
    high = 0
    has_space = True
    for index in range(textpage.count_chars()):
        code = unicode_of(handle, index)
        if 0x20 < code < 0x7F:
            run.append((index, chr(code)))
        elif code in _SPACES and (
            (generated := bool(is_generated(handle, index)))
            or code in (32, 160)
            or not _has_ink(handle, index)
        ):
            if run:
                yield run, has_space
                has_space = False
            run = []
            has_space = has_space or not generated
        elif code in _HIGH_SURROGATES:
            high = code
        else:
            if code in _LOW_SURROGATES and high:
                code, high = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00), 0
            text = letters(handle, index, code, is_tex=is_tex)
            if text:
                run.append((index, text))
    if run:
        yield run, has_space


def letters(handle: object, index: int, code: int, *, is_tex: bool) -> str:
    """Return the text of a character, empty if it has none."""
    if 0x20 < code < 0x110000 and not 0xD800 <= code < 0xF900 and code not in (0xFFFE, 0xFFFF):
        return chr(code)
    if code == 2 and api.FPDFText_IsHyphen(handle, index):
        return "-"
    if code in _BULLETS:
        return _BULLETS[code]
    if code in _PRIVATE:
        return chr(code & 0xFF)
    if 0xE000 <= code < 0xF900:
        return UNKNOWN
    if api.FPDFText_HasUnicodeMapError(handle, index) == 1:
        return (_TEX.get(code) if is_tex else None) or (UNKNOWN if _has_ink(handle, index) else "")
    return "" if code < 0x20 else UNKNOWN


def _has_ink(handle: object, index: int) -> bool:
    """Return whether a character draws anything."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    found = api.FPDFText_GetCharBox(handle, index, left, right, bottom, top)
    return bool(found) and min(right.value - left.value, top.value - bottom.value) > _LEAST_INK


def _style(handle: object, index: int, text_object: object, box: api.FS_RECTF) -> Style:
    matrix = api.FS_MATRIX()
    scale, angle = 1.0, 0.0
    if api.FPDFText_GetMatrix(handle, index, matrix):
        scale = math.hypot(matrix.c, matrix.d)
        angle = math.degrees(math.atan2(matrix.b, matrix.a))
        if matrix.a < 0 < matrix.d and abs(matrix.b) < abs(matrix.a):  # mirrored, not turned
            angle = 0.0
    size = api.FPDFText_GetFontSize(handle, index) * scale
    if size < 0:
        angle += 2 * _QUARTER
    quarter = round(angle / _QUARTER)
    oblique = abs(angle - quarter * _QUARTER) > _SLANT
    turn = 0 if oblique else quarter % 4
    x, y = ctypes.c_double(), ctypes.c_double()
    api.FPDFText_GetCharOrigin(handle, index, x, y)
    foot = min(turned(box.left, box.bottom, turn)[1], turned(box.right, box.top, turn)[1])
    height = abs(box.top - box.bottom) if turn % 2 == 0 else abs(box.right - box.left)
    if abs(size) < _LEAST_SIZE * height:  # a scale outside the text is not counted
        size = _USUAL_SIZE * height
    mode = api.FPDFTextObj_GetTextRenderMode(text_object) if text_object else 0
    return Style(
        abs(size) if size else 1.0,
        turn,
        turned(x.value, y.value, turn)[1] - foot,
        _is_bold(handle, index),
        (oblique, mode in (_INVISIBLE, _CLIP_ONLY), _is_white(text_object)),
    )


def _is_white(text_object: object) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    found = text_object and api.FPDFPageObj_GetFillColor(text_object, red, green, blue, alpha)
    return bool(found) and min(red.value, green.value, blue.value) >= WHITE


def _is_bold(handle: object, index: int) -> bool:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    api.FPDFText_GetFontInfo(handle, index, name, len(name), flags)
    lower = name.value.lower()
    return any(part in lower for part in _BOLD_NAMES) or bool(flags.value & _FORCE_BOLD)


def is_rtl(text: str) -> bool:
    """Return whether a text has letters that are written from right to left."""
    return any("\u0590" <= letter <= "\u08ff" or "\ufb1d" <= letter <= "\ufeff" for letter in text)
