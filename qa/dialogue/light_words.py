"""Light words: words in questions that say little about the topic."""

from __future__ import annotations

from collections.abc import Iterable

from qa.dialogue.words import word_set

_LIGHT_WORDS = word_set(
    """
    took taken made said told gave given
    ask become begin call cause come consider describe do end exactly explain find get give go
    happen hold kind know let list long look main make many mean mention much name need number
    occur often old one part people person place possible put reason refer say see show sort
    start state take tell text thing time try turn type use want way word work
    """
)


def is_light(word: str) -> bool:
    """Return whether a lower-case word says so little that it means nothing if no document has it."""
    stems = {word, word.removesuffix("s"), word.removesuffix("ed"), word.removesuffix("d")}
    return not stems.isdisjoint(_LIGHT_WORDS)


def without_light(words: Iterable[str]) -> list[str]:
    """Return the words that are not light. They may be in upper or lower case."""
    return [word for word in words if not is_light(word.casefold())]
