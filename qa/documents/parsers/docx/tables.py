"""Tables of a Word document: rows as lines, and the row and the column of each cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from qa.documents.block import Cell
from qa.documents.parsers.docx.toggles import is_on
from qa.documents.parsers.table_rows import row_line, spanned_columns
from qa.documents.span import Span

_VALUE = qn("w:val")
_CELL_PROPERTIES, _ROW_PROPERTIES = qn("w:tcPr"), qn("w:trPr")
_COLUMN_SPAN, _ROW_SPAN = qn("w:gridSpan"), qn("w:vMerge")
_BEFORE, _HEADING = qn("w:gridBefore"), qn("w:tblHeader")


@dataclass(slots=True)
class _Entry:
    """A cell of the file. Vertically merged cells share one entry."""

    element: Any
    span: Span | None
    row: int
    column: int
    columns: int
    rows: int = 1


class WordTable:
    """The rows of one table while they are read."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._rows = 0
        self._headings: set[int] = set()  # rows marked as headings
        self._open: dict[int, _Entry] = {}  # by column, cells that may continue below

    def add_row(self, row: Any, cells: Sequence[tuple[Any, str]], *, start: int) -> str:
        """Add a row and return it as a line. A cell that spans columns leaves all but its first empty.

        Args:
            row: The element.
            cells: The elements of its cells, each with its text.
            start: Where the line begins in the text.
        """
        properties = row.find(_ROW_PROPERTIES)
        if properties is not None and is_on(properties.find(_HEADING)):
            self._headings.add(self._rows)
        columns = [""] * _number(None if properties is None else properties.find(_BEFORE), 0)
        offset = start + 2 + 3 * len(columns)  # after the bar and the space
        still_open: dict[int, _Entry] = {}
        for element, text in cells:
            cell_properties = element.find(_CELL_PROPERTIES)
            found = {child.tag: child for child in (() if cell_properties is None else cell_properties)}
            width = spanned_columns(_number(found.get(_COLUMN_SPAN), 1))
            merge, column = found.get(_ROW_SPAN), len(columns)
            above = self._open.get(column)
            if merge is not None and merge.get(_VALUE) != "restart" and above is not None and not text:
                above.rows = self._rows + 1 - above.row
                entry = above
            else:
                span = Span(offset, offset + len(text)) if text else None
                entry = _Entry(element, span, self._rows, column, width)
                self._entries.append(entry)
            if merge is not None:
                still_open[column] = entry
            columns += [text, *[""] * (width - 1)]
            offset += len(text) + 3 * width
        self._open = still_open
        self._rows += 1
        return row_line(columns)

    def cells(self, is_bold: Callable[[Any], bool]) -> list[Cell]:
        """Return the cells that have text.

        Args:
            is_bold: Returns whether all words of a cell are bold. An all-bold first row above one that is not
                holds headings.
        """
        filled = [entry for entry in self._entries if entry.span is not None]
        headings = self._headings
        if not headings and self._rows > 1:
            first, second = (
                all(is_bold(entry.element) for entry in filled if entry.row == row) for row in (0, 1)
            )
            headings = {0} if first and not second else set()
        return [
            Cell(entry.span, entry.row, entry.column, entry.rows, entry.columns, entry.row in headings)
            for entry in filled
            if entry.span is not None
        ]


def _number(element: Any, default: int) -> int:
    declared = None if element is None else element.get(_VALUE)
    return min(int(declared), 50) if declared is not None and declared.isdecimal() else default
