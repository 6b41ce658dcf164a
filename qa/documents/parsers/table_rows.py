"""Table rows as lines of text: `| cell | cell |`."""

from __future__ import annotations

from collections.abc import Sequence

MAX_SPANNED_COLUMNS = 50
"""The most columns that one cell is taken to span, whatever the file says."""


def cell_text(text: str) -> str:
    """Return the text of a cell on one line, with `|` escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def row_line(cells: Sequence[str]) -> str:
    """Return a row as a line; `cells` are texts from `cell_text`, one for each column."""
    return f"| {' | '.join(cells)} |"


def rule_line(columns: int) -> str:
    """Return the line that separates a row of headings from the rows below it."""
    return f"|{'---|' * columns}"


def spanned_columns(declared: int) -> int:
    """Return how many columns a cell takes up if the file says `declared`: at least 1, within the limit."""
    return max(1, min(MAX_SPANNED_COLUMNS, declared))
