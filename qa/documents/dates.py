"""Dates: those written in a text, and the one that a document states for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from qa.documents.document import Document
from qa.documents.span import Span

BEGINNING = 2_000
"""The number of characters at the beginning in which the date is looked for."""

MOST_LINES = 12
MOST_WORDS = 8
"""A longer line is a sentence, whose date may be that of anything."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december"
    rf"|sept|{'|'.join(_MONTHS)})\.?"
)
_DAY = r"(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?P<year>\d{4})(?!\d))?"
_DAY_FIRST = re.compile(rf"(?<!\w){_DAY}\s+(?:of\s+)?{_MONTH}(?!\w){_YEAR}", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"(?<!\w){_MONTH}\s+{_DAY}(?!\w){_YEAR}", re.IGNORECASE)
_DIGITS = re.compile(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")


class WrittenDate(NamedTuple):
    """A date written in a text.

    Attributes:
        span: Where it is written.
        year: The year; None if it is not written.
        month: 1 to 12, or another number in an invalid all-digit date.
        day: The day of the month, not checked.
    """

    span: Span
    year: int | None
    month: int
    day: int


def written_dates(text: str) -> Iterator[WrittenDate]:
    """Yield the dates written as "14 March 2026", "March 14th" or "2026-03-14", one form after the other."""
    for form in (_DAY_FIRST, _MONTH_FIRST, _DIGITS):
        for found in form.finditer(text):
            month = found["month"].lower()
            number = int(month) if month.isdigit() else 1 + _MONTHS.index(month[:3])
            year = None if found["year"] is None else int(found["year"])
            yield WrittenDate(Span(found.start(), found.end()), year, number, int(found["day"]))


def stated_date(document: Document) -> date | None:
    """Return the date in the document's name or on a short line near its beginning; None if there is none.

    Short lines are, for example, "Date: 3 February 2025" and "Updated 2025-02-03". Dates in sentences do not
    count, since they belong to what the text is about.
    """
    lines = (line for line in document.text[:BEGINNING].splitlines() if line.strip())
    short = (line for line in islice(lines, MOST_LINES) if len(line.split()) <= MOST_WORDS)
    return next((found for text in (document.id, *short) for found in _days(text)), None)


def _days(text: str) -> Iterator[date]:
    for written in written_dates(text):
        try:
            if written.year is not None:
                yield date(written.year, written.month, written.day)
        except ValueError:  # the 31st of June
            continue
