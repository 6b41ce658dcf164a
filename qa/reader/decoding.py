"""Span decoding: the best (first, last) token pairs of one window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def best_spans(
    starts: NDArray[np.float32],
    ends: NDArray[np.float32],
    may_start: NDArray[np.bool_],
    may_end: NDArray[np.bool_],
    segments: NDArray[np.int64],
    *,
    max_length: int,
    count: int,
) -> list[tuple[int, int, float]]:
    """Return the best pairs first <= last < first + max_length of one window, best first.

    Start and end are chosen together: the best start and the best end alone need not make a span. A
    pair lies in one segment. Pairs of equal score keep the order of the text.

    Args:
        starts: Start logits, (length,).
        ends: End logits, (length,).
        may_start: Whether a span may begin with the token, (length,).
        may_end: Whether a span may end with the token, (length,).
        segments: The number of the sentence or cell that contains the token, (length,).
        max_length: Maximum number of tokens in a span.
        count: Maximum number of pairs to return.

    Returns:
        (first, last, score) triples; the score is `starts[first] + ends[last]`, in logits.
    """
    length = len(starts)
    # scores[first, ahead] is that of the pair (first, first + ahead).
    allowed_starts = np.where(may_start, starts, -np.inf)
    allowed_ends = np.full(length + max_length - 1, -np.inf, dtype=np.float64)
    allowed_ends[:length] = np.where(may_end, ends, -np.inf)
    windows = np.lib.stride_tricks.sliding_window_view
    scores = allowed_starts[:, None] + windows(allowed_ends, max_length)
    scores[windows(np.pad(segments, (0, max_length - 1)), max_length) != segments[:, None]] = -np.inf
    flat = scores.ravel()
    possible = int(np.isfinite(flat).sum())
    order = np.argsort(-flat, kind="stable")[: min(count, possible)].tolist()
    return [(i // max_length, i // max_length + i % max_length, float(flat[i])) for i in order]


def best_of_each(
    spans: Sequence[tuple[int, int, float]], segments: NDArray[np.int64]
) -> list[tuple[int, int, float]]:
    """Return the best span of each segment, best first.

    Args:
        spans: Spans as `best_spans` returns them.
        segments: The number of the segment of each token, (length,).
    """
    best: dict[int, tuple[int, int, float]] = {}
    for span in spans:
        best.setdefault(int(segments[span[0]]), span)
    return list(best.values())
