"""Where an answer begins and ends: with whole words, its marks in pairs."""

from __future__ import annotations

import re
import unicodedata

from qa.documents import Span, strip_span

_PLAIN = r"[^\s<>()\[\]{}|\"*`]"
_ADDRESS = re.compile(
    rf"\b(?:https?://|www\.)(?:\([^\s()]*\)|{_PLAIN})*(?:\([^\s()]*\)|(?![.,;:!?]){_PLAIN})", re.IGNORECASE
)
_MARK = re.compile(r"\*+|`+|[\"“”()\[\]]")
_OPENING = {"(": ")", "[": "]", "“": "”"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}


def addresses(text: str) -> list[Span]:
    """The web addresses in a text, each of which is one word."""
    return [Span(*match.span()) for match in _ADDRESS.finditer(text)]


def snap_to_boundaries(text: str, span: Span) -> Span | None:
    """The span with all of its last letter, and with no half of a pair of marks; None if it is marks alone.

    Of an emphasis, brackets or quotation marks one end of which is in the span and the other in the same
    line outside, that in the span is left out where it is the span's own edge; else the other is taken in
    where it stands next to the span.
    """
    start, end = span.start, span.end
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    if not _MARK.sub("", text[start:end]).strip():
        return None
    before = text[text.rfind("\n", 0, start) + 1 : start]
    after = text[end:].partition("\n")[0]
    for mark, partner, opens, closes in _alone(text, Span(start, end)):
        if opens and partner in after and not text[start : mark.start].strip():
            start = mark.end
        elif closes and partner in before and not text[mark.end : end].strip():
            end = mark.start
        elif opens and text.startswith(partner, end):
            end += len(partner)
        elif closes and text.endswith(partner, 0, start):
            start -= len(partner)
    return strip_span(text, start, end)


def _alone(text: str, span: Span) -> list[tuple[Span, str, bool, bool]]:
    """The marks in a span without their partners there: place, partner, whether they open and close."""
    alone: list[tuple[Span, str, bool, bool]] = []
    for match in _MARK.finditer(text, span.start, span.end):
        mark = match.group()
        opening = next((one for one in reversed(alone) if one[2] and one[1] == mark), None)
        if opening is not None:
            alone.remove(opening)
        else:
            partner = _OPENING.get(mark) or _CLOSING.get(mark) or mark
            alone.append((Span(*match.span()), partner, mark not in _CLOSING, mark not in _OPENING))
    return alone
