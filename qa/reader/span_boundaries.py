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
    rf"""
    \b(?i:https?://|www\.)(?:\([^\s()]*\)|{_PLAIN})*(?:\([^\s()]*\)|(?![.,;:!?]){_PLAIN})  # a web address
    | (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+  # an e-mail address
    | \b10\.\d{{4,9}}/{_PLAIN}*(?![.,;:!?]){_PLAIN}  # a DOI
    | (?<![\w/\\.-])(?:[A-Za-z]:|~|\.{{1,2}})?(?:[/\\][\w.-]*\w){{2,}}[/\\]?  # a path of files
    | (?<![\w/\\.-])(?:[\w-]+/)+[\w-]+\.\w{{1,5}}\b  # the same from a folder on
    | \+\d[\d()./\ -]{{5,20}}\d  # a telephone number
    | (?<!\w)\(?0\d{{1,4}}\)?(?:[\ /-]\d{{2,8}})+\b
    | (?<!\w)\(?\d{{3}}\)?[\ -](?:\d{{3}}[\ -])?\d{{4}}\b
    | \b\d{{1,3}}(?:[\ \xa0\u202f]\d{{3}})+\b  # 10 000
    | \b\d{{4}}-\d\d-\d\d\b
    | \b\d+(?:-\d+){{3,}}\b  # an ISBN
    | (?<![\w/-])(?=[\d/-]*[A-Z])(?=[A-Z/-]*\d)[A-Z\d]+(?:[-/][A-Z\d]+)+\b  # LX-40/B
    | (?<![\w-])(?P<parts>[\w-]+(?:[.,:/][\w-]+)+)
    """,
    re.VERBOSE,
)
_PART = re.compile(r"[.,:/]")
_MARK = re.compile(r"\*+|`+|[\"“”()\[\]]")
_OPENING = {"(": ")", "[": "]", "“": "”"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}


def addresses(text: str) -> list[Span]:
    """Return the spans that count as one word in a text, whatever punctuation they contain.

    These are web and e-mail addresses, file paths, DOIs, telephone numbers, dates, decimals, versions and
    part numbers.
    """
    found = _ADDRESS.finditer(text)
    return [Span(*match.span()) for match in found if match["parts"] is None or _is_one_word(match["parts"])]


def _is_one_word(words: str) -> bool:
    """Return whether parts joined by marks are one word: 3.14, 10:30, 14/03/2031, v2.1.0, example.org."""
    parts = _PART.split(words)
    if all(_DIGIT.search(part) for part in parts):
        return True
    is_dotted = re.search("[,:]", words) is None and "." in words.partition("/")[0]
    return is_dotted and not any(part[:1].isupper() for part in parts[1:])


def snap_to_boundaries(text: str, span: Span) -> Span | None:
    """Return the span with its last letter's accents and without half a pair of marks.

    If the span contains only one half of a pair (`*…*`, brackets, quotation marks) and the other half is
    on the same line, drop the half at the span's edge; otherwise extend the span if the other half is
    adjacent. For a span of marks alone, return None.
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
    """Return the whole of a short cell; in a longer one, the span as by `snap_to_boundaries`.

    In a longer cell, a first or last word with a digit is taken whole, up to the spaces around it: no version
    or amount is cut at a full stop.
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
