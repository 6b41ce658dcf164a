"""Guide: what a document is and how it begins, by rule and in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from qa.documents import Document, Span, sentences
from qa.results import Citation, Guide

LEAD_SENTENCES = 3
MOST_HEADINGS = 40
_LEAD_CHARACTERS = 6_000  # of the beginning, in which the first sentences are sought
_LEAST_WORDS = 5  # of a sentence; what is shorter is a title or a by-line

_KINDS = {
    **dict.fromkeys((".md", ".markdown"), "Markdown"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "web page"),
    **dict.fromkeys((".xlsx", ".xls", ".ods"), "spreadsheet"),
    **dict.fromkeys((".csv", ".tsv"), "table"),
    ".pdf": "PDF",
    ".docx": "Word document",
    ".dotx": "Word template",
    ".odt": "text document",
    ".rtf": "rich text",
    ".epub": "e-book",
    ".pptx": "presentation",
    ".eml": "e-mail",
}
_HEADING = re.compile(r"^#{1,6}[ \t]+(.*\S)[ \t]*$", re.MULTILINE)
_LETTERS = re.compile(r"\w+")


def guide(document: Document) -> Guide:
    """Return the kind, size, headings and first sentences of a document."""
    lead = tuple(Citation(document, span, span) for span in _lead(document.text))
    return Guide(
        document,
        kind=_KINDS.get(PurePosixPath(document.id).suffix.lower(), "text"),
        words=sum(1 for _ in _LETTERS.finditer(document.text)),
        headings=tuple(_headings(document)),
        lead=lead,
    )


def _headings(document: Document) -> Iterator[Citation]:
    if not document.id.lower().endswith((".md", ".markdown")):
        return
    for number, match in enumerate(_HEADING.finditer(document.text)):
        if number == MOST_HEADINGS:
            return
        span = Span(*match.span(1))
        yield Citation(document, span, span)


def _lead(text: str) -> Iterator[Span]:
    """Yield the first whole sentences, without headings, titles and by-lines."""
    found = 0
    for sentence in sentences(text[:_LEAD_CHARACTERS]):
        words = text[sentence.start : sentence.end]
        if sentence.end == _LEAD_CHARACTERS < len(text):
            return  # it may be cut
        if words.startswith(("#", "|")) or len(words.split()) < _LEAST_WORDS or words[-1].isalnum():
            continue
        yield sentence
        found += 1
        if found == LEAD_SENTENCES:
            return
