"""Same answer: whether two quotations say the same in other words, by rule.

The rules are narrow, since two answers that are taken for one hide a disagreement. Quotations with different
numbers are never the same.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|%")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|{'|'.join(f'{name[:3]}t?' for name in _MONTHS)})\.?"
_DATES = tuple(
    re.compile(rf"\b{form}\b", re.IGNORECASE)
    for form in (
        rf"(?:the\s+)?{_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?",
        rf"{_MONTH}\s+(?:the\s+)?{_DAY}(?:,?\s+(?P<year>\d{{4}}))?",
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})",
    )
)
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBERS = {word: str(number) for number, word in enumerate(_ONES)} | {
    word: str(10 * number) for number, word in enumerate(_TENS, start=2)
}
_ALIKE = {"percent": "%", "per": "", "cent": "%", "metre": "meter", "metres": "meters"}
# Words that a quotation may begin with or not.
_LEADING = {"a", "an", "the", "in", "on", "at", "its", "his", "her", "their", "our"}
# Words that make a longer quotation say something else: denials, bounds, other ranks, other heads.
_OTHER = set(
    "not no non never neither nor without except but former ex vice deputy acting assistant co anti least most "
    "more less than over under above below before after until till since by about around nearly almost up down "
    "only first second third last next north south east west new of and or for to with from between against "
    "via versus".split()
)


def same_answer(one: str, other: str) -> bool:
    """Return whether two quotations give the same answer.

    They do if they have the same words, in whatever case and spacing, with numbers and dates written in
    any way: "14 March" and "March 14th", "twelve" and "12". And if one is the other with more before its
    head or beside it: "Bernard Quinten", "Belgian Interior Minister Bernard Quinten", "Bernard Quinten,
    Belgian Interior Minister".
    """
    short, long = sorted((_words(one), _words(other)), key=len)
    if short == long:
        return bool(short) or " ".join(one.split()) == " ".join(other.split())
    if not short or _numbers(short) != _numbers(long):
        return False
    if Counter(short) == Counter(long):
        return False  # another order: "from Ghent to Bruges", "from Bruges to Ghent"
    longest = max((one, other), key=lambda text: len(_words(text)))
    if long[-len(short) :] == short:
        added = long[: -len(short)]
        return not _OTHER.intersection(added) and (len(short) > 1 or _ends_with_name(one, other))
    return long[: len(short)] == short and _is_apposition(longest, len(short))


def _ends_with_name(*texts: str) -> bool:
    """Whether the last word of each text is a name."""
    last = [_TOKEN.findall(text)[-1] for text in texts]
    return all(word.isalpha() and word[0].isupper() and len(word) > 2 for word in last)


def _is_apposition(text: str, count: int) -> bool:
    """Whether nothing but a description follows the first words, after a comma."""
    first, *rest = text.split(",")
    return (
        len(rest) == 1
        and len(_words(first)) == count
        and not _OTHER.intersection(_words(rest[0])[:1])
        and "and" not in _words(rest[0])
    )


@lru_cache(4096)
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a quotation in one way of writing, without those it may begin with."""
    for form in _DATES:
        text = form.sub(_date, text)
    text = _ORDINAL.sub("", text)
    words = []
    for token in _TOKEN.findall(text.casefold()):
        token = token.removesuffix("'s").removesuffix("’s")
        if _GROUPED.fullmatch(token):
            token = token.replace(",", "")
        token = _ALIKE.get(token, _NUMBERS.get(token, token))
        if token:
            words.append(token)
    while len(words) > 1 and words[0] in _LEADING:
        del words[0]
    return tuple(words)


def _date(found: re.Match[str]) -> str:
    """Return a date in one way of writing: "2026 3 14"."""
    month = found["month"].lower()
    number = int(month) if month.isdigit() else next(
        position for position, name in enumerate(_MONTHS, start=1) if name.startswith(month[:3])
    )
    return f"{found['year'] or ''} {number} {int(found['day'])}"


def _numbers(words: tuple[str, ...]) -> Counter[str]:
    return Counter(word for word in words if word[0].isdigit())
