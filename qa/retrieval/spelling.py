"""A question's misspelt words, put right by the words of the passages that it may be about. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from difflib import get_close_matches

SHORTEST = 4  # letters of a word that is put right
LIKENESS = 0.8  # of two words, from 0 to 1; one wrong letter of five leaves as much

_WORD = re.compile(r"[^\W\d_]+")
_OWNING = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]s$", re.IGNORECASE)


def without_possessive(word: str) -> str:
    """The word without the 's that says that something is its own, which no spelling changes."""
    return _OWNING.sub("", word)


def respelled(question: str, suspects: Collection[str], texts: Iterable[str]) -> str:
    """The question with each of its words `suspects` as the texts spell the word that it is most like.

    Both begin with the same letter, and share letters in order to `LIKENESS` (difflib's ratio, after
    Ratcliff and Metzener 1988). Where no word of the texts is so like, or the suspect has fewer than
    `SHORTEST` letters, it stays.
    """
    spelt: dict[str, Counter[str]] = {}
    for text in texts:
        for word in _WORD.findall(text):
            spelt.setdefault(word.casefold(), Counter())[word] += 1

    def meant(match: re.Match[str]) -> str:
        word = match.group()
        if word not in suspects or len(word) < SHORTEST:
            return word
        small = word.casefold()
        like = get_close_matches(small, [other for other in spelt if other[0] == small[0]], 1, LIKENESS)
        return spelt[like[0]].most_common(1)[0][0] if like else word

    return _WORD.sub(meant, question)
