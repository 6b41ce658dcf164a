"""Evidence for a reply, and its order."""

from __future__ import annotations

import pytest

from qa.cli.output import describe
from qa.documents import Span, text_document
from qa.page.views.turns import turn_html
from qa.presentation import Turn, evidence, passages_read
from qa.results import Answer, Citation, Reply
from tests.page.dom import count, texts
from tests.replies import AGAIN, ANSWERED, MILL, NOTHING, PERHAPS, REGISTER, RIVER, SILENT, YEAR


def test_the_answer_comes_first_then_its_other_locations_then_the_candidates() -> None:
    found = evidence(ANSWERED)
    assert [item.role for item in found] == ["The answer", "The same answer elsewhere", "Another candidate"]
    assert [item.document for item in found] == [MILL, REGISTER, MILL]
    assert [item.marks for item in found] == [
        {"sentence": citation.sentence, "answer": citation.span} for citation in (YEAR, AGAIN, RIVER)
    ]
    assert [item.span for item in found] == [YEAR.span, AGAIN.span, RIVER.span]


def test_a_guess_is_called_a_guess() -> None:
    roles = [item.role for item in evidence(PERHAPS)]
    assert roles == ["The guess", "The same guess elsewhere", "Another candidate"]


def test_without_an_answer_nothing_is_called_one() -> None:
    nearest, candidate = evidence(SILENT)
    assert nearest.role == "Nearest passage, not an answer"
    assert nearest.marks == {"passage": Span(0, 64), "sentence": Span(29, 64)}
    assert nearest.span == Span(0, 64)
    assert candidate.role == "Rejected candidate"
    assert evidence(NOTHING) == ()


def test_passages_are_in_the_order_in_which_they_were_read() -> None:
    assert [passage.document for passage in passages_read(ANSWERED)] == [MILL, REGISTER]
    assert passages_read(NOTHING) == ()


@pytest.mark.parametrize(
    ("text", "numbered"),
    [
        ("Mix the flour.\nRest the dough.\nBake it.\n", True),
        ("1. Mix the flour.\n2. Rest the dough.\n3. Bake it.\n", False),
        ("- Mix the flour.\n- Rest the dough.\n- Bake it.\n", False),
    ],
)
def test_no_sentence_has_two_numbers(text: str, numbered: bool) -> None:
    """List items keep their own bullets or numbers and get no others, on the page and in the shell."""
    document = text_document(text, name="bread.md")
    spans = [Span(text.index(line), text.index(line) + len(line)) for line in text.splitlines()]
    steps = tuple(Citation(document, span, span) for span in spans)
    answer = Answer(document, spans[0], spans[0], 0.8, evidence=steps[1:])
    reply = Reply("How do I bake it?", answer, (), ())
    markup = turn_html(0, Turn(reply.question, reply))
    assert count(markup, "ol.evidence > li") == (2 if numbered else 0)
    assert texts(markup, ".evidence blockquote") == [document[span] for span in spans[1:]]
    lines = describe(reply).splitlines()
    begin = ["[1] ", "[2] "] if numbered else ["", ""]
    for label, span in zip(begin, spans[1:], strict=True):
        assert f"{label}[{document[span]}]" in lines
