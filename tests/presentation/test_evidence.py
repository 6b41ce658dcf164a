"""Evidence for a reply, and its order."""

from __future__ import annotations

from qa.documents import Span
from qa.presentation import evidence, passages_read
from tests.replies import AGAIN, ANSWERED, MILL, NOTHING, PERHAPS, REGISTER, RIVER, SILENT, YEAR


def test_the_answer_comes_first_then_where_else_it_stands_then_the_candidates() -> None:
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
