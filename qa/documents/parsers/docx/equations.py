"""Equations of a Word document as a line of text: a/b, √(x), x², ∑."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.oxml.ns import qn

RAISED_DIGITS = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
LOWERED_DIGITS = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")

_SPACE = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
EQUATION = f"{_SPACE}oMath"

MAX_DEPTH = 50
"""How deeply the parts of an equation may be nested; deeper parts are left out."""

_VALUE = f"{_SPACE}val"
_NO_TEXT = tuple(f"{_SPACE}{name}" for name in ("ctrlPr", "rPr", "fPr", "dPr", "naryPr", "radPr", "mPr"))
_WORD_TEXT = qn("w:t")
_DELETED = (qn("w:del"), qn("w:moveFrom"))


def equation_text(equation: Any) -> str:
    """Return an equation on one line."""
    return _content(equation, 0)


def _content(element: Any, depth: int) -> str:
    return "" if depth > MAX_DEPTH else "".join(_part(child, depth + 1) for child in element)


def _part(element: Any, depth: int) -> str:
    if element.tag in _NO_TEXT or element.tag in _DELETED:
        return ""
    if element.tag in (f"{_SPACE}t", _WORD_TEXT):
        return element.text or ""
    name = element.tag.removeprefix(_SPACE) if isinstance(element.tag, str) else ""

    def words(part: str) -> str:
        found = element.find(f"{_SPACE}{part}")
        return "" if found is None else _content(found, depth)

    if name == "f":
        return f"{_grouped(words('num'))}/{_grouped(words('den'))}"
    if name == "sSup":
        return words("e") + _script("^", words("sup"), RAISED_DIGITS)
    if name == "sSub":
        return words("e") + _script("_", words("sub"), LOWERED_DIGITS)
    if name in ("sSubSup", "sPre"):
        scripts = _script("_", words("sub"), LOWERED_DIGITS) + _script("^", words("sup"), RAISED_DIGITS)
        return words("e") + scripts if name == "sSubSup" else scripts + words("e")
    if name == "rad":
        degree = words("deg")
        return f"{'' if degree == '2' else degree.translate(RAISED_DIGITS)}√{_grouped(words('e'))}"
    if name == "nary":
        limits = _script("_", words("sub"), LOWERED_DIGITS) + _script("^", words("sup"), RAISED_DIGITS)
        return f"{_property(element, 'naryPr', 'chr', '∫')}{limits} {words('e')}"
    if name == "d":
        parts = [_content(part, depth) for part in element.findall(f"{_SPACE}e")]
        begin, end = _property(element, "dPr", "begChr", "("), _property(element, "dPr", "endChr", ")")
        return f"{begin}{', '.join(parts)}{end}"
    if name == "func":
        return f"{words('fName')} {words('e')}"
    if name == "m":
        return "; ".join(_row(row, depth) for row in element.findall(f"{_SPACE}mr"))
    if name == "eqArr":
        return "; ".join(_content(part, depth) for part in element.findall(f"{_SPACE}e"))
    return _content(element, depth)


def _row(row: Any, depth: int) -> str:
    parts: Sequence[Any] = row.findall(f"{_SPACE}e")
    return ", ".join(_content(part, depth + 1) for part in parts)


def _grouped(words: str) -> str:
    """Return words in brackets, unless they are one number or name."""
    return words if words.replace(".", "").replace(",", "").isalnum() else f"({words})"


def _script(sign: str, words: str, digits: dict[int, int]) -> str:
    """Return an exponent or index in raised or lowered characters if possible, else after a sign."""
    if not words:
        return ""
    if all(ord(character) in digits for character in words):
        return words.translate(digits)
    return sign + _grouped(words)


def _property(element: Any, properties: str, name: str, default: str) -> str:
    found = element.find(f"{_SPACE}{properties}/{_SPACE}{name}")
    if found is None:
        return default
    return found.get(_VALUE) or ""
