"""Documents and topics that are asked about."""

from __future__ import annotations

import pytest

from qa.dialogue import document_asked_about, names_topic
from qa.evaluation import load_gold
from tests.helpers import GOLD


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("What is the mill survey about?", "the mill survey"),
        ("whats it about", ""),
        ("What's notes.md all about", "notes.md"),
        ("could you summarize the mill survey, please", "the mill survey"),
        ("Give me a short overview of the mill survey", "the mill survey"),
        ("what does the survey report cover?", "the survey report"),
        ("What does mill.txt say?", "mill.txt"),
        ("tell me about mill.txt", "mill.txt"),
        # A thing other than a document may cover something, or be asked about.
        ("What does the fee cover?", ""),
        ("tell me about the mill", ""),
        ("What does the report say about mills?", ""),
        ("What was the quarrel about?", ""),
    ],
)
def test_a_document_is_recognised_by_its_name_in_a_request(typed: str, name: str) -> None:
    assert document_asked_about(typed) == name


@pytest.mark.parametrize(
    "typed", ["tell me about the mill", "Describe the mill.", "i want to know more about mills"]
)
def test_the_topic_is_extracted(typed: str) -> None:
    assert names_topic(typed)


@pytest.mark.parametrize(
    "typed", ["tell me about it", "Tell me who owns the mill", "tell me about who owns it"]
)
def test_a_question_or_a_pronoun_is_not_a_topic(typed: str) -> None:
    assert not names_topic(typed)


def test_no_hand_written_question_asks_for_a_document() -> None:
    questions = [gold.question for path in GOLD.glob("*/questions.csv") for gold in load_gold(path)]
    assert len(questions) > 150
    assert [question for question in questions if document_asked_about(question)] == []


def test_ambiguous_input_is_read_quickly() -> None:
    for words in (
        "what does " + "the report " * 90,
        "what is " + "about " * 160,
        "tell me about " + "a. " * 300,
    ):
        assert document_asked_about(words) == ""
