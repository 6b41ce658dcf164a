"""Cells of a table as sentences: "The price of TP-250 is £1,450."."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from itertools import groupby
from operator import attrgetter

from qa.documents import Block, Cell, Document, Span, Table
from qa.reader.input_writer import InputWriter, as_noun
from qa.reader.named import NamedParts

_LETTER = re.compile(r"[^\W\d_]")


def write_table(
    writer: InputWriter, document: Document, block: Block, inside: Span, named: NamedParts
) -> None:
    """Write each cell of a table that is in the passage, with its headings.

    Args:
        writer: What to write to.
        document: The document.
        block: The table.
        inside: The part of it that is in the passage.
        named: What the question names.
    """
    if block.caption is not None and inside.contains(block.caption):
        writer.add_segment(block.caption)
        writer.add("\n\n")
    table = Table(document.text, block)
    first, last = (
        bisect_left(block.cells, edge, key=attrgetter("start")) for edge in (inside.start, inside.end)
    )
    first -= first > 0 and block.cells[first - 1].span.end > inside.start  # a cell may be cut in two
    cells = [cell for cell in block.cells[first:last] if cell.row >= table.top]
    found = named.of_table(table, cells)
    for row, group in groupby(cells, key=lambda cell: cell.row):
        _write_row(writer, document, found.table, row, list(group), found.out)


def _write_row(
    writer: InputWriter,
    document: Document,
    table: Table,
    row: int,
    cells: Sequence[Cell],
    out: Collection[Cell],
) -> None:
    names = set(table.names(row))
    others = [cell for cell in cells if cell not in names]
    for cell in others:
        _write_headings(writer, document, table, cell, out)
        _write_cell(writer, cell, may_answer=cell not in out)
        writer.add(". ")
    if not others:
        for cell in cells:
            _write_cell(writer, cell, may_answer=cell not in out)
            writer.add(".")
    writer.add("\n")


def _write_cell(writer: InputWriter, cell: Cell, *, may_answer: bool) -> None:
    """Write the part of a cell that is in the passage."""
    start = max(cell.span.start, writer.passage.start)
    span = Span(start, min(cell.span.end, writer.passage.end))
    if may_answer:
        writer.add_segment(span, is_cell=True)
    else:
        writer.add_name(span, may_answer=False)


def _write_headings(
    writer: InputWriter, document: Document, table: Table, cell: Cell, out: Collection[Cell]
) -> None:
    """Write "The column of row is ", or "row: " if the column has no heading."""
    headings = table.headings(cell)
    columns = " ".join(as_noun(document[heading.span]) for heading in headings.column)
    writer.add(f"The {columns}" if columns else "")
    for number, name in enumerate(headings.row):
        writer.add(" " if number else " of " if columns else "")
        if not _LETTER.search(document[name.span]):  # "the leader of week 24"
            writer.add("".join(f"{as_noun(document[top.span])} " for top in table.headings(name).column))
        writer.add_name(name.span, may_answer=name not in out)
    writer.add(" is " if columns else ": " if headings.row else "")
