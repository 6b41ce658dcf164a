"""Span boundaries: whole words and addresses, brackets and quotation marks in pairs."""

from __future__ import annotations

import re
import unicodedata

from qa.documents import Span, strip_span

MAX_WHOLE_CELL = 6
"""A cell or value of at most this many words is an answer as a whole or not at all."""

_WORD, _DIGIT = re.compile(r"\S+"), re.compile(r"\d")
_PLAIN = r"[^\s<>()\[\]{}|\"*`]"
_ADDRESS = re.compile(
    rf"\b(?:https?://|www\.)(?:\([^\s()]*\)|{_PLAIN})*(?:\([^\s()]*\)|(?![.,;:!?]){_PLAIN})", re.IGNORECASE
)
_MARK = re.compile(r"\*+|`+|[\"“”()\[\]]")
_OPENING = {"(": ")", "[": "]", "“": "”"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}


def addresses(text: str) -> list[Span]:
    """Return the web addresses in a text. Each counts as one word."""
    return [Span(*match.span()) for match in _ADDRESS.finditer(text)]


def snap_to_boundaries(text: str, span: Span) -> Span | None:
    """Return the span with its last letter's accents and without half a pair of marks.

    If the span contains only one half of a pair (`*…*`, brackets, quotation marks) and the other half is
    on the same line, drop the half at the span's edge; otherwise extend the span if the other half is
    adjacent. A span of marks alone gives None.
    """
    start, end = span.start, span.end
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    if not _MARK.sub("", text[start:end]).strip():
        return None
    before = text[text.rfind("\n", 0, start) + 1 : start]
    after = text[end:].partition("\n")[0]
    for mark, partner, opens, closes in _unpaired(text, Span(start, end)):
        if opens and partner in after and not text[start : mark.start].strip():
            start = mark.end
        elif closes and partner in before and not text[mark.end : end].strip():
            end = mark.start
        elif opens and text.startswith(partner, end):
            end += len(partner)
        elif closes and text.endswith(partner, 0, start):
            start -= len(partner)
    return strip_span(text, start, end)


def snap_to_cell(text: str, span: Span, cell: Span) -> Span | None:
    """Return all of a short cell that contains the span; in a longer one as `snap_to_boundaries`.

    In a cell, what stands between spaces is one word: no version or amount is cut at a full stop.
    """
    words = _WORD.finditer(text, cell.start, cell.end)
    overlapping = [word for word in words if word.start() < span.end and span.start < word.end()]
    if len(text[cell.start : cell.end].split()) <= MAX_WHOLE_CELL or not overlapping:
        return snap_to_boundaries(text, cell)
    first, last = overlapping[0], overlapping[-1]
    start = first.start() if _DIGIT.search(first[0]) else span.start
    end = last.end() if _DIGIT.search(last[0]) else span.end
    while end > span.end and text[end - 1] in ".,;:":
        end -= 1
    return snap_to_boundaries(text, Span(start, end))


def _unpaired(text: str, span: Span) -> list[tuple[Span, str, bool, bool]]:
    """Return marks whose partner is not in the span: (span, partner, may open, may close)."""
    unpaired: list[tuple[Span, str, bool, bool]] = []
    for match in _MARK.finditer(text, span.start, span.end):
        mark = match.group()
        opening = next((one for one in reversed(unpaired) if one[2] and one[1] == mark), None)
        if opening is not None:
            unpaired.remove(opening)
        else:
            partner = _OPENING.get(mark) or _CLOSING.get(mark) or mark
            unpaired.append((Span(*match.span()), partner, mark not in _CLOSING, mark not in _OPENING))
    return unpaired
