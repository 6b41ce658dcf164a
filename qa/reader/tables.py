"""Table linearization: what the reader is given of a passage.

A reader trained on prose cannot read lines of `| cell | cell |`. So each cell is read with the heading of
its column and the name of its row, as in "Price of TP-250: £1,450.", even if the heading stands before the
passage. Added words are no part of an answer, and no answer joins two cells.
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

MIN_HEADINGS = 3  # columns of a table whose headings may lack a rule, if a column of numbers follows
ROWS_BELOW = 8  # rows in which that column is looked for
MAX_TABLE = 2_000_000  # characters before a passage in which the first row of a table is looked for
MAX_LABEL = 80  # characters of a heading or row name that are read with each cell

_ROW = re.compile(r"[ \t]*\|")
_BORDER = re.compile(r"(?<!\\)\|")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")

Row = list[Span | None]
"""Spans of a row's cells without surrounding white space; None for an empty cell."""


@dataclass(frozen=True, slots=True, eq=False)
class ReaderInput:
    """A text to be read, and its segments: sentences and cells, one of which holds a whole answer.

    Text between segments is no part of an answer. All arrays are (segments,).

    Attributes:
        text: What the reader reads.
        starts: Where segments start in `text`, ascending.
        ends: Where they end in `text`.
        offsets: Where they start in the passage.
    """

    text: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    offsets: NDArray[np.int64]


def reader_input(document: Document, passage: Span) -> ReaderInput:
    """Return what is read of a passage, given by its span in the document."""
    writer = _Writer(document.text, passage)
    end = passage.start
    for run in _runs(document.text, passage):
        writer.add(document.text[end : run[0].start])
        if document.text[run[0].start] == "|":
            _write_table(writer, document.text, run)
        else:
            writer.add_segment(run[0])
        end = run[-1].end
    writer.add(document.text[end : passage.end])
    starts, ends, offsets = np.array(writer.segments, np.int64).reshape(-1, 3).T
    return ReaderInput("".join(writer.parts), starts, ends, offsets)


class _Writer:
    """Builds a `ReaderInput` from segments of a document and added words."""

    def __init__(self, source: str, passage: Span) -> None:
        self._source, self._passage, self._length = source, passage, 0
        self.parts: list[str] = []
        self.segments: list[tuple[int, int, int]] = []

    def add(self, words: str) -> None:
        """Add words that are no part of an answer."""
        self.parts.append(words)
        self._length += len(words)

    def add_segment(self, span: Span) -> None:
        """Add a sentence or cell of the passage."""
        self.segments.append((self._length, self._length + len(span), span.start - self._passage.start))
        self.add(self._source[span.start : span.end])


def _runs(text: str, passage: Span) -> Iterator[list[Span]]:
    """Yield the sentences of a passage, each in a list of its own; rows of one table share a list."""
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
    """Write every cell of a table after its heading and the name of its row.

    The first column that mostly holds words, not numbers or dates, names the rows.
    """
    first, headings = _headings(text, rows[0].start)
    rows = [row for row in rows if not _is_rule(text[row.start : row.end])]
    body = [_cells(text, row) for row in rows if row.start != first or not headings]
    if not body:
        headings, body = [], [_cells(text, row) for row in rows]
    naming = (_column(text, body, _LETTER) or 0) if headings else 0
    for cells in body:
        name = cells[naming] if naming < len(cells) else None
        others = [
            (cell, column) for column, cell in enumerate(cells) if cell is not None and column != naming
        ]
        for cell, column in others:
            heading = headings[column] if column < len(headings) else None
            if heading is not None:
                writer.add(text[heading.start : heading.end][:MAX_LABEL])
            if name is not None:
                writer.add("" if heading is None else " of ")
                if len(name) > MAX_LABEL:
                    writer.add(text[name.start : name.start + MAX_LABEL])
                else:
                    writer.add_segment(name)
            writer.add("" if heading is None and name is None else ": ")
            writer.add_segment(cell)
            writer.add(". ")
        if name is not None and not others:
            writer.add_segment(name)
            writer.add(".")
        writer.add("\n")


def _is_rule(line: str) -> bool:
    """Whether a line is the rule under a row of headings: `|---|:-:|`."""
    line = line.strip()
    return line.startswith("|") and "-" in line and not line.strip("|:- \t")


def _headings(text: str, offset: int) -> tuple[int, Row]:
    """Return where the first row of the table around `offset` starts, and its cells if they are headings.

    They are headings if a rule follows, or if none holds a digit and a column of numbers is below.
    """
    top = text.rfind("\n", 0, offset) + 1  # start of the highest row found so far
    lowest = max(0, offset - MAX_TABLE)
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
    worded = len(cells) >= MIN_HEADINGS and _DIGIT.search(text, first, end) is None
    numbers = worded and _column(text, _rows_below(text, end), _DIGIT) is not None
    return first, cells if ruled or numbers else []


def _rows_below(text: str, end: int) -> list[Row]:
    """Return the first rows below the line that ends at `end`."""
    rows: list[Row] = []
    while len(rows) < ROWS_BELOW and (row := _ROW.match(text, end + 1)) is not None:
        end = _line_end(text, row.end())
        rows.append(_cells(text, Span(row.end() - 1, end)))
    return rows


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def _cells(text: str, row: Span) -> Row:
    borders = [border.start() for border in _BORDER.finditer(text, row.start + 1, row.end)]
    edges = pairwise([row.start, *borders, row.end])
    cells = [strip_span(text, left + 1, right) for left, right in edges]
    return cells if cells[-1] is not None else cells[:-1]  # a closing border is followed by no cell


def _column(text: str, rows: Sequence[Row], pattern: re.Pattern[str]) -> int | None:
    """Return the first column in which most rows have a cell that matches, None if there is none."""
    for column in range(max(map(len, rows), default=0)):
        cells = [cells[column] for cells in rows if column < len(cells)]
        held = sum(
            cell is not None and pattern.search(text, cell.start, cell.end) is not None for cell in cells
        )
        if 2 * held > len(rows):
            return column
    return None
