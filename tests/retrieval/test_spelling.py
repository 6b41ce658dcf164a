"""Misspelt words of a question are put right by the texts, and nothing else is touched."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.spelling import respelled

TEXTS = ["Minister Mohsin Naqvi crossed the bridge.", "The bridges, the Bridge. Weight: 11 kg."]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("brige", "bridge"),  # a letter lost
        ("briddge", "bridge"),  # doubled
        ("wieght", "Weight"),  # swapped
        ("Naqwi", "Naqvi"),  # another
        ("BRIGDE", "bridge"),
    ],
)
def test_a_misspelt_word_is_written_as_the_texts_do(typed: str, meant: str) -> None:
    """Whatever its case, in the form that is the commonest there."""
    assert respelled(f"What is the {typed}?", {typed}, TEXTS) == f"What is the {meant}?"


@pytest.mark.parametrize("typed", ["ridge", "brim", "museum", "kgg", "naqvi2"])
def test_what_is_not_so_like_stays(typed: str) -> None:
    """Another first letter, too few letters in common or too few at all, a code."""
    assert respelled(f"What is the {typed}?", {typed}, TEXTS) == f"What is the {typed}?"


def test_only_suspects_are_put_right() -> None:
    """Each where it stands, and a word that is not suspected is left, however like it is to another."""
    question = "Is the brige, the brige or the bridgs heavy (wieght)?"
    assert respelled(question, {"brige"}, TEXTS) == "Is the bridge, the bridge or the bridgs heavy (wieght)?"
    assert respelled(question, set(), TEXTS) == question
    assert respelled(question, {"brige"}, []) == question


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_all_but_whole_words_is_kept(question: str, texts: list[str]) -> None:
    """For any Unicode, everything between the words stays, and each word is its own or one of the texts'."""
    read = respelled(question, set(re.findall(r"\w+", question)), texts)
    between = re.compile(r"[\W\d_]+")
    assert between.findall(read) == between.findall(question)
    for word, typed in zip(between.split(read), between.split(question), strict=True):
        assert word == typed or any(word in between.split(text) for text in texts)
