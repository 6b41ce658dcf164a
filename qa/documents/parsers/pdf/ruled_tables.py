"""Ruled tables of a PDF page: the rows of cells between drawn borders as lines of text."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from qa.documents.parsers.pdf.grid import LEAST_CELL, Cell, distinct, is_over
from qa.documents.parsers.pdf.lines import Line, joined, rows_of
from qa.documents.parsers.pdf.tables import is_prose_column, table
from qa.documents.parsers.table_rows import cell_text, row_line

MAX_PROSE_LINES = 12
"""A row in which two cells of prose have more lines is not a table row: its cells are columns of text."""

MIN_LIST = 3
"""At least this many lines in a cell, most of them short, are rows of their own."""

FULL = 0.8
"""A line that is wrapped in a cell is at least this share of the longest."""


def ruled_tables(cells: Mapping[Cell, Sequence[Line]]) -> list[Line]:
    """Return the lines in cells as rows of tables, `| cell | cell |`.

    A cell that spans several columns or rows is written in the first; the others are empty. A single cell in
    a row is ordinary text if it has several lines, or is a caption or note that spans all columns.
    """
    tables: dict[int, dict[Cell, Sequence[Line]]] = defaultdict(dict)
    for cell, lines in cells.items():
        if lines:
            tables[cell.table][cell] = lines
    return [line for table in tables.values() for line in _table(table)]


def _table(cells: Mapping[Cell, Sequence[Line]]) -> Iterator[Line]:
    starts = distinct(cell.left for cell in cells)
    tops = distinct(-cell.top for cell in cells)
    rows: list[list[Cell]] = [[] for _ in tops]
    for cell in sorted(cells, key=lambda cell: cell.left):
        rows[bisect_right(tops, -cell.top) - 1].append(cell)
    for row in rows:
        is_caption = row in (rows[0], rows[-1]) and len(row) == 1 and is_over(row[0], starts)
        if len(starts) == 1 or is_caption or _is_apart([cells[cell] for cell in row]):
            for cell in row:
                yield from cells[cell]
        elif _is_list([cells[cell] for cell in row]):
            lines = [line for cell in row for line in cells[cell]]
            yield from table(lines, [(start, start) for start in starts[1:]])
        else:
            yield _row(row, starts, cells)


def _is_apart(parts: Sequence[Sequence[Line]]) -> bool:
    """Return whether the cells of a row are ordinary text: one with several lines, or columns of prose."""
    heights = [len(rows_of(lines)) for lines in parts]
    prose = [
        height > MAX_PROSE_LINES and is_prose_column(lines)
        for height, lines in zip(heights, parts, strict=True)
    ]
    return sum(prose) > 1 or (len(parts) == 1 and heights[0] > 1)


def _is_list(parts: Sequence[Sequence[Line]]) -> bool:
    """Return whether the cells of a row hold several rows that no border divides.

    They do if at least two have several short lines or numbers, at the same heights.
    """
    lists = [rows_of(lines) for lines in parts]
    heights = Counter(
        tuple(round(row[0].baseline / 2) for row in rows)
        for rows in lists
        if len(rows) > 1 and _are_short(rows)
    )
    return max(heights.values(), default=0) > 1


def _are_short(rows: Sequence[Sequence[Line]]) -> bool:
    """Return whether the lines of a cell are numbers, or several lines that are mostly short."""
    if not any(letter.isalpha() for row in rows for line in row for letter in line.text):
        return True
    widths = [max(line.right for line in row) - min(line.left for line in row) for row in rows]
    full = sum(width > FULL * max(widths) for width in widths)
    return len(rows) >= MIN_LIST and 2 * full < len(rows)


def _row(row: Sequence[Cell], starts: Sequence[float], cells: Mapping[Cell, Sequence[Line]]) -> Line:
    """Return the cells of a row as a line, at the height of the first line of its lowest cells."""
    texts = [""] * len(starts)
    for cell in row:
        column = bisect_right(starts, cell.left) - 1
        text = " ".join(line.text for part in rows_of(cells[cell]) for line in part)
        texts[column] = f"{texts[column]} {cell_text(text)}".strip()
    lines = [line for cell in row for line in cells[cell]]
    bottom = max(cell.bottom for cell in row)
    within = [line.baseline for cell in row if cell.bottom < bottom + LEAST_CELL for line in cells[cell]]
    result = joined(lines)
    result.text, result.row = row_line(texts), True
    result.baseline = max(within)
    result.bold = all(line.bold for line in lines)
    return result
