"""Dates: the day that a document states as its own, if it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from qa.documents.document import Document

BEGINNING = 2_000
"""Characters of the beginning in which a line with the date is sought."""

MOST_LINES = 12
MOST_WORDS = 8
"""A longer line is a sentence of the text, whose date may be of anything."""

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?P<month>{'|'.join(f'{name}|{name[:3]}' for name in _MONTHS)}|sept)\.?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)",
        rf"(?<!\w)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})(?!\d)",
        rf"(?<!\w){_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d)",
    )
)


def stated_date(document: Document) -> date | None:
    """Return the date in the document's name, or on a short line of its beginning; None if there is none.

    A short line is one such as "Date: 3 February 2025" or "Updated 2025-02-03". Dates in sentences are of
    what the text tells, so they do not count.
    """
    lines = (line for line in document.text[:BEGINNING].splitlines() if line.strip())
    short = (line for line in islice(lines, MOST_LINES) if len(line.split()) <= MOST_WORDS)
    return next((found for text in (document.id, *short) for found in _dates(text)), None)


def _dates(text: str) -> Iterator[date]:
    for form in _FORMS:
        for found in form.finditer(text):
            month = found["month"].lower()
            number = int(month) if month.isdigit() else 1 + [n[:3] for n in _MONTHS].index(month[:3])
            try:
                yield date(int(found["year"]), number, int(found["day"]))
            except ValueError:  # the 31st of June
                continue
