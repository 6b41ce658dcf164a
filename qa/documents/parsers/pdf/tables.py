"""Columns of a PDF page: whether they are prose or a table, and the rows of a table as lines of text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from itertools import pairwise
from statistics import median

from qa.documents.parsers.pdf.lines import Line, joined, rows_of
from qa.documents.parsers.table_rows import cell_text, row_line

MIN_PROSE_LINES = 4
"""Running text, and columns of prose that lines may cross, have at least this many lines."""

PROSE_WORDS = 4
"""A column of prose has at least this many words in most of its lines."""

PROSE_FILL = 0.6
"""Most lines of a column of prose are at least this share of its width."""

RUNNING_FILL = 0.85
"""Most lines of running text are at least this share of the width of its column."""

PROSE_WIDTH = 10
"""A column of prose is at least this multiple of the font size wide."""

SPARSE = 0.2
"""A column with fewer lines than this share of the other is a marginal note, not a column of a table."""

ALIGNED = 0.6
"""At least this share of the cells of a table are on a line with another cell."""

_FULL_LINE = 1.5  # of the font size: rows further apart are not lines of one cell

Interval = tuple[float, float]
"""The left and the right end, in points."""


def columns(lines: Sequence[Line], gaps: Sequence[Interval]) -> list[list[Line]]:
    """Return the lines between the gaps, from left to right."""
    result: list[list[Line]] = [[] for _ in range(len(gaps) + 1)]
    for line in lines:
        result[sum(line.left >= right - 0.01 for _, right in gaps)].append(line)
    return result


def is_prose_column(column: Sequence[Line]) -> bool:
    """Return whether most lines of a column hold several words and fill it."""
    rows = [joined(row) if len(row) > 1 else row[0] for row in rows_of(column)]
    if len(rows) < 3:
        return len(rows) == 2 and all(len(line.text.split()) > PROSE_WORDS + 1 for line in rows)
    width = max(line.right for line in column) - min(line.left for line in column)
    if width < PROSE_WIDTH * median(line.size for line in rows):
        return False
    full = [
        line
        for line in rows
        if len(line.text.split()) >= PROSE_WORDS and line.right - line.left >= PROSE_FILL * width
    ]
    return len(full) > 0.5 * len(rows)


def is_running(column: Sequence[Line]) -> bool:
    """Return whether a column is running text, whose sentences continue from line to line."""
    rows = [joined(row) if len(row) > 1 else row[0] for row in rows_of(column)]
    if len(rows) < MIN_PROSE_LINES:
        return False
    width = max(line.right for line in column) - min(line.left for line in column)
    full = sum(
        len(line.text.split()) > PROSE_WORDS and line.right - line.left >= RUNNING_FILL * width
        for line in rows
    )
    going_on = sum(line.text[0].islower() for line in rows)
    return full > 0.6 * len(rows) and going_on > 0.3 * len(rows)


def is_prose(parts: Sequence[Sequence[Line]]) -> bool:
    """Return whether columns are to be read one after the other.

    They are if at least two are prose, or if the first, which in a table names the rows, is running text.
    """
    return sum(map(is_prose_column, parts)) >= 2 or is_running(parts[0])


def prose_columns(parts: Sequence[list[Line]]) -> list[list[Line]]:
    """Return columns, with adjacent ones that are not prose merged."""
    result: list[list[Line]] = []
    in_prose = True
    for column in parts:
        was_prose, in_prose = in_prose, is_prose_column(column)
        if in_prose or was_prose:
            result.append(list(column))
        else:
            result[-1] += column
    return result


def is_table(parts: Sequence[Sequence[Line]]) -> bool:
    """Return whether columns are those of a table, whose cells are on common lines."""
    heights = [{_height(row[0]) for row in rows_of(column)} for column in parts]
    fullest, sparsest = max(heights, key=len), min(heights, key=len)
    if any(map(is_prose_column, parts)) and len(sparsest) < SPARSE * len(fullest):
        return False
    counts = Counter(near for found in heights for near in _near(found))
    # Each height is counted once for its own column.
    beside = [[height for height in found if counts[height] > 1] for found in heights]
    aligned = sum(map(len, beside)) >= ALIGNED * sum(map(len, heights))
    return aligned or len(beside[heights.index(sparsest)]) >= ALIGNED * len(sparsest)


def _near(heights: Set[int]) -> set[int]:
    """Return the heights that are at most two points from one of these."""
    return {height + step for height in heights for step in range(-2, 3)}


def _height(line: Line) -> int:
    return round(line.baseline)


def table(lines: Sequence[Line], gaps: Sequence[Interval]) -> list[Line]:
    """Return the rows of a table as lines. The lines of a cell are joined."""
    rows = _with_middle_names(rows_of(lines), gaps)
    steps = [above[0].baseline - below[0].baseline for above, below in pairwise(rows)]
    tables: list[tuple[list[str], Line]] = []
    parts = [columns(row, gaps) for row in rows]
    has_first = any(first for first, *_ in parts)
    for position, (row, found) in enumerate(zip(rows, parts, strict=True)):
        cells = [cell_text(" ".join(line.text for line in column)) for column in found]
        close = position > 0 and steps[position - 1] <= _FULL_LINE * max(line.size for line in row)
        if tables and not cells[0] and close and has_first and _continues(cells, tables[-1][0]):
            above = tables[-1][0]
            tables[-1] = (
                [f"{old} {new}".strip() for old, new in zip(above, cells, strict=True)],
                tables[-1][1],
            )
        else:
            tables.append((cells, joined(row)))
    result = []
    for cells, line in tables:
        is_row = sum(map(bool, cells)) > 1
        line.text = row_line(cells) if is_row else next(filter(None, cells))
        line.row = is_row
        result.append(line)
    return result


def _with_middle_names(rows: Sequence[list[Line]], gaps: Sequence[Interval]) -> list[list[Line]]:
    """Return rows from top to bottom, with a name that is between two rows moved into the lower one.

    The cell of such a name spans both rows, and neither has a name of its own.
    """
    result: list[list[Line]] = []
    for row in rows:
        cells = columns(row, gaps)
        if len(result) > 1 and not cells[0] and any(cells[1:]):
            above, between = columns(result[-2], gaps), result[-1]
            in_name = columns(between, gaps)
            gap = result[-2][0].baseline - row[0].baseline
            is_middle = in_name[0] and not any(in_name[1:]) and not above[0]
            if is_middle and gap < 2 * _FULL_LINE * max(line.size for line in between):
                result[-1] = [*between, *row]
                continue
        result.append(row)
    return result


def _continues(cells: Sequence[str], above: Sequence[str]) -> bool:
    """Return whether a row without a first cell holds further lines of the cells above it."""
    return all(old for old, new in zip(above, cells, strict=True) if new)
