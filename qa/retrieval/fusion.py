"""Two rankings made one: convex combination of scores."""

from __future__ import annotations

from collections.abc import Mapping

from qa.settings import DEFAULTS


def fuse(
    by_vector: Mapping[int, float],
    by_words: Mapping[int, float],
    *,
    words_weight: float = DEFAULTS.words_weight,
) -> dict[int, float]:
    """Scores, 0 to 1, of all rows of two rankings: the weighted mean of both brought to 0 to 1.

    Words are brought there by their best score, for 0 is a text that shares none with the question;
    vectors by their best and their last. What a ranking does not hold has 0 there.
    """
    low = min(by_vector.values(), default=0.0)
    vectors = _shares({row: score - low for row, score in by_vector.items()})
    words = _shares(by_words)
    return {
        row: (1 - words_weight) * vectors.get(row, 0.0) + words_weight * words.get(row, 0.0)
        for row in {**vectors, **words}
    }


def _shares(scores: Mapping[int, float]) -> dict[int, float]:
    """Each score over the best; where all are 0, all are the best."""
    best = max(scores.values(), default=0.0)
    return {row: score / best if best > 0 else 1.0 for row, score in scores.items()}
