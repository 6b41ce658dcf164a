"""Tables written with bars, as in Markdown: `| cell | cell |`, with or without the bars at the ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from qa.documents.block import Block, Cell, Kind
from qa.documents.heading_rows import with_headings
from qa.documents.span import Span, strip_span

_BAR = re.compile(r"(?<!\\)\|")


def bar_table(text: str, lines: Sequence[Span], *, depth: int = 0) -> Block | None:
    """Return the table on lines that are stripped of white space; None if all cells are empty.

    A first row above a rule, `|---|:-:|`, holds headings; `with_headings` looks for those without a rule.
    """
    rows = [line for line in lines if not is_rule(text[line.start : line.end])]
    cells = [cell for number, row in enumerate(rows) for cell in _cells(text, row, number)]
    if not cells:
        return None
    if len(lines) > 1 and rows and rows[0] == lines[0] and is_rule(text[lines[1].start : lines[1].end]):
        headed = len(rows) > 1
        cells = [replace(cell, is_heading=headed and cell.row == 0) for cell in cells]
    cells = with_headings(text, cells)
    return Block(Kind.TABLE, Span(lines[0].start, lines[-1].end), depth, cells=tuple(cells))


def is_rule(line: str) -> bool:
    """Return whether a line is the rule under a row of headings: `|---|:-:|`."""
    line = line.strip()
    return "|" in line and "-" in line and not line.strip("|:- \t")


def _cells(text: str, row: Span, number: int) -> list[Cell]:
    bars = [match.start() for match in _BAR.finditer(text, row.start, row.end)]
    if not bars or bars[0] != row.start:
        bars.insert(0, row.start - 1)
    if bars[-1] != row.end - 1 or len(bars) == 1:
        bars.append(row.end)
    spans = [strip_span(text, left + 1, right) for left, right in pairwise(bars)]
    return [Cell(span, number, column) for column, span in enumerate(spans) if span is not None]
