"""A stretch of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Span
from tests.texts import SPANS


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 3), (-2, -1)])
def test_a_span_that_is_none_is_refused(start: int, end: int) -> None:
    """A span never begins before the text, is never empty and never runs backwards."""
    with pytest.raises(ValueError, match=f"{start} to {end}"):
        Span(start, end)


@given(SPANS, SPANS)
def test_holding_and_overlapping_are_about_places(one: Span, other: Span) -> None:
    """Two spans overlap if they share a place; one holds the other if every place of it is its own."""
    places, others = set(range(one.start, one.end)), set(range(other.start, other.end))
    assert len(one) == len(places)
    assert one.overlaps(other) == bool(places & others)
    assert one.contains(other) == (others <= places)


@given(SPANS, st.integers(-40, 40))
def test_a_shift_moves_every_place_and_never_out_of_the_text(span: Span, by: int) -> None:
    """A shifted span is as long and `by` places on; one that would begin before the text is refused."""
    if span.start + by < 0:
        with pytest.raises(ValueError, match="not a span"):
            span.shift(by)
    else:
        assert span.shift(by) == Span(span.start + by, span.end + by)


@given(SPANS, SPANS)
def test_spans_sort_by_where_they_begin(one: Span, other: Span) -> None:
    """Spans are in the order of their beginnings, and of their ends where they begin together."""
    assert (one < other) == ((one.start, one.end) < (other.start, other.end))
