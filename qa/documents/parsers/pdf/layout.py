"""Reading order of a PDF page: columns one after the other, rows of tables cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise
from statistics import median

from qa.documents.parsers.pdf.gaps import MIN_ROWS, gaps_below_heads, gaps_with_heads, union
from qa.documents.parsers.pdf.lines import SEGMENT_GAP, Line, joined, rows_of
from qa.documents.parsers.pdf.tables import (
    MIN_PROSE_LINES,
    PROSE_FILL,
    PROSE_WORDS,
    Interval,
    columns,
    is_prose,
    is_prose_column,
    is_running,
    is_table,
    prose_columns,
    table,
)

MAX_DEPTH = 6
"""How deeply columns may be nested."""

SURE_GAPS = {2: 1.8, 3: 1.2}
"""The least width of a gap that only this many lines have in common, as a share of the font size."""

CROSSING = 0.5
"""At most this share as many lines cross the gutter as are in columns."""


class _Side(Enum):
    """On which side of an edge a line is."""

    LEFT = auto()
    RIGHT = auto()
    BOTH = auto()


def reading_order(lines: Sequence[Line], *, depth: int = 0) -> list[Line]:
    """Return the lines of a page in the order in which they are read.

    Args:
        lines: The lines without wide gaps, from `segments`, in any order.
        depth: How many columns these lines are nested in.
    """
    edge = _main_gutter(lines) if depth <= MAX_DEPTH else None
    if edge is None:
        return _by_bands(lines, depth)
    result: list[Line] = []
    region: list[Line] = []
    widths = _widths(lines, edge)
    for line in sorted(lines, key=lambda line: -line.baseline):
        if _side(line, edge) is _Side.BOTH:
            result += _region(region, edge, widths, depth)
            region = []
            result.append(line)
        else:
            region.append(line)
    return result + _region(region, edge, widths, depth)


@dataclass(slots=True)
class _Group:
    """Consecutive bands with common gaps.

    Attributes:
        lines: Their lines.
        covered: The horizontal intervals that lines cover, from left to right.
        beside: How many bands have lines side by side.
        is_sure: Whether one band alone has enough of them.
    """

    lines: list[Line] = field(default_factory=list)
    covered: list[Interval] = field(default_factory=list)
    beside: int = 0
    is_sure: bool = False

    def __add__(self, other: _Group) -> _Group:
        return _Group(
            self.lines + other.lines,
            union([*self.covered, *other.covered]),
            self.beside + other.beside,
            self.is_sure or other.is_sure,
        )

    @property
    def is_established(self) -> bool:
        """Whether enough bands have lines side by side."""
        return self.is_sure or self.beside >= MIN_ROWS

    def gaps(self, least: float) -> list[Interval]:
        """Return the empty intervals that are wider than `least`."""
        pairs = pairwise(self.covered)
        return [(left[1], right[0]) for left, right in pairs if right[0] - left[1] > least]


def _by_bands(lines: Sequence[Line], depth: int) -> list[Line]:
    """Return lines in reading order, by the gaps that consecutive bands have in common."""
    if not lines:
        return []
    least = SEGMENT_GAP * median(line.size for line in lines)
    result: list[Line] = []
    group = _Group()
    gaps: list[Interval] = []
    for band in map(_group_of, _bands(lines)):
        own = band.gaps(least)
        if group.lines:
            both = group + band
            common = both.gaps(least)
            ends = (
                group.is_established
                and len(common) < len(gaps)
                and not (common and is_prose(columns(both.lines, common)))
            )
            if ends or (gaps and not common) or (own and not gaps):
                result += _ordered(group, gaps, depth)
                group, gaps = band, own
            else:
                group, gaps = both, common
        else:
            group, gaps = band, own
    return result + _ordered(group, gaps, depth)


def _group_of(band: Sequence[Line]) -> _Group:
    rows = rows_of(band)
    beside = sum(len(row) > 1 for row in rows)
    is_sure = beside >= MIN_ROWS or (len(rows) < len(band) and len(rows) > 2 * MIN_ROWS)
    covered = union([(line.left, line.right) for line in band])
    return _Group(list(band), covered, int(len(band) > 1), is_sure)


def _main_gutter(lines: Sequence[Line]) -> float | None:
    """Return where the second of two columns of prose begins, None if there are none.

    Lines that span both columns, such as headings, may cross the gutter.
    """
    best: tuple[int, float] | None = None
    starts = Counter(round(line.left) for line in lines)
    for start, count in starts.most_common(8):
        edge = start - 0.6
        left, right = _beside(lines, edge)
        crossing = len(lines) - len(left) - len(right)
        if count < MIN_PROSE_LINES or CROSSING * (len(left) + len(right)) < crossing:
            continue
        if min(len(left), len(right)) < MIN_PROSE_LINES or (best is not None and crossing >= best[0]):
            continue
        prose = is_prose_column(left), is_prose_column(right)
        if all(prose) or (
            any(prose) and (is_running(left) or is_running(right)) and 4 * crossing < len(lines)
        ):
            best = crossing, edge
    return None if best is None else best[1]


def _side(line: Line, edge: float) -> _Side:
    if line.right <= edge:
        return _Side.LEFT
    return _Side.RIGHT if line.left >= edge else _Side.BOTH


def _beside(lines: Sequence[Line], edge: float) -> tuple[list[Line], list[Line]]:
    """Return the lines left of an edge, and those right of it."""
    left, right = (
        [line for line in lines if _side(line, edge) is side] for side in (_Side.LEFT, _Side.RIGHT)
    )
    return left, right


def _widths(lines: Sequence[Line], edge: float) -> tuple[float, float]:
    """Return the widths of the columns left and right of an edge."""
    left, right = _beside(lines, edge)
    return edge - min(line.left for line in left), max(line.right for line in right) - edge


def _region(lines: Sequence[Line], edge: float, widths: tuple[float, float], depth: int) -> list[Line]:
    """Order the lines between two that cross the gutter: in columns if they are prose, else by bands."""
    sides = _beside(lines, edge)
    full = sum(
        line.right - line.left >= PROSE_FILL * width and len(line.text.split()) >= PROSE_WORDS
        for side, width in zip(sides, widths, strict=True)
        for line in side
    )
    if not all(sides) or 3 * full < len(lines):
        return _by_bands(lines, depth)
    return _in_columns(sides, depth)


def _bands(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines from top to bottom, in groups that overlap vertically."""
    bands: list[list[Line]] = []
    bottom = 0.0
    for line in sorted(lines, key=lambda line: -(line.baseline + 0.5 * line.size)):
        top = line.baseline + 0.5 * line.size
        if bands and top > bottom:
            bands[-1].append(line)
            bottom = min(bottom, line.baseline)
        else:
            bands.append([line])
            bottom = line.baseline
    return bands


