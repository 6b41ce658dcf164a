"""Heading rows: which rows at the top of a table name its columns, and which columns each heading names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.documents.block import Cell

MIN_HEADINGS = 3  # the fewest columns of a table whose unmarked first row may hold headings
MAX_ROWS = 3  # of headings, each dividing those above it
ROWS_BELOW = 8  # in which a column of numbers is looked for

_DIGIT = re.compile(r"\d")


def with_headings(text: str, cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells of a table with its heading rows marked.

    Heading rows are those that the format marks. If it marks none, the first row is one if it has at least
    three cells, none with a digit, above a column of numbers. A row whose cells divide the headings above it
    is a heading row too, and a divided heading names the columns up to the next heading.
    """
    rows = _Rows(text, cells)
    marked = any(cell.is_heading for cell in cells)
    top = rows.marked if marked else rows.unmarked
    if top == 0:
        return list(cells)
    while top < MAX_ROWS and rows.divides(top):
        top += 1
    widths = {cell: rows.width(cell) for cell in cells if cell.row < top - 1}
    return [
        replace(cell, is_heading=True, columns=widths.get(cell, cell.columns)) if cell.row < top else cell
        for cell in cells
    ]


class _Rows:
    """The first rows of a table, to find out which are heading rows."""

    def __init__(self, text: str, cells: Sequence[Cell]) -> None:
        self._text = text
        self._rows: list[list[Cell]] = [[] for _ in range(MAX_ROWS + ROWS_BELOW)]
        for cell in cells:
            if cell.row < len(self._rows):
                self._rows[cell.row].append(cell)

    @property
    def marked(self) -> int:
        """The number of top rows that the format marks; 0 if it marks all rows."""
        for number, row in enumerate(self._rows):
            if row and not all(cell.is_heading for cell in row):
                return number
        return 0

    @property
    def unmarked(self) -> int:
        """The number of top rows that look like headings: at most two, of which the first has fewer cells."""
        if self._names_numbers(0):
            return 1
        first, second = self._rows[:2]
        is_divided = self._is_worded(0) and 1 < len(first) < len(second) and self._names_numbers(1)
        return 2 if is_divided and self._below_blanks(1) else 0

    def divides(self, row: int) -> bool:
        """Return whether the cells of a row divide the headings above it.

        They do if each of them is under a heading that spans several columns; if that is the only heading,
        which may be a title, there must also be numbers in the rows below alone. If the format declares no
        spans, the row must fill blanks beside a heading, and there must be numbers in the rows below alone.
        """
        cells, above = self._rows[row], self._rows[row - 1]
        spanned = {column for cell in above if cell.columns > 1 for column in _columns(cell)}
        in_spanned = [column for cell in cells for column in _columns(cell) if column in spanned]
        if len(in_spanned) > 1 and len(in_spanned) == sum(cell.columns for cell in cells):
            over_all = len(above) == 1 and row == 1
            return not over_all or self._names_numbers(row)
        return len(cells) > 1 and self._below_blanks(row) and self._names_numbers(row)

    def width(self, heading: Cell) -> int:
        """Return how many columns a heading names, with the blanks beside it that the row below fills."""
        taken = {column for cell in self._above(heading.row) if cell != heading for column in _columns(cell)}
        below = {column for cell in self._rows[heading.row + 1] for column in _columns(cell)}
        end = heading.column + heading.columns
        while heading.column in below and end in below and end not in taken:
            end += 1
        return end - heading.column

    def _below_blanks(self, row: int) -> bool:
        """Return whether a row fills blanks beside a heading in the row above."""
        widths = {cell.column: self.width(cell) for cell in self._rows[row - 1]}
        return any(width > 1 for width in widths.values())

    def _above(self, row: int) -> list[Cell]:
        """Return the cells that extend into a row."""
        return [cell for cells in self._rows[: row + 1] for cell in cells if cell.row + cell.rows > row]

    def _is_worded(self, row: int) -> bool:
        return not any(_DIGIT.search(self._words(cell)) for cell in self._rows[row])

    def _names_numbers(self, row: int) -> bool:
        """Return whether a row has several cells without digits, above a column that mostly has digits."""
        below = [found for found in self._rows[row + 1 : row + 1 + ROWS_BELOW] if found]
        cells = [cell for found in self._rows[: row + 1] for cell in found if cell.row + cell.rows > row]
        if len(cells) < MIN_HEADINGS or not self._is_worded(row):
            return False
        held = [
            cell.column
            for found in below
            for cell in found
            for _ in range(cell.rows)
            if _DIGIT.search(self._words(cell))
        ]
        return any(2 * held.count(column) > len(below) for column in set(held))

    def _words(self, cell: Cell) -> str:
        return self._text[cell.span.start : cell.span.end]


def _columns(cell: Cell) -> range:
    return range(cell.column, cell.column + cell.columns)
