"""Context of a passage: the title of its document and the headings of its section."""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import attrgetter

from qa.documents.block import Kind
from qa.documents.document import Document
from qa.documents.span import Span
from qa.documents.tables import Headings, Table

MAX_TITLE = 120  # characters of one heading
MAX_COLUMNS = 8  # whose headings are included
_MARKS = re.compile(r"[*`]+|^[#_\s]+|[#_\s]+$")  # of Markdown


def section_titles(document: Document, offset: int) -> list[str]:
    """Return the headings of the section that contains an offset, outermost first, without marks."""
    found = (_title(document[heading.words]) for heading in document.blocks.section(offset))
    return [title for title in found if title]


def in_heading(document: Document, span: Span) -> bool:
    """Return whether a span overlaps a heading."""
    return any(block.kind is Kind.HEADING for block in document.blocks.overlapping(span))


def context(document: Document, span: Span) -> str:
    """Return the context of a passage: title, headings before it, caption and column headings of its table.

    Headings inside the passage are left out. The result is empty if none of these exist.
    """
    around = [heading for heading in document.blocks.section(span.start) if heading.span.start < span.start]
    parts = [_title(document[heading.words]) for heading in around]
    inside = (
        document[block.words] for block in document.blocks.overlapping(span) if block.kind is Kind.HEADING
    )
    title = _title(document.title or "")
    if title and title.casefold() not in {_title(words).casefold() for words in (*parts, *inside)}:
        parts.insert(0, title)
    parts += _columns(document, span)
    return ". ".join(part for part in parts if part)


def cell_headings(document: Document, span: Span) -> Headings | None:
    """Return the headings of the table cell that contains a span; None if no cell does."""
    block = next(document.blocks.overlapping(span), None)
    if block is None or block.kind is not Kind.TABLE:
        return None
    position = bisect_right(block.cells, span.start, key=attrgetter("start")) - 1
    if position < 0 or not block.cells[position].span.contains(span):
        return None
    return Table(document.text, block).headings(block.cells[position])


def _title(words: str) -> str:
    return " ".join(_MARKS.sub("", words[:MAX_TITLE]).split())


def _columns(document: Document, span: Span) -> list[str]:
    """Return the caption and the column headings of the table in which a passage begins."""
    block = next(document.blocks.overlapping(span), None)
    if block is None or block.kind is not Kind.TABLE or block.span.start >= span.start:
        return []
    table = Table(document.text, block)
    cells = [cell for cell in block.cells[: 4 * MAX_COLUMNS] if cell.row < table.top]
    headings = ", ".join(_title(document[cell.span]) for cell in cells[:MAX_COLUMNS])
    caption = "" if block.caption is None else _title(document[block.caption])
    return [part for part in (caption, headings) if part]
