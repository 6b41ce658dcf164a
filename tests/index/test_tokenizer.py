"""Tokenizer against that of bm25s, whose stop words it has."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.index import content_words
from qa.index.bm25 import BM25Index
from qa.index.stop_words import STOP_WORDS
from tests.texts import TEXTS


@settings(deadline=None)  # the first example imports libraries
@given(st.lists(TEXTS, max_size=3))
def test_words_are_those_of_bm25s(texts: list[str]) -> None:
    import bm25s
    import Stemmer

    folded = [text.casefold() for text in texts]
    expected = bm25s.tokenize(
        folded,
        token_pattern=r"\w+(?:'\w+)*",
        stopwords=sorted(STOP_WORDS),
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
    )
    for text, words, stems in zip(folded, content_words(folded), expected, strict=True):
        if text.isascii():  # other texts lose accents and invisible characters first
            assert words == stems


def test_stop_words_are_those_of_bm25s() -> None:
    """Except for single letters: the D of a vitamin is a word."""
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    assert {word for word in STOPWORDS_EN_PLUS if len(word) > 1} | {"a", "i"} == STOP_WORDS


def test_invisible_characters_do_not_split_words() -> None:
    index = BM25Index.build(["The drift\u200bwood, the har\xadbour and the \ufefflight\u200dhouse"])
    assert index.missing_words("driftwood harbour lighthouse") == ()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("meeting", "They met at several MEETINGS."),
        ("Naqvi", "Naqvi’s visit"),
        ("Tschappat", "Herr Tschäppät spoke."),
        ("Tschäppät", "Herr Tscha\u0308ppa\u0308t spoke."),
        ("straße", "Die STRASSE"),
        ("vitamin D", "D is a letter"),
        ("2026", "on 24 July 2026."),
        ("Брюссель", "Встреча в городе БРЮССЕЛЬ"),
    ],
)
def test_forms_of_a_word_are_equal(question: str, text: str) -> None:
    """Case, accents, apostrophes and English endings do not count."""
    index = BM25Index.build(["Nothing to see.", text])
    assert [row for row, _ in index.search(question, 2)] == [1]
