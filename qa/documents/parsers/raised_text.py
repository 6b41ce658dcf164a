"""Raised and lowered text: exponents, indices and endings keep their meaning; marks are set apart."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−–=()n i", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ ⁱ")
_LOWERED = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")

_ORDINAL = re.compile(r"(?i)(st|nd|rd|th|er|ers?|re|e|es|ème|ère|o|a|os|as|me|mo|ma|º|ª)[.]?")
_MARK = re.compile(r"\(?\[?[0-9]{1,3}(?:[,;–-] ?[0-9]{1,3})*\]?\)?|[*†‡§¶]+|[a-z]")
_NUMBER_END = re.compile(r"[0-9]$")
_POWER_OF_TEN = re.compile(r"(?:[×·x*⋅] ?|^|[\s(=~≈<>])10$")
_UNIT = re.compile(
    r"(?:^|[\s(/·⋅.0-9])(?:[numkcdhM]?m|[mkµ]?g|[mµn]?s|h|l|L|ha|ft|in|yd|mi|km|K|V|A|W|J|N|Pa|mol|kg|rad|sr)$"
)
_VARIABLE = re.compile(r"(?:^|[\s(+*/=−-])[A-Za-zα-ωΑ-Ω]$|\)$")
_EXPONENT = re.compile(r"[-−–+]?[0-9]{1,3}|n|i|x")
_SMALL_EXPONENT = re.compile(r"[-−–]?[1-4]")


def with_raised(before: str, raised: str) -> str:
    """Return a line with raised text appended.

    Exponents (10⁵, m², x²) and ordinal endings (3rd) are joined to the line. Any other mark is added after a
    space, with its digits raised, so that it never changes the number or the word before it.

    Args:
        before: The line up to the raised text, without a space at its end.
        raised: The raised text, in ordinary letters.
    """
    raised = raised.strip()
    if _NUMBER_END.search(before) is not None:
        if _POWER_OF_TEN.search(before) is not None and _EXPONENT.fullmatch(raised) is not None:
            return before + raised.translate(_RAISED)
        if _ORDINAL.fullmatch(raised) is not None or raised in ("°", "%"):
            return before + raised
    elif _has_exponent(before, raised):
        return before + raised.translate(_RAISED)
    elif _MARK.fullmatch(raised) is None:
        return before + raised  # M^me, TM: letters of the word itself
    space = "" if not before or before.endswith((" ", "(", "[")) else " "
    return before + space + raised.translate(_RAISED)


def with_lowered(before: str, lowered: str) -> str:
    """Return a line with lowered text appended: H₂O, x₁. Letters are appended as they are.

    Args:
        before: The line up to the lowered text.
        lowered: The lowered text, in ordinary letters.
    """
    return before + lowered.strip().translate(_LOWERED)


def _has_exponent(before: str, raised: str) -> bool:
    """Return whether raised text is the exponent of the unit or variable before it."""
    if _SMALL_EXPONENT.fullmatch(raised) is not None and _UNIT.search(before) is not None:
        return True
    return _EXPONENT.fullmatch(raised) is not None and _VARIABLE.search(before) is not None
