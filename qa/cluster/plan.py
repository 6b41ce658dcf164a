"""Plan: which shard holds which segments. It depends only on the manifest."""

from __future__ import annotations

from collections.abc import Sequence


def plan(passages: Sequence[int], shards: int) -> list[int]:
    """Return the shard of each segment, by greedy balancing (Graham 1969).

    The largest segments are placed first, each on the shard with the fewest passages. So a small new segment
    moves no large one.

    Args:
        passages: The number of passages of each segment.
        shards: How many shards there are, at least 1.
    """
    held = [0] * shards
    placed = [0] * len(passages)
    for segment in sorted(range(len(passages)), key=lambda segment: -passages[segment]):
        placed[segment] = held.index(min(held))
        held[placed[segment]] += passages[segment]
    return placed
