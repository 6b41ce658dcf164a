"""Span decoding against a double loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.decoding import best_spans

LOGITS = st.lists(
    st.tuples(
        st.integers(-8, 8).map(float),
        st.integers(-8, 8).map(float),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=24,
)


@given(LOGITS, st.integers(1, 8), st.integers(1, 40))
def test_best_spans_are_those_of_a_double_loop(
    tokens: list[tuple[float, float, bool, bool, bool]], max_length: int, count: int
) -> None:
    """All pairs in order, in one sentence, not too long, at allowed places; ties in text order."""
    starts, ends = (np.array(side, dtype=np.float32) for side in list(zip(*tokens, strict=True))[:2])
    may_start, may_end, new = (np.array(side) for side in list(zip(*tokens, strict=True))[2:])
    sentence = new.cumsum()
    expected = sorted(
        (
            (first, last, float(starts[first] + ends[last]))
            for first in range(len(tokens))
            for last in range(first, min(first + max_length, len(tokens)))
            if may_start[first] and may_end[last] and not new[first + 1 : last + 1].any()
        ),
        key=lambda pair: (-pair[2], pair[0], pair[1]),
    )[:count]
    assert (
        best_spans(starts, ends, may_start, may_end, sentence, max_length=max_length, count=count) == expected
    )


def test_best_span_is_not_two_independent_maxima() -> None:
    """If the best end is before the best start, the best pair in order wins."""
    starts, ends = (np.array(logits, dtype=np.float32) for logits in ([0, 9, 0, 0], [9, 0, 0, 5]))
    anywhere = np.ones(4, dtype=bool)
    found = best_spans(starts, ends, anywhere, anywhere, np.zeros(4, np.int64), max_length=4, count=1)
    assert found == [(1, 3, 14.0)]
