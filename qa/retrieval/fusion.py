"""Score fusion: a convex combination of vector and BM25 scores."""

from __future__ import annotations

from collections.abc import Mapping

from qa.settings import DEFAULTS


def fuse(
    vector_scores: Mapping[int, float],
    lexical_scores: Mapping[int, float],
    *,
    words_weight: float = DEFAULTS.words_weight,
) -> dict[int, float]:
    """Combine two rankings into one score per row, 0 to 1.

    Each ranking is first scaled to 0 to 1. BM25 scores are divided by the highest, since 0 already means "no
    common word". Cosines have no such zero, so the lowest in the ranking is subtracted first. A row that is
    missing from a ranking counts as 0 there.

    Source: Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval".

    Args:
        vector_scores: The cosine of each row found by embedding.
        lexical_scores: The BM25 score of each row found by words.
        words_weight: The weight of the BM25 scores, 0 to 1. The cosines have the rest.

    Returns:
        The score of each row that is in either ranking.
    """
    lowest = min(vector_scores.values(), default=0.0)
    vector_shares = _scale({row: score - lowest for row, score in vector_scores.items()})
    lexical_shares = _scale(lexical_scores)
    return {
        row: (1 - words_weight) * vector_shares.get(row, 0.0) + words_weight * lexical_shares.get(row, 0.0)
        for row in {**vector_shares, **lexical_shares}
    }


def _scale(scores: Mapping[int, float]) -> dict[int, float]:
    """Divide by the highest score. If that is 0, all rows are equally good and get 1."""
    highest = max(scores.values(), default=0.0)
    return {row: score / highest if highest > 0 else 1.0 for row, score in scores.items()}
