"""Several questions typed at once."""

from __future__ import annotations

import pytest

from qa.dialogue import several


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("Who opened it? When was that?", ["Who opened it?", "When was that?"]),
        ("Who opened it and when did it close?", ["Who opened it?", "when did it close?"]),
        ("Who built it, and why was it closed?", ["Who built it?", "why was it closed?"]),
        ("What is E1? And what is E2?", ["What is E1?", "what is E2?"]),
    ],
)
def test_questions_are_told_apart(typed: str, parts: list[str]) -> None:
    assert several(typed) == parts


@pytest.mark.parametrize(
    "typed",
    [
        "Who met the mayor and the minister?",
        "What happened and who knows?",
        "When and where was it built?",
        "Is it cheap? I am poor.",
        "Why did he ask who opened it and left?",
        "Who is Who?",
        "?",
        "Who? " * 9,
    ],
)
def test_one_question_is_one(typed: str) -> None:
    assert several(typed) == [typed]