def _ordered(group: _Group, gaps: Sequence[Interval], depth: int) -> list[Line]:
    """Return the lines of bands with common gaps in reading order."""
    lines = group.lines
    if not lines:
        return []
    rows = rows_of(lines)
    beside = sum(len(row) > 1 for row in rows)
    least = SURE_GAPS.get(beside, SEGMENT_GAP) * median(line.size for line in lines)
    gaps = [(left, right) for left, right in gaps if right - left >= least]
    if not gaps or not group.is_established or depth > MAX_DEPTH:
        return [line for row in rows for line in _side_by_side(row)]
    gaps = gaps_with_heads(rows, gaps, least)
    parts = columns(lines, gaps)
    if is_prose(parts):
        return _in_columns(prose_columns(parts), depth)
    if not any(line.row for line in lines) and is_table(parts):
        return table(lines, gaps_below_heads(rows, gaps, least))
    return _in_columns(parts, depth)


def _side_by_side(row: Sequence[Line]) -> list[Line]:
    """Join lines at the same height, except rows of ruled tables."""
    others = [line for line in row if not line.row]
    return [*([joined(others)] if others else []), *(line for line in row if line.row)]


def _in_columns(parts: Sequence[Sequence[Line]], depth: int) -> list[Line]:
    result: list[Line] = []
    for number, column in enumerate(parts):
        for line in reading_order(column, depth=depth + 1):
            line.column = line.column * len(parts) + number
            result.append(line)
    return result
