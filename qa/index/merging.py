"""Merge policy: which segments of an index to merge (tiered, as in Lucene)."""

from __future__ import annotations

from collections.abc import Sequence

from qa.index.live_segment import LiveSegment

MERGE_FACTOR = 8
"""Number of segments of one tier that are merged into one of the next tier, which is as many times larger."""

SMALLEST_TIER_ROWS = 512
"""The size of the smallest tier. A segment of it is rewritten as soon as one of its documents is deleted."""

MAX_FOREGROUND_ROWS = 10_000
"""Maximum number of rows that are merged while a user waits."""

MAX_DELETED_SHARE = 0.25
"""A segment with a larger share of deleted rows is rewritten without them."""


def segments_to_merge(segments: Sequence[LiveSegment], max_rows: int | None) -> list[LiveSegment]:
    """Return the next segments to merge into one; an empty list if nothing is worth merging.

    Args:
        segments: The segments of an index.
        max_rows: Maximum number of live rows in them together, None for no limit.
    """
    # First a single segment that is worth rewriting without its deleted rows.
    for live in segments:
        is_small = live.segment.rows <= SMALLEST_TIER_ROWS
        is_sparse = live.rows < (1 - MAX_DELETED_SHARE) * live.segment.rows
        if (
            live.deleted is not None
            and (is_small or is_sparse)
            and (max_rows is None or live.rows <= max_rows)
        ):
            return [live]
    # Then the lowest tier that has enough segments, counting those of lower tiers.
    largest = max((live.rows for live in segments), default=0)
    tier_rows = SMALLEST_TIER_ROWS
    while segments and tier_rows <= MERGE_FACTOR * max(SMALLEST_TIER_ROWS, largest):
        group = [live for live in segments if live.rows <= tier_rows]
        if len(group) >= MERGE_FACTOR and (max_rows is None or sum(live.rows for live in group) <= max_rows):
            return group
        tier_rows *= MERGE_FACTOR
    return []
