"""Tokenizer for BM25: stemmed English words without stop words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import Stemmer

from qa.index.stop_words import STOP_WORDS

APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_WORD = re.compile(r"\w+(?:'\w+)*")
_TYPED_WORD = re.compile(rf"\w+(?:['{APOSTROPHE}]\w+)*")
# Words of a question that a text with the answer need not contain: "How tall ...", "Tell me ...".
_QUESTION_PHRASE = re.compile(
    r"\bhow\s+(?:big|deep|far|fast|heavy|high|large|late|long|many|much|often|old|soon|tall|wide)\b"
    r"|^\W*tell\b",
    re.IGNORECASE,
)
# Combining accents and invisible characters: soft hyphens, zero-width spaces and joiners.
_IGNORED = dict.fromkeys([*range(0x0300, 0x0370), 0xAD, *range(0x200B, 0x200E), 0x2060, 0xFEFF])


def content_words(texts: Sequence[str]) -> list[list[str]]:
    """Split texts into the words that BM25 compares.

    Case, accents, invisible characters and English endings are ignored. Stop words are left out.

    Returns:
        The stems of each text, in the order of its words.
    """
    # Casefolding turns Cherokee letters into capitals, so lower() is not redundant.
    found = [
        [word for word in _WORD.findall(_fold(text).lower()) if word not in STOP_WORDS] for text in texts
    ]
    distinct = list({word for words in found for word in words})
    stems = dict(zip(distinct, Stemmer.Stemmer("english").stemWords(distinct), strict=True))
    return [[stems[word] for word in words] for words in found]


def content_words_of(text: str) -> list[str]:
    """Return the stems of one text, see `content_words`."""
    return content_words([text])[0]


def word_stems(text: str) -> list[str]:
    """Return the stems of all words of a text, in order, stop words included."""
    return Stemmer.Stemmer("english").stemWords(_WORD.findall(_fold(text).lower()))  # type: ignore[no-any-return]


def typed_content_words(question: str) -> list[tuple[str, list[str]]]:
    """Return the content words of a question as typed, each with its stems.

    The word of measure after "how" ("tall" in "How tall ...") and an initial "tell" are left out.
    """
    composed = unicodedata.normalize("NFC", question)
    typed = _TYPED_WORD.findall(_QUESTION_PHRASE.sub(" ", composed))
    return [(word, stems) for word, stems in zip(typed, content_words(typed), strict=True) if stems]


def _fold(text: str) -> str:
    """Casefold a text, drop accents and invisible characters, and make apostrophes ASCII."""
    plain = unicodedata.normalize("NFKD", text).translate(_IGNORED)
    return unicodedata.normalize("NFC", plain).casefold().replace(APOSTROPHE, "'")
