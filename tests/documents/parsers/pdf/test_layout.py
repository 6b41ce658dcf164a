"""Reading order of lines with given positions."""

from __future__ import annotations

from qa.documents.parsers.pdf.layout import reading_order
from qa.documents.parsers.pdf.lines import Line


def line(name: str, left: float, right: float, row: int) -> Line:
    words = f"{name}: the ferry to Skerra sails at nine and at noon"
    return Line(words, left, right, 700.0 - 12 * row, 10.0)


def test_a_line_that_begins_just_at_the_gutter_is_read() -> None:
    """The gutter is derived from the lines of the second column, so one of them may begin exactly there."""
    left = [line(f"left {row}", 50.0, 280.0, row) for row in range(12)]
    right = [line(f"right {row}", 300.0 if row else 300 - 0.6, 530.0, row) for row in range(12)]
    read = reading_order([line for pair in zip(left, right, strict=True) for line in pair])
    assert [line.text for line in read] == [line.text for line in (*left, *right)]
