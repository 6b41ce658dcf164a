"""Grid of a PDF page: the cells between the borders that it draws."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from qa.documents.parsers.pdf.lines import Line
from qa.documents.parsers.pdf.rules import JOIN, Rule, Rules
from qa.documents.parsers.pdf.words import Word

MIN_BORDERS = 3
"""A table has at least this many borders from left to right, and from top to bottom."""

LEAST_CELL = 6.0
"""A cell is at least this many points wide and high."""

FILLED = 0.4
"""At least this share of the places in a table are cells with words. Forms and drawings have fewer."""

_MIDDLE = 0.3  # of the font size: half the height of letters
_UNDERLINE, _ACROSS = -0.18, 0.5  # of the font size: rules between these heights underline or cross words


class Cell(NamedTuple):
    """The place of a cell: the number of its table, and its edges in points."""

    table: int
    left: float
    bottom: float
    right: float
    top: float


class Grid:
    """The borders of the tables of a page.

    The lines that a page draws are edges, and a cell is the smallest rectangle between edges that meet: the
    method of pdfplumber, after A. Nurminen, "Algorithmic extraction of tabular data from PDF documents"
    (2013). Here the edges are looked for around each word, so that spaced cells, which share no edges, are
    found too.
    """

    def __init__(self, rules: Rules, words: Sequence[Word]) -> None:
        """Keep the rules that are borders of tables.

        Args:
            rules: The rules of the page.
            words: Its words; rules under or across them are not borders.
        """
        self._level: list[tuple[Rule, int]] = []
        self._upright: list[tuple[Rule, int]] = []
        if not any(_tables(*rules)):
            return
        level = list(_unmarked(rules.level, words))
        for number, (across, up) in enumerate(_tables(level, rules.upright)):
            self._level += ((rule, number) for rule in across)
            self._upright += ((rule, number) for rule in up)
        self._level.sort()
        self._upright.sort()
        found = {cell for word in words if (cell := self.cell(word)) is not None}
        by_table: dict[int, list[Cell]] = defaultdict(list)
        for cell in found:
            by_table[cell.table].append(cell)
        tables = {table for table, cells in by_table.items() if _is_regular(cells, self._places(table))}
        self._level = [border for border in self._level if border[1] in tables]
        self._upright = [border for border in self._upright if border[1] in tables]

    def __bool__(self) -> bool:
        """Return whether there are tables."""
        return bool(self._level)

    def _places(self, table: int) -> int:
        """Return how many places for cells the borders of a table make."""
        sides = (
            distinct(rule.at for rule, of in side if of == table) for side in (self._level, self._upright)
        )
        return math.prod(len(side) - 1 for side in sides)

    def cell(self, text: Word | Line) -> Cell | None:
        """Return the cell that contains a word or line, None if there is none."""
        if not self._level:
            return None
        x, y = (text.left + text.right) / 2, text.baseline + _MIDDLE * text.size
        place = bisect_left(self._upright, x, key=lambda border: border[0].at)
        left = _nearest(reversed(self._upright[:place]), y, y, 0.0)
        right = _nearest(self._upright[place:], y, y, 0.0)
        if left is None or right is None:
            return None
        ends = left[0].at, right[0].at
        place = bisect_left(self._level, y, key=lambda border: border[0].at)
        below = _nearest(reversed(self._level[:place]), *ends)
        above = _nearest(self._level[place:], *ends)
        if below is None or above is None:
            return None
        heights = below[0].at, above[0].at
        if not (left[0].covers(*heights) and right[0].covers(*heights)):
            return None
        return Cell(above[1], ends[0], heights[0], ends[1], heights[1])


def _is_regular(cells: Sequence[Cell], places: int) -> bool:
    """Return whether cells with words are those of a table: in line, side by side, without overlaps.

    Args:
        cells: The cells.
        places: How many places for cells the borders make.
    """
    tops, starts = distinct(-cell.top for cell in cells), distinct(cell.left for cell in cells)
    beside = over_all = 0
    for top in tops:
        row = [cell for cell in cells if -cell.top < top + LEAST_CELL <= -cell.bottom]
        row.sort(key=lambda cell: cell.left)
        if any(right.left < left.right - JOIN for left, right in pairwise(row)):
            return False
        beside += len(row) > 1
        over_all += len(row) == 1 and is_over(row[0], starts)
    of_column = Counter(bisect_right(starts, cell.left) for cell in cells)
    in_line = sum(count > 1 for count in of_column.values())
    if 2 * in_line < len(starts):
        return False
    return beside > 1 and 2 * (beside + over_all) > len(tops) and len(cells) >= FILLED * places


def is_over(cell: Cell, starts: Sequence[float]) -> bool:
    """Return whether a cell spans all columns."""
    return cell.left < starts[0] + LEAST_CELL and cell.right > starts[-1] + LEAST_CELL


def _nearest(
    borders: Iterable[tuple[Rule, int]], start: float, end: float, slack: float = JOIN
) -> tuple[Rule, int] | None:
    """Return the first border that extends from `start` to `end`."""
    return next((border for border in borders if border[0].covers(start, end, slack)), None)


def _unmarked(level: Sequence[Rule], words: Sequence[Word]) -> Iterator[Rule]:
    """Yield the horizontal rules that do not underline or cross words."""
    marked: set[Rule] = set()
    for word in words:
        first = bisect_left(level, word.baseline + _UNDERLINE * word.size, key=lambda rule: rule.at)
        last = bisect_right(level, word.baseline + _ACROSS * word.size, key=lambda rule: rule.at)
        middle = (word.left + word.right) / 2
        marked.update(rule for rule in level[first:last] if rule.start < middle < rule.end)
    return (rule for rule in level if rule not in marked)


def _tables(level: Sequence[Rule], upright: Sequence[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Yield the horizontal and vertical rules of each table: rules that meet, in several columns and rows."""
    met: dict[int, int] = {}

    def root(number: int) -> int:
        while number in met:
            number = met[number]
        return number

    for number, rule in enumerate(level):
        first = bisect_left(upright, rule.start - JOIN, key=lambda other: other.at)
        last = bisect_right(upright, rule.end + JOIN, key=lambda other: other.at)
        for other in range(first, last):
            if upright[other].covers(rule.at, rule.at):
                one, two = root(number), root(len(level) + other)
                if one != two:
                    met[one] = two
    tables: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for number, rule in enumerate([*level, *upright]):
        tables[root(number)][number >= len(level)].append(rule)
    for borders in tables.values():
        if all(len(distinct(rule.at for rule in side)) >= MIN_BORDERS for side in borders):
            yield borders


def distinct(places: Iterable[float]) -> list[float]:
    """Return the positions, in order, that are at least `LEAST_CELL` apart."""
    result: list[float] = []
    for place in sorted(places):
        if not result or place - result[-1] >= LEAST_CELL:
            result.append(place)
    return result
