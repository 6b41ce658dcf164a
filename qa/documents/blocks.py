"""Blocks: the structure of a document, stored compactly as numbers."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload

from qa.documents.block import Block, Cell, Kind
from qa.documents.span import Span

_NUMBERS = 12  # per record
_CELL = -1  # in place of the kind: a cell of the preceding table

_Record = tuple[int, ...]


class Blocks(Sequence[Block]):
    """The blocks of a document in order, stored as numbers. `Block` objects are created on access.

    Args:
        data: The `data` of another `Blocks`: one record of 32-bit numbers for each block and cell.
    """

    def __init__(self, data: bytes = b"") -> None:
        self.data = data
        self._tables: dict[int, Block] = {}

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Blocks:
        """Encode blocks, which must be in order."""
        numbers = array("i")
        for block in blocks:
            numbers.extend(_record(block))
            for cell in block.cells:
                numbers.extend(_cell_record(cell))
        return cls(numbers.tobytes())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Blocks) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.data)

    def __reduce__(self) -> tuple[type[Blocks], tuple[bytes]]:
        """Pickle only the data, without the cached properties."""
        return Blocks, (self.data,)

    def __repr__(self) -> str:
        return f"Blocks.of({list(self)})"

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, position: int) -> Block: ...
    @overload
    def __getitem__(self, position: slice) -> list[Block]: ...
    def __getitem__(self, position: int | slice) -> Block | list[Block]:
        if isinstance(position, slice):
            return [self[number] for number in range(*position.indices(len(self)))]
        record = self._records[position]
        if self._number(record, 0) != Kind.TABLE:
            return _block(self._numbers_of(record), ())
        if record not in self._tables:  # tables may have many cells
            self._tables[record] = _block(self._numbers_of(record), tuple(self._cells_after(record)))
        return self._tables[record]

    def overlapping(self, span: Span) -> Iterator[Block]:
        """Yield the blocks that share at least one character with a span."""
        for position in range(self.position(span.start), len(self)):
            if self._starts[position] >= span.end:
                return
            block = self[position]
            if block.span.overlaps(span):
                yield block

    def position(self, offset: int) -> int:
        """Return the index of the last block that begins at or before an offset; 0 if there is none."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def section(self, offset: int) -> tuple[Block, ...]:
        """Return the headings of the section that contains an offset, outermost first."""
        found = []
        number = bisect_right(self._heading_starts, offset) - 1
        while number >= 0:
            position, number = self._headings[number]
            found.append(self[position])
        return tuple(reversed(found))

    @property
    def headings(self) -> list[Block]:
        """All headings, in order."""
        return [self[position] for position, _ in self._headings]

    @cached_property
    def _numbers(self) -> memoryview:
        return memoryview(self.data).cast("i")

    @cached_property
    def _records(self) -> list[int]:
        """The position of each block's record."""
        kinds = self._numbers[::_NUMBERS].tolist() if self.data else []
        return [position for position, kind in enumerate(kinds) if kind != _CELL]

    @cached_property
    def _starts(self) -> list[int]:
        return [self._number(record, 1) for record in self._records]

    @cached_property
    def _headings(self) -> list[tuple[int, int]]:
        """The index of each heading's block, and the number of its enclosing heading, -1 if it has none."""
        found: list[tuple[int, int]] = []
        around: list[tuple[int, int]] = []  # level and number
        for position, record in enumerate(self._records):
            if self._number(record, 0) == Kind.HEADING:
                level = self._number(record, 3)
                while around and around[-1][0] >= level:
                    around.pop()
                found.append((position, around[-1][1] if around else -1))
                around.append((level, len(found) - 1))
        return found

    @cached_property
    def _heading_starts(self) -> list[int]:
        return [self._starts[position] for position, _ in self._headings]

    def _number(self, record: int, position: int) -> int:
        return int(self._numbers[record * _NUMBERS + position])

    def _numbers_of(self, record: int) -> list[int]:
        numbers: list[int] = self._numbers[record * _NUMBERS : (record + 1) * _NUMBERS].tolist()
        return numbers

    def _cells_after(self, record: int) -> Iterator[Cell]:
        record += 1
        while record * _NUMBERS < len(self._numbers) and self._number(record, 0) == _CELL:
            _, start, end, row, column, rows, columns, is_heading, *_ = self._numbers_of(record)
            yield Cell(Span(start, end), row, column, rows, columns, bool(is_heading))
            record += 1


def _ends(span: Span | None) -> tuple[int, int]:
    return (0, 0) if span is None else (span.start, span.end)


def _record(block: Block) -> _Record:
    spans = (block.span, block.content, block.label, block.value, block.caption)
    first, *others = map(_ends, spans)
    return (block.kind, *first, block.level, *(number for pair in others for number in pair))


def _cell_record(cell: Cell) -> _Record:
    place = (cell.row, cell.column, cell.rows, cell.columns, int(cell.is_heading))
    return (_CELL, cell.span.start, cell.span.end, *place, *[0] * (_NUMBERS - 3 - len(place)))


def _block(numbers: Sequence[int], cells: tuple[Cell, ...]) -> Block:
    kind, start, end, level, *others = numbers
    content, label, value, caption = (
        Span(others[i], others[i + 1]) if others[i + 1] else None for i in range(0, len(others), 2)
    )
    return Block(Kind(kind), Span(start, end), level, content, label, value, caption, cells)
