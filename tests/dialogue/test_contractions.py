"""Contractions without an apostrophe."""

from __future__ import annotations

import pytest

from qa.dialogue import several, with_apostrophes


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("whats the fare", "what's the fare"),
        ("Wheres the inn and whos the keeper?", "Where's the inn and who's the keeper?"),
        ("why doesnt it stop", "why doesn't it stop"),
        ("its not open, is it?", "it's not open, is it?"),
    ],
)
def test_they_are_read_as_with_an_apostrophe(typed: str, read: str) -> None:
    assert with_apostrophes(typed) == read


@pytest.mark.parametrize(
    "typed", ["What is its fare?", "Whose inn were we in?", "What's it for?", "whatsoever"]
)
def test_other_words_are_left_alone(typed: str) -> None:
    assert with_apostrophes(typed) == typed


def test_several_questions_with_them_are_split() -> None:
    assert several("What's it for and whats the fare?") == ["What's it for?", "whats the fare?"]
