"""Letters that make no words: files whose fonts say the wrong letters."""

from __future__ import annotations

import re

MIN_LETTERS = 120
"""A shorter text is not judged."""

VOWELS_LEAST, VOWELS_MOST = 0.2, 0.7
"""Text in Latin letters has a share of vowels between these."""

MIXED_MOST = 0.6
"""The greatest share of words with capitals or marks in their middle."""

MIN_WORDS = 20
"""A text with fewer different words is not judged."""

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_VOWEL = re.compile(r"[aeiouyAEIOUYÀ-ÆÈ-ÏÒ-ÖØ-Ýà-æè-ïò-öø-ýÿĀ-ąĒ-ěĨ-ıŌ-œŨ-ųŶ-ŸơƠưƯǍ-ǜ]")
_WORD = re.compile(r"\S{3,}")
_DIGIT = re.compile(r"\d")
_PLAIN = re.compile(r"[^\w\s]*(?:[^\W_]?[^\W_A-Z]+|[^\W_a-z]+)(?:[-’'./][\w]+)*[^\w\s]*")


def is_letter_salad(text: str) -> bool:
    """Return whether most words of a text in Latin letters are none, as if letters were swapped."""
    letters = len(_LATIN.findall(text))
    if letters < MIN_LETTERS or 2 * letters < sum(map(str.isalpha, text)):
        return False
    words = _WORD.findall(text)
    if len(set(words)) < MIN_WORDS:
        return False
    vowels = len(_VOWEL.findall(text)) / letters
    if not VOWELS_LEAST <= vowels <= VOWELS_MOST:
        return True
    mixed = sum(_DIGIT.search(word) is None and _PLAIN.fullmatch(word) is None for word in words)
    return mixed > MIXED_MOST * len(words)
