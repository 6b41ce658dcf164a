"""The day that a document states as its own."""

from __future__ import annotations

from datetime import date

import pytest

from qa.documents import Document, stated_date


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("minutes 2026-03-14.txt", "Minutes\n\nDate: 3 February 2025\n", date(2026, 3, 14)),
        ("a.txt", "Closure of the car park\n\nDate: 3 February 2025\nFrom: Priya\n", date(2025, 2, 3)),
        ("a.txt", "News\nUpdated Sept. 9th, 2024\n", date(2024, 9, 9)),
        ("a.txt", "News\n1st of May, 2024", date(2024, 5, 1)),
        ("a.txt", "Bridge\n\nOn 9 February 1916 drifting ice tore away the two middle arches.", None),
        ("a.txt", "News\n31 June 2024\n2024-13-01\n12024-01-01", None),
        ("a.txt", "A line.\n" * 12 + "3 February 2025", None),
        ("a.txt", "", None),
    ],
)
def test_it_is_in_the_name_or_on_a_short_line_near_the_beginning(
    name: str, text: str, expected: date | None
) -> None:
    assert stated_date(Document(name, text)) == expected
