"""Spelling correction: unknown words of a question are replaced by similar words of the texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from difflib import get_close_matches

MIN_LETTERS = 4  # of a word that is corrected
MIN_SIMILARITY = 0.8  # difflib's ratio, 0 to 1; one wrong letter in five gives 0.8

_WORD = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]s$", re.IGNORECASE)


def without_possessive(word: str) -> str:
    """Return the word without a possessive 's."""
    return _POSSESSIVE.sub("", word)


def correct_spelling(question: str, unknown: Collection[str], texts: Iterable[str]) -> str:
    """Replace unknown words of a question by the most similar word of the texts.

    The replacement begins with the same letter and is spelt as most often in the texts. A word stays as it is
    if it has fewer than `MIN_LETTERS` letters, or if no word of the texts reaches `MIN_SIMILARITY`.

    Source of the similarity: Ratcliff and Metzener 1988, as implemented in difflib.

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
        same_letter = [other for other in spellings if other[0] == folded[0]]
        similar = get_close_matches(folded, same_letter, n=1, cutoff=MIN_SIMILARITY)
        return spellings[similar[0]].most_common(1)[0][0] if similar else word

    return _WORD.sub(corrected, question)
