"""An item of a list that a question names by its mark is the answer, as a whole."""

from __future__ import annotations

import pytest

from qa.documents import Span, text_document
from qa.documents.parsing import parse
from qa.reader import find_item
from qa.results import Passage

LAKE = """Rules of the lake
=================

Whoever hires a boat must meet these conditions:

{}

The harbour master decides.
"""
ITEMS = ("return it before dark;", "show lights in fog;", "keep a life jacket for each person;")


def of(question: str, marks: str) -> str | None:
    lines = "\n".join(f"{mark} {item}" for mark, item in zip(marks.split(), ITEMS, strict=True))
    document = text_document(LAKE.format(lines), name="a.txt")
    found = find_item(question, [Passage(document, Span(0, len(document.text)), 0.9, 1, 1)])
    return None if found is None else found.document[found.span]


@pytest.mark.parametrize(
    ("question", "marks", "expected"),
    [
        ("What does condition (c) require?", "(a) (b) (c)", "keep a life jacket for each person"),
        ("What is condition b?", "a) b) c)", "show lights in fog"),
        ("What does rule 3 say?", "1. 2. 3.", "keep a life jacket for each person"),
        ("What does condition (iii) say?", "i) ii) iii)", "keep a life jacket for each person"),
        ("What does condition (d) require?", "a) b) c)", None),
        ("What does step 2 say?", "1. 2. 3.", None),  # nothing above calls them so
        ("Who decides on condition 2?", "1. 2. 3.", None),
        ("What is a condition?", "a) b) c)", None),
        ("What conditions must be met in 3 boats?", "1. 2. 3.", None),
    ],
)
def test_the_item_that_a_question_names(question: str, marks: str, expected: str | None) -> None:
    assert of(question, marks) == expected


def test_a_mark_that_the_page_makes_names_an_item() -> None:
    markup = f"<h1>Steps</h1><ol type=A><li>{'<li>'.join(ITEMS)}</ol>"
    document = parse("a.html", ".html", markup.encode())
    found = find_item("What is step B?", [Passage(document, Span(0, len(document.text)), 0.9, 1, 1)])
    assert found is not None
    assert document[found.span] == "show lights in fog"
