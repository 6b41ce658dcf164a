"""Tables of a web page: rows as lines, and the row and the column of each cell."""

from __future__ import annotations

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from qa.documents.block import Cell
from qa.documents.parsers.html.numbering import integer
from qa.documents.parsers.table_rows import row_line, spanned_columns
from qa.documents.span import Span

MAX_SPANNED_ROWS = 65_534  # as HTML limits it


def parent_table(row: LexborNode) -> int:
    """Return a number that identifies the table of a row."""
    parent = row.parent
    while parent is not None and parent.tag != "table" and parent.tag in ("thead", "tbody", "tfoot"):
        parent = parent.parent
    return 0 if parent is None else parent.mem_id


class TableGrid:
    """The rows of one table while they are read.

    Attributes:
        columns: How many columns the last row has.
    """

    def __init__(self) -> None:
        self.columns = 0
        self._rows = 0
        # By section of the table and by column: how many rows a cell above still covers.
        self._spanned: dict[int, dict[int, int]] = {}

    def is_first(self, section: int) -> bool:
        """Return whether no row of a section has been read yet."""
        return section not in self._spanned

    def width(self, cells: Sequence[LexborNode], section: int) -> int:
        """Return how many columns a row has."""
        own = sum(spanned_columns(integer(cell, "colspan", 1)) for cell in cells)
        return own + sum(rows > 0 for rows in self._spanned.get(section, {}).values())

    def row(self, cells: Sequence[LexborNode], texts: Sequence[str], section: int) -> tuple[str, list[Cell]]:
        """Return a row as a line, and its cells that have text, with spans in the line.

        A cell that spans several columns or rows is written once; its other columns and rows are empty.

        Args:
            cells: The cells of the row.
            texts: The text of each cell.
            section: A number that identifies the section of the table.
        """
        spanned = self._spanned.setdefault(section, {})
        columns: list[str] = []
        found: list[Cell] = []
        offset = 2  # after the bar and the space
        for cell, text in zip(cells, texts, strict=True):
            offset += 3 * _skip_spanned(columns, spanned)
            rows = integer(cell, "rowspan", 1)
            rows = MAX_SPANNED_ROWS if rows == 0 else max(1, min(rows, MAX_SPANNED_ROWS))
            width = spanned_columns(integer(cell, "colspan", 1))
            if text:
                is_heading = cell.tag == "th" or (cell.parent is not None and _in_head(cell.parent))
                span = Span(offset, offset + len(text))
                found.append(Cell(span, self._rows, len(columns), rows, width, is_heading))
            for repeat in range(width):
                spanned[len(columns)] = rows - 1
                columns.append("" if repeat else text)
            offset += len(text) + 3 * width
        _skip_spanned(columns, spanned)
        self._rows += 1
        self.columns = len(columns)
        return row_line(columns), found


def _skip_spanned(columns: list[str], spanned: dict[int, int]) -> int:
    """Leave the next columns empty as far as cells above cover them. Return their number."""
    skipped = 0
    while spanned.get(len(columns), 0) > 0:
        spanned[len(columns)] -= 1
        columns.append("")
        skipped += 1
    return skipped


def _in_head(row: LexborNode) -> bool:
    return row.parent is not None and row.parent.tag == "thead"
