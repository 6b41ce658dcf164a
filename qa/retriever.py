"""A question to the passages that may answer it: by meaning and by words, fused."""

from __future__ import annotations

import math

from qa.answer import Passage
from qa.embedder import Embedder
from qa.errors import QuestionError
from qa.index import Index
from qa.lexical import LexicalIndex

RANK_CONSTANT = 60
DEPTH = 100


class Retriever:
    """Fuses the ranking by vectors with the ranking by words; rows of both indexes are the same.

    Source of the method: Cormack, Clarke and Buettcher 2009, reciprocal rank fusion.
    """

    def __init__(self, index: Index, lexical: LexicalIndex, embedder: Embedder) -> None:
        self.index, self.lexical, self.embedder = index, lexical, embedder

    @classmethod
    def build(cls, index: Index, embedder: Embedder) -> Retriever:
        """A retriever over the chunks of `index`, made by `embedder`."""
        return cls(index, LexicalIndex.build([chunk.text for chunk in index.chunks]), embedder)

    def retrieve(self, question: str, k: int = 5) -> tuple[Passage, ...]:
        """The `k` best passages, best first, or all where there are fewer.

        A passage's score is the sum of 1 / (60 + rank) over the rankings whose first 100 (first `k`,
        if more) hold it. Of equal passages the one that words rank better comes first.

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
        _, rows = self.index.search(self.embedder.embed([question]), depth)
        by_vector = {int(row): rank for rank, row in enumerate(rows[0], start=1)}
        by_words = {row: rank for rank, (row, _) in enumerate(self.lexical.search(question, depth), start=1)}
        scores = {
            row: sum(
                1 / (RANK_CONSTANT + ranking[row]) for ranking in (by_vector, by_words) if row in ranking
            )
            for row in by_vector | by_words
        }
        best = sorted(scores, key=lambda row: (-scores[row], by_words.get(row, math.inf), row))[:k]
        return tuple(
            Passage(self.index.chunks[row], scores[row], by_vector.get(row), by_words.get(row))
            for row in best
        )
