"""Named parts: which rows, columns and labels a question names, and what that leaves for an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from qa.documents import Cell, Table
from qa.index import content_words

MAX_CELLS = 5_000
"""Of a table with more cells, only names in the passage are compared."""

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


class NamedParts:
    """The rows and columns of tables, and the labels, that a question names."""

    def __init__(self, question: str) -> None:
        self._words = set(content_words([question])[0]) if question else set()

    def cells_out(self, table: Table, cells: Sequence[Cell]) -> set[Cell]:
        """Return the cells that cannot be the answer.

        If the question names rows, cells of other rows are out; if it names columns, those of other columns.
        If it gives a value instead of a row, cells of the rows without it are out. Cells that only repeat
        words of the question are out too.

        Args:
            table: The table.
            cells: Its cells in the passage, below the headings.
        """
        if not self._words:
            return set()
        all_cells = table.body if len(table.body) <= MAX_CELLS else cells
        named = self._named(table, [cell for cell in all_cells if cell.column in table.naming])
        words = self._of(table, cells)
        repeated = {cell for cell, of in zip(cells, words, strict=True) if of and of <= self._words}
        values = [cell for cell in repeated if cell.column not in table.naming]
        if not named and values:  # the question gives a value and asks for its row
            rows = {row for cell in values for row in _rows(cell)}
            return repeated | {cell for cell in cells if rows.isdisjoint(_rows(cell))}
        rows = _most(row for cell in named for row in _rows(cell))
        columns = self._columns(table, {cell.column for cell in named})
        return repeated | {
            cell
            for cell in cells
            if (rows and rows.isdisjoint(_rows(cell)))
            or (columns and columns.isdisjoint(range(cell.column, cell.column + cell.columns)))
        }

    def entries_out(self, entries: Sequence[tuple[int, str, str]], *, has_records: bool) -> set[int]:
        """Return the positions of the entries that cannot be the answer.

        Args:
            entries: Record, label and value of each.
            has_records: Whether entries belong to records, so that one may name the others of its record.
        """
        if not self._words:
            return set()
        labels = _words(label for _, label, _ in entries)
        values = _words(value for _, _, value in entries)
        named = {number for number, words in enumerate(labels) if words and words <= self._words}
        named = named or self._with_own_word(labels)
        repeated = {number for number, words in enumerate(values) if words and words <= self._words}
        out = set(range(len(entries))) - named if named - repeated else set()
        if has_records and repeated:
            records = {entries[number][0] for number in repeated}
            out |= {number for number, (record, _, _) in enumerate(entries) if record not in records}
        out |= repeated
        return out if len(out) < len(entries) else repeated

    def _columns(self, table: Table, named_by: Collection[int]) -> set[int]:
        """Return the columns that the question names by their headings, except those of the names it uses."""
        headings = [cell for cell in table.block.cells if cell.row < table.top]
        words = self._of(table, headings)
        found = [
            column
            for cell, of_cell in zip(headings, words, strict=True)
            if of_cell and of_cell <= self._words
            for column in range(cell.column, cell.column + cell.columns)
        ]
        return _most(column for column in found if column not in named_by)

    def _named(self, table: Table, cells: Sequence[Cell]) -> list[Cell]:
        """Return the cells whose words are in the question; if none, those with a word of their own there."""
        words = self._of(table, cells)
        named = {number for number, of_cell in enumerate(words) if of_cell and of_cell <= self._words}
        return [cells[number] for number in sorted(named or self._with_own_word(words))]

    def _with_own_word(self, names: Sequence[set[str]]) -> set[int]:
        """Return the positions of the names with a word of the question that no other name has."""
        counts = Counter(word for name in set(map(frozenset, names)) for word in name)
        own = {word for word, count in counts.items() if count == 1} & self._words
        return {number for number, name in enumerate(names) if name & own}

    def _of(self, table: Table, cells: Sequence[Cell]) -> list[set[str]]:
        """Return the content words of each cell."""
        return _words(table.words(cell) for cell in cells)


def _words(texts: Iterable[str]) -> list[set[str]]:
    """Return the content words of each text, without what stands in brackets."""
    return [set(words) for words in content_words([_BRACKETS.sub(" ", text) for text in texts])]


def _most(numbers: Iterable[int]) -> set[int]:
    """Return the numbers that occur most often."""
    counts = Counter(numbers)
    highest = max(counts.values(), default=0)
    return {number for number, count in counts.items() if count == highest}


def _rows(cell: Cell) -> range:
    return range(cell.row, cell.row + cell.rows)
