"""Guide: what a document is and how it begins, by rule and in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from qa.documents import Document, Kind, Span, sentences
from qa.results import Citation, Guide

LEAD_SENTENCES = 3
MOST_HEADINGS = 40
_LEAD_CHARACTERS = 6_000  # from the beginning, in which the lead sentences are looked for
_LEAST_WORDS = 5  # of a sentence; anything shorter is a title or a by-line

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
_WITH_SENTENCES = (Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTATION)
_LETTERS = re.compile(r"\w+")


def guide(document: Document) -> Guide:
    """Return the kind, size, headings and first sentences of a document."""
    headings = [heading.words for heading in document.blocks.headings[:MOST_HEADINGS]]
    return Guide(
        document,
        kind=document_kind(document.id),
        words=sum(1 for _ in _LETTERS.finditer(document.text)),
        headings=tuple(Citation(document, span, span) for span in headings),
        lead=tuple(Citation(document, span, span) for span in _lead(document)),
    )


def document_kind(document_id: str) -> str:
    """Return the kind of a document in a word or two, by the suffix of its id: "PDF", "web page"."""
    return _KINDS.get(PurePosixPath(document_id).suffix.lower(), "text")


def _lead(document: Document) -> Iterator[Span]:
    """Yield the first whole sentences, skipping headings, titles, by-lines and tables."""
    text = document.text
    found = 0
    beginning = Span(0, min(len(text), _LEAD_CHARACTERS) or 1)
    for block in document.blocks.overlapping(beginning):
        if block.kind not in _WITH_SENTENCES:
            continue
        start, end = block.words.start, min(block.words.end, beginning.end)
        for sentence in sentences(text[start:end]) if start < end else ():
            words = text[start + sentence.start : start + sentence.end]
            if start + sentence.end == _LEAD_CHARACTERS < len(text):
                return  # the sentence may be cut off
            if words[0] == "|" or len(words.split()) < _LEAST_WORDS or words[-1].isalnum():
                continue
            yield sentence.shift(start)
            found += 1
            if found == LEAD_SENTENCES:
                return
