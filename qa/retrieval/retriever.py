"""Hybrid retriever: embeddings and BM25, fused and re-ranked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from qa.errors import QuestionError
from qa.index import Embedder, Index
from qa.results import Passage
from qa.retrieval.fusion import fuse
from qa.retrieval.rerank import cosines, rerank
from qa.retrieval.sentences import RelevantSentence, relevant_sentences
from qa.retrieval.spelling import (
    correct_spelling,
    has_initials,
    with_known_initials,
    without_possessive,
)
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

REMEMBERED_VECTORS = 256
"""The vectors of the latest questions are kept; each takes about two kilobytes."""


class Retriever:
    """Finds the passages of an index that fit a question.

    Args:
        index: The index to search.
        embedder: The model that made the index's vectors.
    """

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index, self.embedder = index, embedder
        self._vector = lru_cache(REMEMBERED_VECTORS)(partial(_vector, embedder))

    def over(self, index: Index) -> Retriever:
        """Return a retriever over another index with vectors of the same embedder."""
        retriever = Retriever(index, self.embedder)
        retriever._vector = self._vector  # which depends on the question alone
        return retriever

    def retrieve(self, question: str, k: int = DEFAULTS.top_k) -> tuple[Passage, ...]:
        """Return the `k` best passages, best first; all passages if there are fewer.

        The best of both rankings are fused, see `fuse`. The top of the fused list is re-ranked by sentence,
        see `rerank`; the others follow. A re-ranked passage's score is its relevance. Any other keeps its
        fused score, capped at the lowest relevance. Ties are broken by BM25 rank.

        Args:
            question: The question.
            k: The number of passages, at least 1.

        Raises:
            QuestionError: the question is longer than the embedder can read.
            ValueError: `k` is below 1.
        """
        return tuple(passage for _, passage in self._ranked(question, k))

    def sentences(self, question: str, k: int = DEFAULTS.top_k) -> list[RelevantSentence]:
        """Return the sentences of the `k` best passages, in the order of the passages.

        Args:
            question: As for `retrieve`.
            k: As for `retrieve`.

        Raises:
            QuestionError: as `retrieve`.
            ValueError: as `retrieve`.
        """
        rows = [row for row, _ in self._ranked(question, k)]
        return relevant_sentences(self.index, question, self._vector(question)[0], rows)

    def _ranked(self, question: str, k: int) -> list[tuple[int, Passage]]:
        """Return the `k` best passages with their rows, best first."""
        if k < 1:
            raise ValueError(f"k is {k}: at least one passage must be asked for")
        self._check_length(question)
        vectors = self._vector(question)

        # Rank by vector and by BM25, then fuse both rankings.
        depth = max(k, DEFAULTS.ranking_depth)
        similarities, rows = self.index.search(vectors, depth)
        vector_scores = dict(zip(rows[0].tolist(), similarities[0].tolist(), strict=True))
        lexical_scores = dict(self.index.bm25.search(question, depth))
        vector_ranks = _ranks(vector_scores)
        lexical_ranks = _ranks(lexical_scores)
        fused = fuse(vector_scores, lexical_scores)
        best = _best_first(fused, lexical_ranks)

        # Re-rank the top; the rest must not come before it.
        top, rest = best[: DEFAULTS.rerank_top_n], best[DEFAULTS.rerank_top_n : k]
        reranked = rerank(self.index, question, vectors[0], top)
        relevances = {row: relevance for row, (relevance, _) in reranked.items()}
        lowest = min(relevances.values(), default=0.0)
        capped = {row: min(fused[row], lowest) for row in rest}
        scores = relevances | capped
        chosen = [*_best_first(relevances, lexical_ranks), *_best_first(capped, lexical_ranks)][:k]
        chunks = map(self.index.chunk, chosen)
        return [
            (
                row,
                Passage(
                    chunk.document,
                    chunk.span,
                    scores[row],
                    vector_ranks.get(row),
                    lexical_ranks.get(row),
                    float(cosines(self.index.vector(row)[np.newaxis], vectors[0])[0]),
                    reranked[row][1] if row in reranked else None,
                ),
            )
            for row, chunk in zip(chosen, chunks, strict=True)
        ]

    def correct_spelling(self, question: str) -> str:
        """Replace misspelt words by similar words of the passages that fit the question best.

        Initials are written as there, with dots or without.

        A word counts as misspelt if no document has it and the embedder does not know it as one token.

        Raises:
            QuestionError: the question is longer than the embedder can read.
        """
        missing = map(without_possessive, self.index.bm25.missing_words(question))
        unknown = {word for word in missing if len(self.embedder.token_offsets(word)) > 1}
        if not unknown and not has_initials(question):
            return question
        texts = [passage.text for passage in self.retrieve(question, DEFAULTS.rerank_top_n)]
        return with_known_initials(correct_spelling(question, unknown, texts), texts)

    def _check_length(self, question: str) -> None:
        tokens = len(self.embedder.token_offsets(question))
        if tokens > self.embedder.max_tokens:
            raise QuestionError.too_many_tokens(tokens, self.embedder.max_tokens)


def _vector(embedder: Embedder, question: str) -> NDArray[np.float32]:
    """Return the vector of a question, (1, dimension)."""
    vector = embedder.embed([question])
    vector.setflags(write=False)  # it is handed out several times
    return vector


def _ranks(scores: Mapping[int, float]) -> dict[int, int]:
    """Return the rank, from 1, of each row of a ranking that is in order."""
    return {row: rank for rank, row in enumerate(scores, start=1)}


def _best_first(scores: Mapping[int, float], lexical_ranks: Mapping[int, int]) -> list[int]:
    """Return the rows by descending score; equal ones by BM25 rank, then by row."""
    return sorted(scores, key=lambda row: (-scores[row], lexical_ranks.get(row, math.inf), row))
