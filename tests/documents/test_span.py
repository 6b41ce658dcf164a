"""Spans: valid offsets, containment, overlap, shift and order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Span
from tests.texts import SPANS


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 3), (-2, -1)])
def test_an_invalid_span_is_refused(start: int, end: int) -> None:
    """A span before the text, an empty one and a reversed one."""
    with pytest.raises(ValueError, match=f"{start} to {end}"):
        Span(start, end)


@given(SPANS, SPANS)
def test_containment_and_overlap(one: Span, other: Span) -> None:
    """Compared with sets of offsets."""
    offsets, other_offsets = set(range(one.start, one.end)), set(range(other.start, other.end))
    assert len(one) == len(offsets)
    assert one.overlaps(other) == bool(offsets & other_offsets)
    assert one.contains(other) == (other_offsets <= offsets)


@given(SPANS, st.integers(-40, 40))
def test_a_shift_moves_a_span_but_not_out_of_the_text(span: Span, by: int) -> None:
    if span.start + by < 0:
        with pytest.raises(ValueError, match="not a span"):
            span.shift(by)
    else:
        assert span.shift(by) == Span(span.start + by, span.end + by)


@given(SPANS, SPANS)
def test_spans_sort_by_start_and_end(one: Span, other: Span) -> None:
    assert (one < other) == ((one.start, one.end) < (other.start, other.end))
