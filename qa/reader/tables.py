"""What the reader is given of a passage: its text, the cells of its tables in sentences.

A reader of prose is at a loss with lines of `| cell | cell |`. So each cell is read with the heading of its
column and with what its row is about, "Price of TP-250: £1,450.", wherever in the document the headings
stand. What is put between the passage's own words, and what would join two cells, can be no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Span, sentences, strip_span

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADED = 3  # columns from which a row of words above a column of numbers is headings without a rule, too
LOOKED_AT = 8  # rows in which that column is looked for
LONGEST_TABLE = 2_000_000  # characters before a passage in which the first row of a table is looked for
LONGEST_LABEL = 80  # characters of a heading, or of what names a row, that are read with each cell

_ROW = re.compile(r"[ \t]*\|")
_BORDER = re.compile(r"(?<!\\)\|")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")

Row = list[Span | None]
"""The places of a row's cells, without the white space round them; None where one is empty."""


@dataclass(frozen=True, slots=True, eq=False)
class ReaderInput:
    """A text to be read, and its stretches: sentences and cells, which no answer reaches out of.

    Stretch i is `text[starts[i] : ends[i]]`, and the same as the passage's own text from `places[i]` on. All
    arrays are (stretches,), and `starts` ascend; what stands between stretches can be no answer.
    """

    text: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    places: NDArray[np.int64]


def reader_input(document: Document, passage: Span) -> ReaderInput:
    """What is to be read of a passage of a document."""
    writer = _Writer(document.text, passage)
    place = passage.start
    for run in _runs(document.text, passage):
        writer.put(document.text[place : run[0].start])
        if document.text[run[0].start] == "|":
            _write_table(writer, document.text, run)
        else:
            writer.own(run[0])
        place = run[-1].end
    writer.put(document.text[place : passage.end])
    starts, ends, places = np.array(writer.stretches, np.int64).reshape(-1, 3).T
    return ReaderInput("".join(writer.parts), starts, ends, places)


class _Writer:
    """A text in the making, out of words of `source` and others."""

    def __init__(self, source: str, passage: Span) -> None:
        self._source, self._passage, self._length = source, passage, 0
        self.parts: list[str] = []
        self.stretches: list[tuple[int, int, int]] = []

    def put(self, words: str) -> None:
        """Write words that can be no answer."""
        self.parts.append(words)
        self._length += len(words)

    def own(self, span: Span) -> None:
        """Write a stretch of the passage."""
        self.stretches.append((self._length, self._length + len(span), span.start - self._passage.start))
        self.put(self._source[span.start : span.end])


def _runs(text: str, passage: Span) -> Iterator[list[Span]]:
    """The sentences of a passage, each by itself but for rows of a table that stand together."""
    run: list[Span] = []
    for sentence in sentences(text[passage.start : passage.end]):
        sentence = sentence.shift(passage.start)
        if run:
            rows = text[run[0].start] == text[sentence.start] == "|"
            if not rows or text.count("\n", run[-1].end, sentence.start) > 1:
                yield run
                run = []
        run.append(sentence)
    if run:
        yield run


def _write_table(writer: _Writer, text: str, rows: Sequence[Span]) -> None:
    """Write rows that stand together: every cell, but that which names its row, after heading and name."""
    first, headings = _headings(text, rows[0].start)
    told = [row for row in rows if not _is_rule(text[row.start : row.end])]
    body = [_cells(text, row) for row in told if row.start != first or not headings]
    if not body:
        headings, body = [], [_cells(text, row) for row in told]
    # A number or a date names no row.
    naming = (_column(text, body, _LETTER) or 0) if headings else 0
    for cells in body:
        name = cells[naming] if naming < len(cells) else None
        others = [
            (cell, column) for column, cell in enumerate(cells) if cell is not None and column != naming
        ]
        for cell, column in others:
            heading = headings[column] if column < len(headings) else None
            if heading is not None:
                writer.put(text[heading.start : heading.end][:LONGEST_LABEL])
            if name is not None:
                writer.put("" if heading is None else " of ")
                if len(name) > LONGEST_LABEL:
                    writer.put(text[name.start : name.start + LONGEST_LABEL])
                else:
                    writer.own(name)
            writer.put("" if heading is None and name is None else ": ")
            writer.own(cell)
            writer.put(". ")
        if name is not None and not others:
            writer.own(name)
            writer.put(".")
        writer.put("\n")


def _is_rule(line: str) -> bool:
    """Whether a line is what stands under a row of headings: `|---|:-:|`."""
    line = line.strip()
    return line.startswith("|") and "-" in line and not line.strip("|:- \t")


def _headings(text: str, place: int) -> tuple[int, Row]:
    """Where the first row of the table round `place` begins, and its cells, if they are headings."""
    top = text.rfind("\n", 0, place) + 1  # of the line above which no row is known yet
    lowest = max(0, place - LONGEST_TABLE)
    while top > lowest:
        above = text.rfind("\n", 0, top - 1) + 1
        if _ROW.match(text, above) is None:
            break
        top = above
    row = _ROW.match(text, top)
    if row is None or 0 < top <= lowest:
        return -1, []
    first = row.end() - 1
    end = _line_end(text, first)
    cells = _cells(text, Span(first, end))
    ruled = _is_rule(text[end + 1 : _line_end(text, end + 1)])
    worded = len(cells) >= HEADED and _DIGIT.search(text, first, end) is None
    numbers = worded and _column(text, _rows_below(text, end), _DIGIT) is not None
    return first, cells if ruled or numbers else []


def _rows_below(text: str, end: int) -> list[Row]:
    """The first rows below the line that ends at `end`."""
    rows: list[Row] = []
    while len(rows) < LOOKED_AT and (row := _ROW.match(text, end + 1)) is not None:
        end = _line_end(text, row.end())
        rows.append(_cells(text, Span(row.end() - 1, end)))
    return rows


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _cells(text: str, row: Span) -> Row:
    borders = [border.start() for border in _BORDER.finditer(text, row.start + 1, row.end)]
    places = pairwise([row.start, *borders, row.end])
    cells = [strip_span(text, border + 1, following) for border, following in places]
    return cells if cells[-1] is not None else cells[:-1]  # after the last border stands nothing


def _column(text: str, rows: Sequence[Row], pattern: re.Pattern[str]) -> int | None:
    """The first column in which most rows have a cell that holds a match."""
    for column in range(max(map(len, rows), default=0)):
        cells = [cells[column] for cells in rows if column < len(cells)]
        held = sum(
            cell is not None and pattern.search(text, cell.start, cell.end) is not None for cell in cells
        )
        if 2 * held > len(rows):
            return column
    return None
