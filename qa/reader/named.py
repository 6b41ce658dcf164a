"""Named parts: which rows, columns and labels a question names, and which cells that rules out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass

from qa.documents import Cell, Table
from qa.index import content_words, content_words_of

MAX_CELLS = 5_000
"""In a table with more cells, the question is compared only with the row names in the passage."""

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")

# What columns are called, by the words with which questions ask for them: "how deep" asks for "depth".
_ASKED = {
    stem: frozenset(content_words_of(columns))
    for words, columns in {
        "big large": "size capacity area",
        "cost costs pay charge expensive cheap": "price cost fee rate fare charge",
        "deep": "depth",
        "far": "distance",
        "fast quick": "speed",
        "heavy weigh": "weight mass",
        "high tall": "height",
        "hot warm cold": "temperature",
        "long": "length duration time",
        "loud noisy": "noise",
        "old": "age",
        "strong": "strength power",
        "thick": "thickness",
        "wide broad": "width breadth",
    }.items()
    for stem in content_words_of(words)
}


@dataclass(frozen=True, slots=True)
class NamedCells:
    """The cells of a table that a question names or rules out.

    Attributes:
        table: The table. If the question gives a value instead of a row name, the value's column names the
            rows.
        out: The cells that cannot be the answer.
        only: The cell that the question names by its row and its column, if there is exactly one.
        words: The words of the question that name it.
        is_whole: Whether the question has all words of the row's name, not just one.
    """

    table: Table
    out: Set[Cell] = frozenset()
    only: Cell | None = None
    words: Set[str] = frozenset()
    is_whole: bool = False


class NamedParts:
    """The rows and columns of tables, and the labels, that a question names.

    Attributes:
        words: The content words of the question.
    """

    def __init__(self, question: str) -> None:
        self.words = frozenset(content_words_of(question)) if question else frozenset()

    def of_table(self, table: Table, cells: Sequence[Cell]) -> NamedCells:
        """Return the cells that the question names or rules out.

        If it names rows, cells in other rows are out; if it names columns, cells in other columns are. If it
        gives a value instead of a row name, the value's column names the rows. Cells that only repeat words
        of the question are out too, unless it names them by row and column.

        Args:
            table: The table.
            cells: The cells in the passage, without the headings.
        """
        if not self.words:
            return NamedCells(table)
        all_cells = table.body if len(table.body) <= MAX_CELLS else cells
        repeated = set(self._whole(table, cells))
        names = [cell for cell in all_cells if cell.column in table.naming]
        named = self._whole(table, names)
        if not named and repeated:
            column = self._given(table, repeated)
            table = table if column is None else table.named_by(column)
            named = [cell for cell in repeated if column in (None, cell.column)]
        is_whole = bool(named)
        named = named or self._by_own_words(table, names)
        rows = _most(row for cell in named for row in table.named_rows(cell))
        named_by = {cell.column for cell in named}
        headings = self._headings(table, named_by)
        columns = _most(
            column for heading in headings for column in _columns(heading) if column not in named_by
        )
        inside = [
            cell
            for cell in cells
            if not rows.isdisjoint(_rows(cell)) and not columns.isdisjoint(_columns(cell))
        ]
        only = inside[0] if len(inside) == 1 else None
        out = {
            cell
            for cell in cells
            if (rows and rows.isdisjoint(_rows(cell))) or (columns and columns.isdisjoint(_columns(cell)))
        }
        parts = [*named, *headings] if only is not None else []
        return NamedCells(table, (repeated | out) - {only}, only, self._said(table, parts), is_whole)

    def entries_out(self, entries: Sequence[tuple[int, str, str]], *, has_records: bool) -> set[int]:
        """Return the positions of the entries that cannot be the answer: all if the named one is empty.

        Args:
            entries: The record, label and value of each entry.
            has_records: Whether entries belong to records, so that the value of one can identify the record.
        """
        if not self.words:
            return set()
        labels = _words(label for _, label, _ in entries)
        values = _words(value for _, _, value in entries)
        named = {number for number, words in enumerate(labels) if words and words <= self.words}
        named = named or self._with_own_word(labels)
        if named and not any(entries[number][2] for number in named):
            return set(range(len(entries)))
        repeated = {number for number, words in enumerate(values) if words and words <= self.words}
        out = set(range(len(entries))) - named if named - repeated else set()
        if has_records and repeated:
            records = {entries[number][0] for number in repeated}
            out |= {number for number, (record, _, _) in enumerate(entries) if record not in records}
        out |= repeated
        return out if len(out) < len(entries) else repeated

    def _headings(self, table: Table, named_by: Collection[int]) -> list[Cell]:
        """Return the headings that the question mentions, or else asks for, except those over row names."""
        headings = [
            cell
            for cell in table.block.cells
            if cell.row < table.top and not set(_columns(cell)) <= set(named_by)
        ]
        asked = self.words.union(*(_ASKED.get(word, ()) for word in self.words))
        words = _words(table.words(cell) for cell in headings)
        return next(
            (
                [heading for heading, of in zip(headings, words, strict=True) if of and of <= said]
                for said in (self.words, asked)
                if any(of and of <= said for of in words)
            ),
            [],
        )

    def _given(self, table: Table, values: Collection[Cell]) -> int | None:
        """Return the column of the values in a question; if there are several, the one whose heading it has.

        None if that does not leave exactly one.
        """
        columns = {cell.column for cell in values}
        said = {column for heading in self._headings(table, ()) for column in _columns(heading)}
        found = columns & said or columns
        return found.pop() if len(found) == 1 else None

    def _whole(self, table: Table, cells: Sequence[Cell]) -> list[Cell]:
        """Return the cells all of whose words are in the question."""
        words = _words(table.words(cell) for cell in cells)
        return [cell for cell, of in zip(cells, words, strict=True) if of and of <= self.words]

    def _by_own_words(self, table: Table, cells: Sequence[Cell]) -> list[Cell]:
        """Return the cells with a word of the question that no other cell has."""
        own = self._with_own_word(_words(table.words(cell) for cell in cells))
        return [cells[number] for number in sorted(own)]

    def _said(self, table: Table, cells: Sequence[Cell]) -> Set[str]:
        """Return the words of the question that occur in the cells, or ask for a word that does."""
        found = set().union(*_words(table.words(cell) for cell in cells))
        return {word for word in self.words if word in found or not found.isdisjoint(_ASKED.get(word, ()))}

    def _with_own_word(self, names: Sequence[set[str]]) -> set[int]:
        """Return the positions of the names with a word of the question that no other name has."""
        counts = Counter(word for name in set(map(frozenset, names)) for word in name)
        own = {word for word, count in counts.items() if count == 1} & self.words
        return {number for number, name in enumerate(names) if name & own}


def _words(texts: Iterable[str]) -> list[set[str]]:
    """Return the content words of each text, without anything in brackets."""
    return [set(words) for words in content_words([_BRACKETS.sub(" ", text) for text in texts])]


def _most(numbers: Iterable[int]) -> set[int]:
    """Return the numbers that occur most often."""
    counts = Counter(numbers)
    highest = max(counts.values(), default=0)
    return {number for number, count in counts.items() if count == highest}


def _rows(cell: Cell) -> range:
    return range(cell.row, cell.row + cell.rows)


def _columns(cell: Cell) -> range:
    return range(cell.column, cell.column + cell.columns)
