"""Footnotes of a PDF: small lines with a mark at the foot of a column, set aside from its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.documents.parsers.pdf.lines import Line
from qa.documents.parsers.pdf.sizes import common_size

SMALLER = 0.95
"""The font size of a footnote is less than this share of that of the text."""

_MARK = re.compile(r"(?:[⁰¹²³⁴-⁹]+|\(?\[?\d{1,3}[\]).]?|[*†‡§¶]+|[a-z][.)])\s*\S")


def mark_footnotes(pages: Sequence[Sequence[Line]]) -> None:
    """Mark the lines of footnotes as set aside.

    Args:
        pages: The lines of each page in reading order.
    """
    body = common_size(line for lines in pages for line in lines)
    for lines in pages:
        position = 0
        while position < len(lines):
            end = _end(lines, position, body)
            for line in lines[position:end]:
                line.aside = True
            position = max(end, position + 1)


def _end(lines: Sequence[Line], start: int, body: float) -> int:
    """Return where the footnotes that begin at a line end, `start` if none begin there."""
    first = lines[start]
    if start == 0 or not _is_small(first, body) or _MARK.match(first.text) is None:
        return start
    end = start + 1
    while end < len(lines) and _is_small(lines[end], body) and lines[end].baseline < lines[end - 1].baseline:
        end += 1
    above = [line for line in lines[:start] if not line.row and line.size >= SMALLER * body]
    at_foot = end == len(lines) or lines[end].baseline > first.baseline or lines[end].aside
    return end if at_foot and any(line.baseline > first.baseline for line in above) else start


def _is_small(line: Line, body: float) -> bool:
    return line.size < SMALLER * body and not line.row
