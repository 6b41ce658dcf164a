"""Running heads of a PDF: page numbers and repeated lines at the top and bottom of its pages.

A line is dropped only if it is certainly not content. The first occurrence of a repeated line is kept.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.documents.parsers.pdf.lines import SENTENCE_END, Line, joined, rows_of
from qa.documents.parsers.pdf.sizes import common_size

MAX_ROWS = 3
"""A running head or foot has at most this many lines."""

MIN_REPETITIONS = 3
"""A running head occurs on at least this many pages."""

MARGIN = 0.15
"""A repeated line is a running head only within this share of the height from the edge of the page."""

GAP = 1.25
"""A running head is separated from the text by more than this multiple of the usual line distance."""

SMALLER = 0.92
"""A running head may be recognised by a font size below this share of that of the text."""

_PAGE_WORD = re.compile(
    r"\b(?:page|seite|side|sida|sivu|página|pagina|strana|str\.|pp?\.|s\.|page no\.?)(?!\w)", re.I
)
_PAGE_NUMBER = re.compile(
    rf"[\W_]*(?:{_PAGE_WORD.pattern}[\W_]*)?(?P<number>\d{{1,5}}|[ivxlc]{{1,7}})"
    rf"(?:\s*(?:/|\||of|von|de|di|av|af|sur|z|ze|van)\s*\d{{1,5}})?[\W_]*",
    re.I,
)
_EXPLICIT = re.compile(
    rf"[\W_]*{_PAGE_WORD.pattern}\s*\d{{1,5}}(?:\s*(?:/|\w{{1,3}})\s*\d{{1,5}})?[\W_]*", re.I
)
_DIGITS = re.compile(r"\W*(\d{1,5})\W*")
_DIGITS_AT_END = re.compile(r"(.*\D)(\d{1,5})")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(slots=True)
class _Row:
    """A row at the edge of a page.

    Attributes:
        page: The index of its page, from 0.
        edge: 0 at the top, 1 at the bottom.
        depth: How many rows are between it and the edge.
        lines: Its parts.
        text: Its text.
        height: Its rounded distance from the bottom of the page.
        in_margin: Whether it is close to the edge of the page.
        apart: Whether it is separated from the text by a gap or a smaller font.
        small: Whether its font is smaller than that of the text.
    """

    page: int
    edge: int
    depth: int
    lines: list[Line]
    text: str
    height: int
    in_margin: bool
    apart: bool
    small: bool


def drop_running_heads(
    pages: Sequence[list[Line]], bounds: Sequence[tuple[float, float]], title: str
) -> None:
    """Delete running heads and feet from the lines of pages, which are changed in place.

    The occurrence of a repeated line that is kept is marked as set aside from the text.

    Args:
        pages: The lines of each page, in any order.
        bounds: The heights of the bottom and top edge of each page, in points.
        title: The title of the document, which is often in running heads.
    """
    body = common_size(line for lines in pages for line in lines)
    edges = [
        row
        for page, (lines, limits) in enumerate(zip(pages, bounds, strict=True))
        for row in _edge_rows(page, lines, limits, body)
    ]
    texts = Counter(line.text.casefold() for lines in pages for line in lines)
    texts[title.casefold()] += 1
    numbers, (kept, repeated) = _page_numbers(edges, len(pages), texts), _repeated(edges, len(pages))
    # Anything further from the edge than content is content.
    outermost = numbers | kept | repeated
    certain = {p for p in outermost if all((*p[:2], depth) in outermost for depth in range(p[2]))}
    for row in edges:
        if (row.page, row.edge, row.depth) in certain & kept:
            for line in row.lines:
                line.aside = True
    dropped = certain - (kept - numbers)
    gone = {id(line) for row in edges if (row.page, row.edge, row.depth) in dropped for line in row.lines}
    for lines in pages:
        lines[:] = [line for line in lines if id(line) not in gone]


def _edge_rows(page: int, lines: list[Line], limits: tuple[float, float], body: float) -> Iterable[_Row]:
    rows = rows_of(lines)
    bottom, top = limits
    margin = MARGIN * (top - bottom)
    steps = sorted(above[0].baseline - below[0].baseline for above, below in itertools.pairwise(rows))
    leading = steps[len(steps) // 4] if len(steps) > 3 else 1.4 * body
    for edge in (0, 1):
        ordered = rows if edge == 0 else rows[::-1]
        heights = [row[0].baseline for row in ordered]
        edge_rows = ordered[: min(MAX_ROWS, len(ordered) - (len(ordered) > 1))]
        gaps = [abs(a - b) > GAP * leading for a, b in itertools.pairwise(heights)]
        for depth, row in enumerate(edge_rows):
            whole = joined(row)
            distance = top - whole.baseline if edge == 0 else whole.baseline - bottom
            small = whole.size < SMALLER * body
            apart = small or any(gaps[depth:MAX_ROWS])
            yield _Row(
                page, edge, depth, row, whole.text, round(whole.baseline / 4), distance < margin, apart, small
            )


Position = tuple[int, int, int]


def _page_numbers(rows: Sequence[_Row], pages: int, texts: Counter[str]) -> set[Position]:
    """Return the rows that are certainly a page number, alone or beside a running head."""
    found: dict[tuple[int, int], list[tuple[_Row, str, bool]]] = defaultdict(list)
    for row in rows:
        for number, rest, at_end in _numbers(row):
            found[row.edge, number - row.page].append((row, rest, at_end))
    # "Page 1 of 4" is a page number whatever it counts.
    explicit = [row for row in rows if _EXPLICIT.fullmatch(row.text) is not None]
    several = len({row.page for row in explicit}) >= min(pages, MIN_REPETITIONS) > 1
    result = {(row.page, row.edge, row.depth) for row in explicit if several}
    for same in found.values():
        numbered = {row.page for row, _, _ in same}
        enough = len(numbered) >= MIN_REPETITIONS and 2 * len(numbered) > pages
        alone = {row.page for row, rest, _ in same if not rest}
        if not enough and not (len(alone) == pages == 2) and len(alone) < MIN_REPETITIONS:
            continue
        sides = {at_end for row, rest, at_end in same if rest}
        outermost: dict[tuple[int, int], int] = {}
        for row, _, _ in same:
            place = row.page, row.edge
            outermost[place] = min(row.depth, outermost.get(place, row.depth))
        for row, rest, at_end in same:
            if row.depth > outermost[row.page, row.edge]:
                continue
            alternates = len(sides) > 1 and enough
            is_sure = (
                not rest
                or (row.small and enough)
                or alternates
                or texts[rest.casefold()] > 0
                or _PAGE_WORD.search(rest) is not None
                or _stands_alone(row, at_end=at_end)
            )
            if is_sure and (not rest or enough) and (not rest or SENTENCE_END.search(row.text) is None):
                result.add((row.page, row.edge, row.depth))
    return result


def _numbers(row: _Row) -> Iterable[tuple[int, str, bool]]:
    """Yield each possible page number in a row, the rest of the row, and whether it is at its end."""
    alone = _PAGE_NUMBER.fullmatch(row.text)
    if alone is not None:
        yield _value(alone["number"]), "", True
        return
    words = row.text.split()
    for at_end in (False, True):
        digits = _DIGITS.fullmatch(words[-1 if at_end else 0])
        if digits is not None and len(words) > 1:
            yield int(digits[1]), " ".join(words[:-1] if at_end else words[1:]), at_end
    last = _DIGITS_AT_END.fullmatch(row.text)
    if last is not None and " " not in last[2] and last[1][-1:] in "/-–|.:":
        yield int(last[2]), last[1], True


def _value(number: str) -> int:
    """Return the value of Arabic or Roman digits."""
    if number.isdecimal():
        return int(number)
    values = [_ROMAN[letter] for letter in number.lower()]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _stands_alone(row: _Row, *, at_end: bool) -> bool:
    """Return whether the number at an end of a row is separated from the rest by a wide gap."""
    if len(row.lines) < 2:
        return False
    ordered = sorted(row.lines, key=lambda line: line.left)
    return _PAGE_NUMBER.fullmatch(ordered[-1 if at_end else 0].text) is not None


def _repeated(rows: Sequence[_Row], pages: int) -> tuple[set[Position], set[Position]]:
    """Return the rows that recur near the edge of pages: the first occurrences, and the others."""
    same: dict[tuple[int, int, str], list[_Row]] = defaultdict(list)
    for row in rows:
        if row.in_margin:
            same[row.edge, row.height, row.text.casefold()].append(row)
    first: set[Position] = set()
    others: set[Position] = set()
    for found in same.values():
        separate = sum(row.apart for row in found) * 2 > len(found) or 2 * len(found) > max(pages, 6)
        if len(found) >= MIN_REPETITIONS and separate:
            positions = [(row.page, row.edge, row.depth) for row in found]
            first.add(positions[0])
            others.update(positions[1:])
    return first, others
