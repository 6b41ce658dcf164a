"""Documents: offsets that are exact or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, Span
from tests.texts import SPANS


@given(st.text(), SPANS)
def test_a_document_returns_the_text_at_a_span_or_refuses(text: str, span: Span) -> None:
    """A span beyond the end is an error, and is never cut short."""
    document = Document("letter.txt", text)
    if span.end > len(text):
        with pytest.raises(IndexError, match=r"letter\.txt has"):
            document[span]
    else:
        assert document[span] == text[span.start : span.end]
        assert len(document[span]) == len(span)


def test_offsets_count_code_points() -> None:
    """An emoji outside the first plane counts as one, and so does a combining accent."""
    assert Document("notes.md", "😀 e\u0301 x")[Span(2, 4)] == "e\u0301"
