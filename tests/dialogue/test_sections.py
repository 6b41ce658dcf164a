"""Requests for sections are recognised, and questions are left alone."""

from __future__ import annotations

import pytest

from qa.dialogue import SectionRequest, heading_request, section_request
from qa.evaluation import load_gold
from tests.helpers import GOLD


@pytest.mark.parametrize(
    ("typed", "request_"),
    [
        ("What does the section Fees say?", SectionRequest("Fees", "section")),
        ("Show me the section on fees", SectionRequest("fees", "section")),
        ("Read me the chapter Safety, please.", SectionRequest("Safety", "chapter")),
        ("could you read out the whole section “Lost keys”?", SectionRequest("Lost keys", "section")),
        ("What is in the chapter about dogs?", SectionRequest("dogs", "chapter")),
        ("what's under the heading Opening hours", SectionRequest("Opening hours", "heading")),
        ("what does the opening hours section say", SectionRequest("opening hours")),
        ("Quote the fees section of the handbook", SectionRequest("fees of the handbook")),
        ("What does section 3.2 say?", SectionRequest("3.2", "section", "3.2")),
        ("Show me Appendix B", SectionRequest("B", "appendix", "B")),
        (
            "show chapter 2 of the handbook",
            SectionRequest("2 of the handbook", "chapter", "2", "the handbook"),
        ),
        (
            "What does the section on fees say about dogs?",
            SectionRequest("fees", "section", about="dogs"),
        ),
    ],
)
def test_a_request_names_the_section(typed: str, request_: SectionRequest) -> None:
    assert section_request(typed) == request_


@pytest.mark.parametrize(
    "typed",
    [
        "Which section is about fees?",
        "Who wrote the chapter on safety?",
        "How long is section 3?",
        "Show me the sections",
        "What does the chapter leave out?",
        "Read me the safety rules",
        "What is the section of a beam?",
    ],
)
def test_questions_about_sections_are_not_requests(typed: str) -> None:
    assert section_request(typed) is None


def test_no_hand_written_question_asks_for_a_section() -> None:
    questions = [gold.question for path in GOLD.glob("*/questions.csv") for gold in load_gold(path)]
    assert len(questions) > 150
    assert [question for question in questions if section_request(question) is not None] == []


def test_ambiguous_input_is_read_quickly() -> None:
    """A pattern that tried all readings would need minutes."""
    assert section_request("what does " + "the section of " * 65) is None
    assert heading_request("show me " + "the list of " * 80) is None
