"""A question to the passages that may answer it: by meaning and by words, fused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from qa.answer import Passage
from qa.embedder import Embedder
from qa.errors import QuestionError
from qa.index import Index

DEPTH = 100  # passages of each ranking that are fused
WORDS_WEIGHT = 0.6  # of the two rankings' weights; chosen on training text, see training/README.md
RESCORED = 20  # of the fused passages, by their best sentence
RESCORED_WORDS_WEIGHT = 0.4  # the words' there


class Retriever:
    """Fuses the ranking of an index by vectors, made by `embedder`, with its ranking by words.

    The first of them are then ranked again with the vector of their best sentence in place of their own:
    a question asks for a sentence, and the vector of a whole passage is a mean of all that it says.

    Source of the fusion: Bruch, Gai and Ingber 2023, a convex combination of scores brought to 0 to 1.
    """

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index, self.embedder = index, embedder

    def retrieve(self, question: str, k: int = 5) -> tuple[Passage, ...]:
        """The `k` best passages, best first, or all where there are fewer.

        A passage's score, 0 to 1, is what `fuse` makes of its scores among the first 100 (first `k`, if
        more) of each ranking and, for the first 20, what `rescore` makes of their best sentences; the
        others come after these. Of equal passages the one that words rank better comes first.

        Raises:
            QuestionError: the question is longer than the embedder can read whole.
            ValueError: `k` is below 1.
        """
        if k < 1:
            raise ValueError(f"k is {k}: at least one passage must be asked for")
        tokens = len(self.embedder.token_offsets(question))
        if tokens > self.embedder.max_tokens:
            raise QuestionError(
                f"The question is {tokens} tokens long and at most {self.embedder.max_tokens} can be read: "
                "ask it in fewer words."
            )
        depth = max(k, DEPTH)
        vectors = self.embedder.embed([question])
        similarities, rows = self.index.search(vectors, depth)
        by_vector = dict(zip(rows[0].tolist(), similarities[0].tolist(), strict=True))
        by_words = dict(self.index.lexical.search(question, depth))
        scores = fuse(by_vector, by_words)
        vector_ranks = {row: rank for rank, row in enumerate(by_vector, start=1)}
        lexical_ranks = {row: rank for rank, row in enumerate(by_words, start=1)}

        def ranked(rows: Iterable[int]) -> list[int]:
            return sorted(rows, key=lambda row: (-scores[row], lexical_ranks.get(row, math.inf), row))

        best = ranked(scores)[: max(k, RESCORED)]
        first = {row: self.index.best_sentence(row, vectors[0]) for row in best[:RESCORED]}
        again = rescore(first, by_words)
        least = min(again.values(), default=0.0)
        scores = {row: min(scores[row], least) for row in best} | again
        best = [*ranked(again), *ranked(best[RESCORED:])][:k]
        return tuple(
            Passage(self.index.chunk(row), scores[row], vector_ranks.get(row), lexical_ranks.get(row))
            for row in best
        )


def fuse(
    by_vector: Mapping[int, float], by_words: Mapping[int, float], *, words_weight: float = WORDS_WEIGHT
) -> dict[int, float]:
    """Scores, 0 to 1, of all rows of two rankings: the weighted mean of both brought to 0 to 1.

    Words are brought there by their best score, for 0 is a text that shares none with the question;
    vectors by their best and their last. What a ranking does not hold has 0 there.
    """
    low = min(by_vector.values(), default=0.0)
    vectors = _shares({row: score - low for row, score in by_vector.items()})
    words = _shares(by_words)
    return _weighted_mean(vectors, words, words_weight)


def rescore(
    by_sentence: Mapping[int, float],
    by_words: Mapping[int, float],
    *,
    words_weight: float = RESCORED_WORDS_WEIGHT,
) -> dict[int, float]:
    """Scores, 0 to 1, of the rows of `by_sentence`: the weighted mean of both, each over its best."""
    sentences = _shares({row: max(score, 0.0) for row, score in by_sentence.items()})
    words = _shares({row: by_words.get(row, 0.0) for row in by_sentence})
    return _weighted_mean(sentences, words, words_weight)


def _weighted_mean(
    others: Mapping[int, float], words: Mapping[int, float], words_weight: float
) -> dict[int, float]:
    """Of every row of both; what one does not hold has 0 there."""
    return {
        row: (1 - words_weight) * others.get(row, 0.0) + words_weight * words.get(row, 0.0)
        for row in {**others, **words}
    }


def _shares(scores: Mapping[int, float]) -> dict[int, float]:
    """Each score over the best; where all are 0, all are the best."""
    best = max(scores.values(), default=0.0)
    return {row: score / best if best > 0 else 1.0 for row, score in scores.items()}
