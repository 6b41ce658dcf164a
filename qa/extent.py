"""Where an answer begins and ends: with whole words, inside one sentence or cell, its marks in pairs."""

from __future__ import annotations

import re
import unicodedata

from qa.chunk import sentences
from qa.document import Span

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s<>()\[\]{}|\"*`]*[^\s<>()\[\]{}|\"*`.,;:!?]", re.IGNORECASE)
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_MARK = re.compile(r"\*+|`+|[\"“”()\[\]]")
_PARTNERS = {"(": ")", "[": "]", "“": "”"}
_PARTNERS |= {closing: opening for opening, closing in _PARTNERS.items()}


def stretches(text: str) -> list[int]:
    """Where those parts of a text begin that no answer reaches out of: sentences, a table row's cells."""
    starts = []
    for sentence in sentences(text):
        starts.append(sentence.start)
        if text[sentence.start] == "|":
            borders = _CELL_BORDER.finditer(text, sentence.start, sentence.end)
            starts += [place for border in borders for place in border.span()]
    return starts


def addresses(text: str) -> list[Span]:
    """The web addresses in a text, each of which is one word."""
    return [Span(*match.span()) for match in _ADDRESS.finditer(text)]


def whole(text: str, span: Span) -> Span:
    """The span with all of its last letter, and with no half of a pair of marks.

    Of an emphasis, brackets or quotation marks one end of which is not in the span, the other is left out
    where it is the span's own edge; else the missing one is taken in where it stands next to the span.
    """
    start, end = span.start, span.end
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    alone: list[re.Match[str]] = []
    for mark in _MARK.finditer(text, start, end):
        if alone and _partner(alone[-1]) == mark.group():
            alone.pop()
        else:
            alone.append(mark)
    for mark in alone:
        if not text[start : mark.start()].strip():
            start = mark.end()
        elif not text[mark.end() : end].strip():
            end = mark.start()
        elif text.startswith(_partner(mark), end):
            end += len(_partner(mark))
        elif text.endswith(_partner(mark), 0, start):
            start -= len(_partner(mark))
    words = text[start:end]
    start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
    return Span(start, end) if start < end else span


def _partner(mark: re.Match[str]) -> str:
    return _PARTNERS.get(mark.group(), mark.group())
