"""Letters that do not form words: files whose fonts map to the wrong characters."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

MIN_LETTERS = 120
"""A shorter text is not judged."""

VOWELS_LEAST, VOWELS_MOST = 0.2, 0.7
"""Text in Latin letters has a share of vowels between these."""

MIXED_MOST = 0.5
"""The greatest share of words with capitals or punctuation in their middle."""

MIN_WORDS = 20
"""A text with fewer different words is not judged."""

SCRIPTS = 3
"""No word has letters of this many scripts."""

MANY_SCRIPTS_MOST = 0.2
"""The greatest share of words with letters of that many scripts."""

MAX_WORDS = 5_000
"""The most words whose scripts are examined."""

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_VOWEL = re.compile(r"[aeiouyAEIOUYÀ-ÆÈ-ÏÒ-ÖØ-Ýà-æè-ïò-öø-ýÿĀ-ąĒ-ěĨ-ıŌ-œŨ-ųŶ-ŸơƠưƯǍ-ǜ]")
_WORD = re.compile(r"\S{3,}")
_DIGIT = re.compile(r"\d")
_PLAIN = re.compile(r"[^\w\s]*(?:[^\W_]?[^\W_A-Z]+|[^\W_a-z]+)(?:[-’'./][\w]+)*[^\w\s]*")


def is_letter_salad(text: str) -> bool:
    """Return whether a text is garbled, as if its letters were swapped.

    It is if many words mix scripts, or if a text in Latin letters has too few or too many vowels, or capitals
    or punctuation in the middle of most words.
    """
    if not text.isascii() and _mixes_scripts(text):
        return True
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


def _mixes_scripts(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if not word.isascii()][:MAX_WORDS]
    mixed = sum(len(set(map(_script, filter(str.isalpha, word)))) >= SCRIPTS for word in words)
    return len(words) >= MIN_WORDS and mixed > MANY_SCRIPTS_MOST * len(words)


@cache
def _script(letter: str) -> str:
    """Return the script of a letter. The Japanese scripts count as one."""
    script = unicodedata.name(letter, "").partition(" ")[0]
    return "JAPANESE" if script in ("CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "FULLWIDTH") else script
