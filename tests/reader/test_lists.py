"""Lists as answers: which questions ask for one, and which list they are about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.documents import Document, Span, text_document
from qa.reader import Candidate, ScoredAnswer, find_list, with_list, with_named_list
from qa.reader.lists import NAMED_CONFIDENCE, asks_for_list
from qa.results import Passage
from tests.blocks import at

BREAD = """# Recipes

## Rye bread

You need:

- rye flour
- salt
  - from the sea
- sourdough

Knead it well.

## How to enrol

1. Fill in the form.
2. Pay the fee.
"""


def passages(document: Document) -> list[Passage]:
    return [Passage(document, Span(0, len(document.text)), 0.9, 1, 1)]


@pytest.mark.parametrize(
    "question",
    [
        "What are the side effects?",
        "Which documents must be brought?",
        "What three things are needed?",
        "Name all members.",
        "Please list the rules",
        "What do I need for the bread?",
        "What is needed for rye bread?",
    ],
)
def test_questions_for_several_things(question: str) -> None:
    assert asks_for_list(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the fee?",
        "When is it open?",
        "Which hut is open?",
        "Who are you?",
        "What was this about?",
        "How many?",
    ],
)
def test_questions_for_one_thing(question: str) -> None:
    assert not asks_for_list(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What do I need for the rye bread?", ["rye flour", "salt\n  - from the sea", "sourdough"]),
        ("Which steps are needed to enrol?", ["Fill in the form.", "Pay the fee."]),
        ("What are the members of the crew?", None),
        ("When is rye bread needed?", None),
    ],
)
def test_a_list_is_found_by_what_stands_above_it(question: str, expected: list[str] | None) -> None:
    document = text_document(BREAD, name="a.md")
    found = find_list(question, passages(document))
    assert (None if found is None else [document[item] for item in found.items]) == expected


def test_candidates_in_the_list_become_the_list() -> None:
    document = text_document(BREAD, name="a.md")
    (passage,) = passages(document)
    found = find_list("What do I need for the rye bread?", [passage])
    assert found is not None
    flour, well = (
        Candidate(passage, at(document, "flour"), 4.0),
        Candidate(passage, at(document, "well"), 5.0),
    )
    salt = Candidate(passage, at(document, "salt"), 3.0)
    assert found.is_named
    assert with_list([well, flour, salt], found) == [Candidate(passage, found.span, 5.0), well]
    unnamed = replace(found, is_named=False)
    assert with_list([well, flour, salt], unnamed) == [well, Candidate(passage, found.span, 4.0)]
    assert with_list([well], found) == [well]


def test_a_list_of_bullets_without_anything_above() -> None:
    document = text_document("- flour\n- salt", name="a.md")
    assert find_list("What are the spices?", passages(document)) is None


def test_a_list_that_the_question_names_is_likely() -> None:
    """It comes first if nothing is likelier; a list on the same topic keeps the probability of its words."""
    document = text_document(BREAD, name="a.md")
    (passage,) = passages(document)
    found = find_list("What do I need for the rye bread?", [passage])
    assert found is not None
    answers = [
        ScoredAnswer(Candidate(passage, span, 1.0), probability, (), ())
        for span, probability in ((at(document, "well"), 0.4), (found.span, 0.3))
    ]
    likely = with_named_list(answers, found)
    assert (likely[0].candidate.span, likely[0].probability) == (found.span, NAMED_CONFIDENCE)
    assert with_named_list(answers, replace(found, is_named=False)) == answers
