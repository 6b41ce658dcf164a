"""A question to the passages that may answer it: by meaning and by words, fused."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from qa.errors import QuestionError
from qa.index import Embedder, Index
from qa.results import Passage
from qa.retrieval.fusion import fuse
from qa.retrieval.rerank import cosines, rerank
from qa.retrieval.spelling import respelled, without_possessive
from qa.settings import DEFAULTS


class Retriever:
    """Fuses the ranking of an index by vectors, made by `embedder`, with its ranking by words.

    The first of them are then ranked again by their best sentence, see `relevance`: a question asks for a
    sentence, and a whole passage says many things.

    Source of the fusion: Bruch, Gai and Ingber 2023, a convex combination of scores brought to 0 to 1.
    """

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index, self.embedder = index, embedder

    def retrieve(self, question: str, k: int = DEFAULTS.top_k) -> tuple[Passage, ...]:
        """The `k` best passages, best first, or all where there are fewer.

        Of the first 100 (first `k`, if more) of each ranking, the 30 that `fuse` puts first are ranked by
        their `relevance`, and the others come after them. That is a passage's score, 0 to 1, or what is
        fused, where that is less. Of equal passages the one that words rank better comes first.

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
        depth = max(k, DEFAULTS.ranking_depth)
        vectors = self.embedder.embed([question])
        similarities, rows = self.index.search(vectors, depth)
        by_vector = dict(zip(rows[0].tolist(), similarities[0].tolist(), strict=True))
        by_words = dict(self.index.bm25.search(question, depth))
        scores = fuse(by_vector, by_words)
        vector_ranks = {row: rank for rank, row in enumerate(by_vector, start=1)}
        lexical_ranks = {row: rank for rank, row in enumerate(by_words, start=1)}

        def ranked(rows: Iterable[int]) -> list[int]:
            return sorted(rows, key=lambda row: (-scores[row], lexical_ranks.get(row, math.inf), row))

        best = ranked(scores)[: max(k, DEFAULTS.rerank_top_n)]
        fits = rerank(self.index, question, vectors[0], best[: DEFAULTS.rerank_top_n])
        again = {row: relevance for row, (relevance, _) in fits.items()}
        least = min(again.values(), default=0.0)
        scores = {row: min(scores[row], least) for row in best} | again
        chosen = [*ranked(again), *ranked(best[DEFAULTS.rerank_top_n :])][:k]
        return tuple(
            Passage(
                chunk.document,
                chunk.span,
                scores[row],
                vector_ranks.get(row),
                lexical_ranks.get(row),
                float(cosines(self.index.vector(row)[np.newaxis], vectors[0])[0]),
                fits[row][1] if row in fits else None,
            )
            for row, chunk in zip(chosen, map(self.index.chunk, chosen), strict=True)
        )

    def respelled(self, question: str) -> str:
        """The question with words put right that no text has and the embedder does not know whole.

        They are put right by the words of the passages that answer best as it stands.

        Raises:
            QuestionError: as `retrieve`.
        """
        missing = map(without_possessive, self.index.bm25.missing_words(question))
        strange = {word for word in missing if len(self.embedder.token_offsets(word)) > 1}
        if not strange:
            return question
        return respelled(
            question, strange, [found.text for found in self.retrieve(question, DEFAULTS.rerank_top_n)]
        )
