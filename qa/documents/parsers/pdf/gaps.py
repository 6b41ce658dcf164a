"""Gaps between the columns of a table on a PDF page that draws no borders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from qa.documents.parsers.pdf.lines import Line
from qa.documents.parsers.pdf.tables import Interval

MAX_HEADS = 3
"""The most rows at the top of a table that hold headings over several columns."""

MIN_ROWS = 2
"""The fewest lines with a common gap that form columns or a table."""


def union(intervals: Iterable[Interval], least: float = 0.0) -> list[Interval]:
    """Return the union of intervals, from left to right, merging those less than `least` apart."""
    result: list[Interval] = []
    for left, right in sorted(intervals):
        if result and (left <= result[-1][1] or left - result[-1][1] < least):
            result[-1] = result[-1][0], max(right, result[-1][1])
        else:
            result.append((left, right))
    return result


def gaps_with_heads(
    rows: Sequence[Sequence[Line]], gaps: Sequence[Interval], least: float
) -> Sequence[Interval]:
    """Return the gaps of a table, adjusted to its headings if there is one for each column.

    A heading that is centred over values at a side of their column is then not separated from them.
    """
    below = rows[1:]
    covered = _separate(below, least)
    beside = sum(len(row) > 1 for row in below)
    if len(rows[0]) != len(covered) or beside < MIN_ROWS or 4 * beside < 3 * len(below):
        return gaps
    hulls = [
        (min(line.left, left), max(line.right, right))
        for line, (left, right) in zip(rows[0], covered, strict=True)
    ]
    found = [(left[1], right[0]) for left, right in pairwise(hulls)]
    return found if all(left < right for left, right in found) else gaps


def _separate(rows: Sequence[Sequence[Line]], least: float) -> list[Interval]:
    """Return the horizontal intervals that lines cover, at least `least` apart."""
    return union(((line.left, line.right) for row in rows for line in row), least)


def gaps_below_heads(
    rows: Sequence[Sequence[Line]], gaps: Sequence[Interval], least: float
) -> Sequence[Interval]:
    """Return the gaps of a table; those of the rows below its heads if heads span several columns.

    The heads are rows at the top with fewer cells than there are columns below them.
    """
    for count in range(1, min(MAX_HEADS, len(rows) - MIN_ROWS) + 1):
        found = [(left[1], right[0]) for left, right in pairwise(_separate(rows[count:], least))]
        full = sum(len(row) == len(found) + 1 for row in rows[count:])
        fewer = all(len(row) <= len(found) for row in rows[:count])
        if len(found) > len(gaps) and fewer and full > MIN_ROWS and 2 * full > len(rows) - count:
            return found
    return gaps
