"""Spelling: correct a single typing error in unknown words, and write initials as the texts do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

MIN_LETTERS = 4  # of a word that is corrected

_WORD = re.compile(r"[^\W\d_]+")
_DOTTED, _CAPITALS = re.compile(r"\b(?:[A-Z]\.){2,}"), re.compile(r"\b[A-Z]{2,5}\b")
_POSSESSIVE = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]s$", re.IGNORECASE)


def without_possessive(word: str) -> str:
    """Return the word without a possessive 's."""
    return _POSSESSIVE.sub("", word)


def correct_spelling(question: str, unknown: Collection[str], texts: Iterable[str]) -> str:
    """Replace unknown words of a question with words of the texts that are one typing error away.

    A replacement begins with the same letter. If there are several, the most frequent is taken, in its most
    frequent spelling. Words of fewer than `MIN_LETTERS` letters are left unchanged. Words that are merely
    similar are different words: hypertension and hypotension, prednisone and prednisolone.

    Source of the kinds of error: Damerau 1964.

    Args:
        question: The question as typed.
        unknown: The words of the question that may be replaced, spelt as there.
        texts: The texts to take words from.
    """
    spellings: dict[str, Counter[str]] = {}
    for text in texts:
        for word in _WORD.findall(text):
            spellings.setdefault(word.casefold(), Counter())[word] += 1

    def corrected(match: re.Match[str]) -> str:
        word = match.group()
        if word not in unknown or len(word) < MIN_LETTERS:
            return word
        folded = word.casefold()
        meant = [other for other in spellings if other[0] == folded[0] and is_one_slip(folded, other)]
        if not meant:
            return word
        best = max(meant, key=lambda other: spellings[other].total())
        return spellings[best].most_common(1)[0][0]

    return _WORD.sub(corrected, question)


def has_initials(question: str) -> bool:
    """Return whether a question has initials that may be written in another way: W.H.O., WHO."""
    return _DOTTED.search(question) is not None or _CAPITALS.search(question) is not None


def with_known_initials(question: str, texts: Iterable[str]) -> str:
    """Return a question with its initials written as in the texts, with dots or without."""
    text = "\n".join(texts)

    def known(match: re.Match[str]) -> str:
        initials = match[0]
        plain = initials.replace(".", "")
        other = plain if "." in initials else "".join(f"{letter}." for letter in plain)
        is_other = re.search(rf"(?<![\w.]){re.escape(other)}(?!\w)", text) is not None
        return other if is_other and initials.rstrip(".") not in text else initials

    return _CAPITALS.sub(known, _DOTTED.sub(known, question))


def is_one_slip(one: str, other: str) -> bool:
    """Return whether losing, adding, replacing or swapping one letter turns one word into the other."""
    start = _common_letters(one, other)
    one, other = one[start:], other[start:]
    end = _common_letters(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    swapped = len(one) == len(other) == 2 and one == other[::-1]
    return swapped or max(len(one), len(other)) == 1


def _common_letters(one: str, other: str) -> int:
    """Return how many letters two words share at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
