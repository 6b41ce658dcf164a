"""An answer whose sentence says the opposite of the question, or measures something else, is not likely."""

from __future__ import annotations

import pytest

from qa.documents import Span, text_document
from qa.reader import Candidate, ScoredAnswer, with_contradictions
from qa.reader.contradictions import CONFIDENCE
from qa.results import Passage
from tests.blocks import at


@pytest.mark.parametrize(
    ("question", "text", "answer", "contradicts"),
    [
        ("What is the maximum age?", "The minimum age is sixteen.", "sixteen", True),
        (
            "What is the maximum age?",
            "The minimum age is nine and the maximum age is sixteen.",
            "sixteen",
            False,
        ),
        ("What are the minimum and maximum ages?", "The minimum age is nine.", "nine", False),
        ("When does the train arrive in Holm?", "The train departs from Holm at 08:15.", "08:15", True),
        ("How much does the employer pay?", "The employee pays 4 percent.", "4 percent", True),
        ("Who bought the house?", "The house was sold by Irma Vold in March.", "Irma Vold", True),
        ("Who bought the house?", "The house was sold to the Irma Vold trust.", "Irma Vold trust", False),
        ("How wide is the tunnel?", "The tunnel is 4,200 metres long.", "4,200 metres", True),
        (
            "How wide is the tunnel?",
            "The tunnel is 4,200 metres long and 9 metres wide.",
            "9 metres wide",
            False,
        ),
        ("How tall is the tower?", "The tower is 80 metres high.", "80 metres high", False),
        ("How old is the bridge?", "Of the bridge 80 metres were rebuilt.", "80 metres", False),
    ],
)
def test_what_a_sentence_says_of_something_else(
    question: str, text: str, answer: str, *, contradicts: bool
) -> None:
    """Only the sentence of the answer counts, and a word that it shares with the question is no other."""
    document = text_document(f"The opening is late. {text} It was the first.", name="a.txt")
    passage = Passage(document, Span(0, len(document.text)), 0.9, 1, 1)
    found = ScoredAnswer(Candidate(passage, at(document, answer), 3.0), 0.9, (), ())
    other = ScoredAnswer(Candidate(passage, at(document, "first"), 1.0), 0.4, (), ())
    answers = with_contradictions(question, [found, other])
    expected = [(other, 0.4), (found, CONFIDENCE)] if contradicts else [(found, 0.9), (other, 0.4)]
    assert [(one.candidate, one.probability) for one in answers] == [
        (one.candidate, probability) for one, probability in expected
    ]


@pytest.mark.parametrize(
    ("question", "text", "answer", "contradicts"),
    [
        ("Is the hall open on Sundays?", "The hall is closed on Sundays.", "closed", False),
        ("Is a deposit optional?", "A deposit is mandatory.", "mandatory", False),
        ("Is the maximum age sixteen?", "The minimum age is sixteen.", "sixteen", True),
    ],
)
def test_the_opposite_of_a_state_answers_by_yes_or_no(
    question: str, text: str, answer: str, *, contradicts: bool
) -> None:
    """Not the opposite of a role: what is said of the minimum says nothing of the maximum."""
    document = text_document(text, name="a.txt")
    passage = Passage(document, Span(0, len(text)), 0.9, 1, 1)
    found = ScoredAnswer(Candidate(passage, at(document, answer), 3.0), 0.9, (), ())
    (likely,) = with_contradictions(question, [found], is_yes_no=True)
    assert likely.probability == (CONFIDENCE if contradicts else 0.9)
    (unlikely,) = with_contradictions(question, [found])
    assert unlikely.probability == CONFIDENCE
