"""Spelling correction: misspelt words take the texts' spelling, and nothing else changes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.spelling import correct_spelling, has_initials, is_one_slip, with_known_initials

TEXTS = ["Minister Mohsin Naqvi crossed the bridge.", "The bridges, the Bridge. Weight: 11 kg."]


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("brige", "bridge"),  # a letter lost
        ("briddge", "bridge"),  # doubled
        ("wieght", "Weight"),  # swapped
        ("Naqwi", "Naqvi"),  # replaced
        ("BRIGDE", "bridge"),
    ],
)
def test_a_misspelt_word_takes_the_spelling_of_the_texts(typed: str, corrected: str) -> None:
    assert correct_spelling(f"What is the {typed}?", {typed}, TEXTS) == f"What is the {corrected}?"


@pytest.mark.parametrize("typed", ["ridge", "brim", "museum", "kgg", "naqvi2"])
def test_a_word_unlike_all_others_stays(typed: str) -> None:
    """A different first letter, too few common letters, a short word, a code."""
    assert correct_spelling(f"What is the {typed}?", {typed}, TEXTS) == f"What is the {typed}?"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hypertension", "hypotension"),
        ("prednisone", "prednisolone"),
        ("lessor", "lessee"),
        ("mortgagor", "mortgagee"),
        ("inhale", "exhale"),
        ("bridge", "bridge"),
    ],
)
def test_words_that_are_merely_alike_are_different_words(one: str, other: str) -> None:
    assert not is_one_slip(one, other)
    assert correct_spelling(f"What is {one}?", {one}, [f"The {other}."]) == f"What is {one}?"


def test_the_most_frequent_of_several_words_is_taken() -> None:
    assert correct_spelling("carz", {"carz"}, ["A card, a cart.", "The cart."]) == "cart"


def test_only_unknown_words_are_replaced() -> None:
    question = "Is the brige, the brige or the bridgs heavy (wieght)?"
    assert (
        correct_spelling(question, {"brige"}, TEXTS)
        == "Is the bridge, the bridge or the bridgs heavy (wieght)?"
    )
    assert correct_spelling(question, set(), TEXTS) == question
    assert correct_spelling(question, {"brige"}, []) == question


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_only_whole_words_are_replaced(question: str, texts: list[str]) -> None:
    """For any Unicode text: each word is kept or taken from the texts, and the rest is kept."""
    corrected = correct_spelling(question, set(re.findall(r"\w+", question)), texts)
    between = re.compile(r"[\W\d_]+")
    assert between.findall(corrected) == between.findall(question)
    for word, typed in zip(between.split(corrected), between.split(question), strict=True):
        assert word == typed or any(word in between.split(text) for text in texts)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What did the W.H.O. say?", "The World Health Organization (WHO) warned.", "What did the WHO say?"),
        ("Is it in the U.S.?", "The US has it.", "Is it in the US?"),
        ("What did the UN say?", "The U.N. warned.", "What did the U.N. say?"),
        ("What did the UN say?", "The UN is the U.N. of old.", "What did the UN say?"),
        ("What did the W.H.O. say?", "Who said it? The WHOLE town.", "What did the W.H.O. say?"),
        ("WHO IS IT?", "It is I.", "WHO IS IT?"),
    ],
)
def test_initials_are_written_as_in_the_texts(question: str, text: str, expected: str) -> None:
    assert has_initials(question)
    assert with_known_initials(question, [text]) == expected
