"""What there is to look at for a reply, and in which order."""

from __future__ import annotations

from qa.documents import Span
from qa.presentation import evidence, passages_read
from tests.replies import AGAIN, ANSWERED, MILL, NOTHING, REGISTER, RIVER, SILENT, YEAR


def test_the_answer_comes_first_then_its_other_places_then_the_candidates() -> None:
    """Each with its document, its span and its sentence."""
    found = evidence(ANSWERED)
    assert [one.role for one in found] == ["The answer", "The same answer elsewhere", "Another candidate"]
    assert [one.document for one in found] == [MILL, REGISTER, MILL]
    assert [one.marks for one in found] == [
        {"sentence": place.sentence, "answer": place.span} for place in (YEAR, AGAIN, RIVER)
    ]
    assert [one.span for one in found] == [YEAR.span, AGAIN.span, RIVER.span]


def test_silence_shows_the_closest_passage_as_what_it_is() -> None:
    """No stretch of it is called an answer; what was turned down is called that."""
    closest, other = evidence(SILENT)
    assert (closest.role, closest.marks) == ("Closest passage, not an answer", {"passage": Span(0, 64)})
    assert closest.span == Span(0, 64)
    assert other.role == "A candidate that was turned down"
    assert evidence(NOTHING) == ()


def test_passages_are_those_that_were_read() -> None:
    """In the order in which they were read."""
    assert [one.document for one in passages_read(ANSWERED)] == [MILL, REGISTER]
    assert passages_read(NOTHING) == ()
