"""Structure of a PDF: headings by their looks and bookmarks; lists, tables and labels by their marks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from qa.documents.block import Block, Kind
from qa.documents.blocks import Blocks
from qa.documents.parsers.pdf.bookmarks import Bookmark
from qa.documents.parsers.pdf.headings import pdf_headings
from qa.documents.parsers.pdf.paragraphs import PlacedLine
from qa.documents.parsers.plain_text import structure_around

MAX_BOLD_ROWS = 3
"""The most rows at the top of a table that are headings because they are bold."""


def pdf_structure(text: str, lines: Sequence[PlacedLine], bookmarks: Sequence[Bookmark]) -> Blocks:
    """Return the structure of a PDF.

    If no heading is found by its looks, headings are recognised as in plain text.

    Args:
        text: The text.
        lines: Its lines, in order.
        bookmarks: The outline.
    """
    found = structure_around(text, pdf_headings(text, lines, bookmarks))
    return Blocks.of(
        _with_bold_headings(block, lines) if block.kind is Kind.TABLE else block for block in found
    )


def _with_bold_headings(table: Block, lines: Sequence[PlacedLine]) -> Block:
    """Return a table whose first rows hold headings if they alone are bold."""
    first = bisect_left(lines, table.span.start, key=lambda placed: placed.start)
    last = bisect_left(lines, table.span.end, key=lambda placed: placed.start)
    bold = [placed.line.bold for placed in lines[first:last]]
    top = next((row for row, is_bold in enumerate(bold) if not is_bold), 0)
    if not 0 < top <= MAX_BOLD_ROWS or any(bold[top:]):
        return table
    cells = tuple(replace(cell, is_heading=cell.row < top) for cell in table.cells)
    return replace(table, cells=cells)
