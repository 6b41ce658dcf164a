"""Enumerations: a span grows over all items of its enumeration, and over nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given

from qa.documents import Document, Span
from qa.reader import Candidate, with_enumerations
from qa.reader.enumerations import grown
from qa.results import Passage
from tests.texts import SPANS, TEXTS


def grow(text: str, words: str) -> str:
    document = Document("a.txt", text)
    start = text.index(words)
    return document[grown(document, Span(start, start + len(words)))]


@pytest.mark.parametrize(
    ("text", "words", "whole"),
    [
        ("The archive keeps tapes, records and letters.", "tapes", "tapes, records and letters"),
        ("The archive keeps tapes, records and letters.", "letters", "tapes, records and letters"),
        ("The archive keeps tapes, records and letters.", "records", "tapes, records and letters"),
        (
            "The prizes are a guitar, a canoe trip, and a hamper.",
            "a guitar",
            "a guitar, a canoe trip, and a hamper",
        ),
        ("Halls 2, 4 and 7 are heated.", "2", "2, 4 and 7"),
        ("Fires are allowed in March and October.", "March", "March and October"),
        (
            "The surgeons are Dr. Amari, Dr. Beck and Dr. Ruiz. Ask.",
            "Dr. Amari",
            "Dr. Amari, Dr. Beck and Dr. Ruiz",
        ),
        ("Ask Anja, Per or Solveig for the key.", "Per or Solveig", "Anja, Per or Solveig"),
        ("It sells soup, waffles and smoked eel in summer.", "soup", "soup, waffles and smoked eel"),
    ],
)
def test_all_items_are_taken(text: str, words: str, whole: str) -> None:
    assert grow(text, words) == whole


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He was born in Paris, studied law and died in 1900.", "Paris"),
        ("Since 1962, two bridges and a ferry cross it.", "1962"),
        ("The mill, which burnt down, was rebuilt.", "The mill"),
        ("The town lies on the Wern. It has a mill and a bridge.", "the Wern"),
        ("Soup, bread.", "Soup"),
        ("They stressed a shared commitment and pledged to help.", "a shared commitment"),
    ],
)
def test_other_words_are_left_alone(text: str, words: str) -> None:
    """Clauses, appositions, other sentences, and lists without "and"."""
    assert grow(text, words) == words


@given(TEXTS, SPANS)
def test_a_grown_span_holds_the_span(text: str, span: Span) -> None:
    if span.end <= len(text):
        found = grown(Document("a.txt", text), span)
        assert found.contains(span)
        assert found.end <= len(text)


def test_items_that_become_one_are_one_candidate() -> None:
    """With the best score; nothing outside the passage is added."""
    document = Document("a.txt", "The archive keeps tapes, records and letters.")
    whole, part = (Passage(document, Span(0, end), 1.0, 1, 1) for end in (45, 30))
    tapes, letters = Span(18, 23), Span(37, 44)
    found = with_enumerations([Candidate(whole, tapes, 2.0), Candidate(whole, letters, 5.0)])
    assert [(one.text, one.score) for one in found] == [("tapes, records and letters", 5.0)]
    assert [one.text for one in with_enumerations([Candidate(part, tapes, 2.0)])] == ["tapes"]
