"""Tables: which cells are headings, and which headings a cell has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.documents.block import Block, Cell

MAX_NAMES = 3  # columns that together name a row

_LETTER = re.compile(r"[^\W\d_]")


def _ends(cell: Cell) -> tuple[int, int]:
    return cell.span.start, cell.span.end


def _column(text: str, cells: Sequence[Cell], pattern: re.Pattern[str], *, after: int = -1) -> int | None:
    """Return the first column in which most rows have a cell that matches, None if there is none."""
    rows = len({cell.row for cell in cells})
    for column in sorted({cell.column for cell in cells if cell.column > after}):
        in_column = [cell for cell in cells if cell.column == column]
        held = sum(cell.rows for cell in in_column if pattern.search(text, *_ends(cell)) is not None)
        if 2 * held > rows:
            return column
    return None


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a cell, outermost first.

    Attributes:
        row: The cells that name its row.
        column: The cells that name its column.
    """

    row: tuple[Cell, ...] = ()
    column: tuple[Cell, ...] = ()


class Table:
    """A table whose cells know their headings.

    The heading rows at the top name the columns. Rows are named by the first column that mostly holds words,
    not numbers or dates; where names repeat, by the next such column too. A row with a single cell names the
    rows below it, up to the next such row, if all such cells span the table or a name is in several groups.

    Args:
        text: The text of the document.
        block: A block that is a table.
        naming: The columns that name the rows, if known.
    """

    def __init__(self, text: str, block: Block, naming: tuple[int, ...] = ()) -> None:
        self._text, self.block, self._known = text, block, naming

    def named_by(self, column: int) -> Table:
        """Return the table with its rows named by a column."""
        return Table(self._text, self.block, (column,))

    @cached_property
    def top(self) -> int:
        """The number of heading rows at the top; 0 if all rows are heading rows."""
        of_rows: dict[int, bool] = {}
        last = 0
        for cell in self.block.cells:
            of_rows[cell.row] = of_rows.get(cell.row, True) and cell.is_heading
            last = max(last, cell.row)
        top = 0
        while of_rows.get(top, False):
            top += 1
        return top if top <= last else 0

    @cached_property
    def body(self) -> list[Cell]:
        """The cells below the headings."""
        return [cell for cell in self.block.cells if cell.row >= self.top]

    @cached_property
    def _width(self) -> int:
        return max(cell.column + cell.columns for cell in self.block.cells)

    @cached_property
    def _groups(self) -> dict[int, Cell]:
        """The cell that names the group of each row; empty if the table is not divided into groups."""
        rows: dict[int, list[Cell]] = {}
        for cell in self.body:
            rows.setdefault(cell.row, []).append(cell)
        found: dict[int, Cell] = {}
        names: dict[str, set[Cell]] = {}  # row names, each with its groups
        heads: list[Cell] = []
        for row, cells in rows.items():
            if len(cells) == 1 and cells[0].column == 0 and cells[0].rows == 1 and not self.covered(row):
                heads.append(cells[0])
            elif heads:
                found[row] = heads[-1]
                names.setdefault(self.words(cells[0]).casefold(), set()).add(heads[-1])
        is_wide = all(cell.columns == self._width > 1 for cell in heads)
        is_divided = is_wide or any(len(groups) > 1 for groups in names.values())
        return found if is_divided else {}

    @cached_property
    def _sample(self) -> list[Cell]:
        return [cell for cell in self.body if cell.row < self.top + 200]

    @cached_property
    def naming(self) -> tuple[int, ...]:
        """The columns that name the rows."""
        if self._known:
            return self._known
        cells = self._sample
        columns = {cell.column for cell in self.block.cells}
        marked = {cell.column for cell in cells if cell.is_heading}
        if not self.top and not marked:
            return (0,)
        unmarked = {cell.column for cell in cells if not cell.is_heading}
        found = sorted(marked - unmarked)[:MAX_NAMES]
        if not found:
            first = _column(self._text, cells, _LETTER)
            found = [0 if first is None else first]
        while len(found) < min(MAX_NAMES, len(columns) - 1) and self._repeats(found):
            column = _column(self._text, cells, _LETTER, after=found[-1])
            if column is None or column != found[-1] + 1 or column == max(columns):
                break
            found.append(column)
        return tuple(found)

    def _repeats(self, columns: Sequence[int]) -> bool:
        """Return whether two rows have the same names in these columns."""
        names: dict[int, list[str]] = {}
        for cell in self._sample:
            if cell.column in columns:
                for row in range(cell.row, min(cell.row + cell.rows, self.top + 200)):
                    group = [self.words(self._groups[row])] if row in self._groups else []
                    names.setdefault(row, group).append(self.words(cell).casefold())
        found = list(map(tuple, names.values()))
        return len(set(found)) < len(found)

    @cached_property
    def _of_columns(self) -> dict[int, tuple[Cell, ...]]:
        found: dict[int, tuple[Cell, ...]] = {}
        for cell in self.block.cells:
            if cell.row < self.top:
                for column in range(cell.column, cell.column + cell.columns):
                    found[column] = (*found.get(column, ()), cell)
        return found

    @cached_property
    def _of_rows(self) -> dict[int, tuple[Cell, ...]]:
        found: dict[int, tuple[Cell, ...]] = {row: (group,) for row, group in self._groups.items()}
        for cell in self.body:
            if cell.column in self.naming:
                for row in range(cell.row, cell.row + cell.rows):
                    found[row] = (*found.get(row, ()), cell)
        return found

    def words(self, cell: Cell) -> str:
        """Return the text of a cell."""
        return self._text[cell.span.start : cell.span.end]

    def covered(self, row: int) -> set[int]:
        """Return the columns of a row that are covered by cells from the rows above."""
        return self._covered.get(row, set())

    @cached_property
    def _covered(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for cell in self.block.cells:
            for row in range(cell.row + 1, cell.row + cell.rows):
                found.setdefault(row, set()).update(range(cell.column, cell.column + cell.columns))
        return found

    def names(self, row: int) -> tuple[Cell, ...]:
        """Return the cells that name a row, the name of its group first."""
        return self._of_rows.get(row, ())

    def named_rows(self, cell: Cell) -> set[int]:
        """Return the rows that a cell is in, and those of the group that it names."""
        return {*range(cell.row, cell.row + cell.rows), *self._of_groups.get(cell, ())}

    @cached_property
    def _of_groups(self) -> dict[Cell, list[int]]:
        found: dict[Cell, list[int]] = {}
        for row, group in self._groups.items():
            found.setdefault(group, []).append(row)
        return found

    def headings(self, cell: Cell) -> Headings:
        """Return the headings of a cell. A heading has only those outside it."""
        of_column = tuple(
            dict.fromkeys(
                heading
                for column in range(cell.column, cell.column + cell.columns)
                for heading in self._of_columns.get(column, ())
            )
        )
        of_rows = tuple(
            dict.fromkeys(name for row in range(cell.row, cell.row + cell.rows) for name in self.names(row))
        )
        if cell.row < self.top:
            return Headings(column=tuple(other for other in of_column if other.row < cell.row))
        if cell.column in self.naming:
            group = self._groups.get(cell.row)
            return Headings(
                tuple(name for name in of_rows if name.column < cell.column or name == group), of_column
            )
        return Headings(of_rows, of_column)
