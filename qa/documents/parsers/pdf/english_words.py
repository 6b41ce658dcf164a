"""English words, to distinguish a hyphen that belongs to a word from one added at a line end."""

from __future__ import annotations

from functools import cache


@cache
def _words() -> frozenset[str]:
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.words())


def is_english(word: str) -> bool:
    """Return whether a word in lower case is English. The first call loads the list of words."""
    return word in _words()
