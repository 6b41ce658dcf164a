"""Spans and documents: places that cannot be wrong without a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, Span
from tests.texts import SPANS


@given(st.text(), SPANS)
def test_a_document_gives_the_words_at_a_span_or_refuses(text: str, span: Span) -> None:
    """The words at a span are exactly so many characters; a span past the end is never cut short."""
    document = Document("letter.txt", text)
    if span.end > len(text):
        with pytest.raises(IndexError, match=r"letter\.txt has"):
            document[span]
    else:
        assert document[span] == text[span.start : span.end]
        assert len(document[span]) == len(span)


def test_places_count_code_points() -> None:
    """An emoji outside the first plane is one place, an accent typed apart is one of its own."""
    assert Document("notes.md", "😀 e\u0301 x")[Span(2, 4)] == "e\u0301"
