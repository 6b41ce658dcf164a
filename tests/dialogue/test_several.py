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
        # The verb may follow what is counted, measured or named, or may not be an auxiliary.
        (
            "How tall is the mast and how many lamps are on it?",
            ["How tall is the mast?", "how many lamps are on it?"],
        ),
        (
            "Where is Norvik and how many people work there?",
            ["Where is Norvik?", "how many people work there?"],
        ),
        ("How deep is it and how far does it reach?", ["How deep is it?", "how far does it reach?"]),
        ("What did the roof cost and who mended it?", ["What did the roof cost?", "who mended it?"]),
        (
            "Which road leads to Norvik and what happens in snow?",
            ["Which road leads to Norvik?", "what happens in snow?"],
        ),
        ("Who keeps the keys and what size are they?", ["Who keeps the keys?", "what size are they?"]),
        ("When did it fall and which team lifted it?", ["When did it fall?", "which team lifted it?"]),
        ("Is it for rent, and to whom was it let?", ["Is it for rent?", "to whom was it let?"]),
        # Bare question words only ask more about the first question.
        ("When was the roof mended and by whom?", ["When was the roof mended?", "by whom?"]),
        ("Was a fine paid and how much?", ["Was a fine paid?", "how much?"]),
        ("Who left, and when and why?", ["Who left?", "when?", "why?"]),
        ("Who left and when and where did he land?", ["Who left?", "when and where did he land?"]),
        ("Who mended it? Where?", ["Who mended it?", "Where?"]),
        ("By whom was it sold and at what price?", ["By whom was it sold?", "at what price?"]),
    ],
)
def test_several_questions_are_split(typed: str, parts: list[str]) -> None:
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
        "How much and how often does it snow?",
        "How many cups and how many plates broke?",
        "In which month and in which town did they marry?",
        "What colour scarves and what colour coats do they wear?",
        "Who hired and paid the crew?",
        "Who drew the map and sold it?",
        "Which lakes are deep and which are shallow?",
        "Does the letter say who wrote it and who signed it?",
        "Do you know when and why?",
        "What runs between Norvik and which town?",
        "Who came, and who else?",
        "When and by whom was the roof mended?",
        "?",
        "Who? " * 9,
    ],
)
def test_one_question_is_not_split(typed: str) -> None:
    assert several(typed) == [typed]
