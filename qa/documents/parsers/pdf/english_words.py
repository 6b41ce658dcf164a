"""English words, to tell a hyphen that belongs to a word from one that a line end put there."""

from __future__ import annotations

from functools import cache


@cache
def _words() -> frozenset[str]:
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="en").word_frequency.words())


def is_english(word: str) -> bool:
    """Return whether a word in lower case is an English one. The first call takes a tenth of a second."""
    return word in _words()
