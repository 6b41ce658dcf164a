"""Which segments of an index are worth merging."""

from __future__ import annotations

from collections.abc import Sequence

from qa.index.live_segment import LiveSegment

FAN = 8  # so many segments of a size are merged into one of the next
SMALLEST = 512  # rows up to which all sizes are one, and what is removed is gone from the file at once
MAX_FOREGROUND_ROWS = 10_000  # rows that may be merged while somebody waits for an addition
DEAD_SHARE = 0.25  # of a segment's rows, above which it is made anew without them


def to_merge(parts: Sequence[LiveSegment], most: int | None) -> list[LiveSegment]:
    """Parts that should be one, of at most so many rows together if not None; none if all is well."""
    for part in parts:
        worth = part.segment.rows <= SMALLEST or part.rows < (1 - DEAD_SHARE) * part.segment.rows
        if part.dead is not None and worth and (most is None or part.rows <= most):
            return [part]
    size = SMALLEST
    while parts and size <= FAN * max(SMALLEST, *(part.rows for part in parts)):
        group = [part for part in parts if part.rows <= size]
        if len(group) >= FAN and (most is None or sum(part.rows for part in group) <= most):
            return group
        size *= FAN
    return []
