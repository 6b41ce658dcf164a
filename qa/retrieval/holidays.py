"""Holidays: a question about "Christmas Day" is read as one about "25 December" if the texts say that."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa.documents import written_dates

# Names of the holidays with a fixed date, by (month, day of the month).
_NAMES = {
    (1, 1): "new year's(?: day)?",
    (2, 14): "(?:st\\.? )?valentine's(?: day)?",
    (3, 1): "st\\.? david's day",
    (3, 8): "(?:international )?women's day",
    (3, 17): "st\\.? patrick's day",
    (4, 1): "april fools?'s?(?: day)?",
    (4, 23): "st\\.? george's day",
    (4, 25): "anzac day",
    (5, 1): "may day|(?:international )?workers' day",
    (6, 19): "juneteenth",
    (7, 1): "canada day",
    (7, 4): "(?:the )?fourth of july",
    (7, 14): "bastille day",
    (8, 15): "assumption day",
    (10, 31): "hallowe'en",
    (11, 1): "all saints'(?: day)?",
    (11, 2): "all souls'(?: day)?",
    (11, 11): "armistice day|remembrance day|veterans' day",
    (11, 30): "st\\.? andrew's day",
    (12, 6): "st\\.? nicholas'(?: day)?",
    (12, 24): "christmas eve|xmas eve",
    (12, 25): "christmas(?: day)?|xmas(?: day)?",
    (12, 26): "boxing day|st\\.? stephen's day",
    (12, 31): "new year's eve",
}
# A longer name that begins with a holiday is not that holiday: "the Christmas market".
_NOTHING_ELSE = r"(?![\w'’-]|\s+(?!(?:and|at|between|for|from|in|next|of|on|or|this|to|until)\b)\w)"
_FORMS = {
    day: re.compile(
        rf"\b(?P<at>at\s+)?(?P<name>{names})".replace("'", "['’]?") + _NOTHING_ELSE, re.IGNORECASE
    )
    for day, names in _NAMES.items()
}

# "24, 25 and 31 December": matches each day but the last, together with the month.
_LISTED = re.compile(
    r"(?<!\w)(\d{1,2})(?=(?:\s*(?:,|and|or|&)\s*\d{1,2})+\s+(?:of\s+)?([a-z]{3,9}))", re.IGNORECASE
)


def names_holiday(question: str) -> bool:
    """Return whether a question mentions a holiday, by name or by date."""
    dated = any((found.month, found.day) in _FORMS for found in written_dates(question))
    return dated or any(form.search(question) for form in _FORMS.values())


def with_known_holidays(question: str, texts: Iterable[str]) -> str:
    """Return a question with its holidays written as in the texts, by name or by date.

    Dates with a year are left alone, and so are holidays that the texts already write in the same way.
    """
    text = "\n".join(texts)
    listed = [f"{day} {month}" for day, month in _LISTED.findall(text)]
    dated = "; ".join([text, *listed])
    dates = {
        (found.month, found.day): " ".join(dated[found.span.start : found.span.end].rstrip(".").split())
        for found in written_dates(dated)
        if found.year is None
    }
    for found in sorted(written_dates(question), reverse=True):
        day, span = (found.month, found.day), found.span
        named = _FORMS[day].search(text) if day in _FORMS and found.year is None else None
        if named is not None and day not in dates:
            question = question[: span.start] + named["name"] + question[span.end :]
    for day, form in _FORMS.items():
        asked = form.search(question)
        if asked is not None and day in dates and form.search(text) is None:
            at = "" if asked["at"] is None else "on "
            question = question[: asked.start()] + at + dates[day] + question[asked.end() :]
    return question
