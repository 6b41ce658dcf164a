"""Same answer: whether two quotations say the same in other words, decided by rules.

The rules are narrow, since merging two different answers would hide a disagreement. Quotations with different
numbers are never the same.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from qa.dialogue import word_set
from qa.documents import written_dates

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|%")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ALIKE = {
    **{word: str(number) for number, word in enumerate(_ONES.split())},
    **{word: str(10 * number) for number, word in enumerate(_TENS.split(), start=2)},
    "percent": "%",
    "per": "",
    "cent": "%",
}
_LEADING = word_set("a an the in on at its his her their our")
"""Words that make no difference at the beginning of a quotation."""

_OTHER = word_set(
    """
    not no non never neither nor without except but former ex vice deputy acting assistant co anti least most
    more less than over under above below before after until till since by about around nearly almost up down
    only first second third last next north south east west new of and or for to with from between against
    via versus
    """
)
"""Words that make a longer quotation say something else: denials, bounds, other ranks, other heads."""


def same_answer(one: str, other: str) -> bool:
    """Return whether two quotations give the same answer.

    They do if they have the same words, whatever their case and spacing and however numbers and dates are
    written: "14 March" and "March 14th", "twelve" and "12". They also do if one is the other with words added
    before its head or in apposition: "Bernard Quinten", "Belgian Interior Minister Bernard Quinten", "Bernard
    Quinten, Belgian Interior Minister".
    """
    short, long = sorted((_words(one), _words(other)), key=len)
    if short == long:
        return bool(short) or " ".join(one.split()) == " ".join(other.split())
    if not short or _numbers(short) != _numbers(long):
        return False
    if Counter(short) == Counter(long):
        return False  # different order: "from Ghent to Bruges", "from Bruges to Ghent"
    longest = max((one, other), key=lambda text: len(_words(text)))
    if long[-len(short) :] == short:
        added = long[: -len(short)]
        return not _OTHER.intersection(added) and (len(short) > 1 or _ends_with_name(one, other))
    return long[: len(short)] == short and _is_apposition(longest, len(short))


def _ends_with_name(*texts: str) -> bool:
    """Return whether the last word of each text is a name."""
    last = [_TOKEN.findall(text)[-1] for text in texts]
    return all(word.isalpha() and word[0].isupper() and len(word) > 2 for word in last)


def _is_apposition(text: str, count: int) -> bool:
    """Return whether only a description follows the first `count` words, after a comma."""
    first, *rest = text.split(",")
    return (
        len(rest) == 1
        and len(_words(first)) == count
        and not _OTHER.intersection(_words(rest[0])[:1])
        and "and" not in _words(rest[0])
    )


@lru_cache(4096)
def _words(text: str) -> tuple[str, ...]:
    """Return the normalised words of a quotation, without leading ones that make no difference."""
    words = []
    for token in _TOKEN.findall(_ORDINAL.sub("", _with_plain_dates(text)).casefold()):
        word = token.removesuffix("'s").removesuffix("’s")
        word = word.replace(",", "") if _GROUPED.fullmatch(word) else _ALIKE.get(word, word)
        if word:
            words.append(word)
    while len(words) > 1 and words[0] in _LEADING:
        del words[0]
    return tuple(words)


def _with_plain_dates(text: str) -> str:
    """Return a text with all dates written in one form: "2026 3 14"."""
    pieces, done = [], 0
    for written in sorted(written_dates(text)):
        if written.span.start >= done:
            year = "" if written.year is None else written.year
            pieces.append(f"{text[done : written.span.start]} {year} {written.month} {written.day} ")
            done = written.span.end
    return "".join([*pieces, text[done:]])


def _numbers(words: tuple[str, ...]) -> Counter[str]:
    return Counter(word for word in words if word[0].isdigit())
