"""Retriever: a question to passages; the hybrid one fuses embeddings and BM25, and re-ranks."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

from qa.errors import QuestionError
from qa.index import Documents, Embedder, RelevantSentence, Searchable
from qa.results import Passage
from qa.retrieval.fusion import fuse
from qa.retrieval.holidays import names_holiday, with_known_holidays
from qa.retrieval.spelling import (
    correct_spelling,
    has_initials,
    with_known_initials,
    without_possessive,
)
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Vector: TypeAlias = "Callable[[str], NDArray[np.float32]]"
"""Returns the vector of a question, (dimension,)."""

REMEMBERED_VECTORS = 256
"""Number of recent questions whose vectors are cached; each takes about two kilobytes."""

REMEMBERED_RANKINGS = 4
"""Number of recent questions whose passages are cached: a broad question needs them twice, the second time
for their sentences."""


class Retriever(Protocol):
    """Finds the passages that fit a question, in an index of this package or in a search engine."""

    @property
    def documents(self) -> Documents:
        """The documents that the passages come from."""

    def retrieve(self, question: str, k: int = DEFAULTS.top_k) -> tuple[Passage, ...]:
        """Return the `k` best passages, best first; all passages if there are fewer.

        Raises:
            QuestionError: the question is too long.
            ValueError: `k` is below 1.
        """

    def sentences(self, question: str, k: int = DEFAULTS.top_k) -> list[RelevantSentence]:
        """Return the sentences of the `k` best passages, in the order of the passages.

        Raises:
            QuestionError: the question is too long.
            ValueError: `k` is below 1.
        """

    def correct_spelling(self, question: str) -> str:
        """Return the question with misspelt words replaced.

        Raises:
            QuestionError: the question is too long.
        """

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the words of a question, as typed, that no document contains in any form."""

    def only(self, ids: Collection[str]) -> Retriever:
        """Return a retriever that finds passages only in the documents with these ids."""


class HybridRetriever:
    """Finds the passages of an index that fit a question, by vector and by word.

    Args:
        index: The index to search.
        embedder: The model that made the index's vectors.
    """

    def __init__(self, index: Searchable, embedder: Embedder) -> None:
        self.index, self.embedder = index, embedder
        self._remember(lru_cache(REMEMBERED_VECTORS)(partial(_vector, embedder)))

    def _remember(self, vector: _Vector) -> None:
        """Cache recent vectors and rankings. The caches do not refer to the retriever, so it can be freed."""
        self._vector = vector
        self._ranked = lru_cache(REMEMBERED_RANKINGS)(partial(_ranked, self.index, self.embedder, vector))

    def over(self, index: Searchable) -> HybridRetriever:
        """Return a retriever over another index with vectors of the same embedder."""
        retriever = HybridRetriever(index, self.embedder)
        retriever._remember(self._vector)  # a vector depends only on the question
        return retriever

    @property
    def documents(self) -> Documents:
        """The documents of the index."""
        return self.index.documents

    def retrieve(self, question: str, k: int = DEFAULTS.top_k) -> tuple[Passage, ...]:
        """Return the `k` best passages, best first; all passages if there are fewer.

        The best of both rankings are fused, see `fuse`. The top of the fused list is re-ranked by sentence,
        see `Searchable.relevances`; the others follow. A re-ranked passage's score is its relevance. Any
        other keeps its fused score, capped at the lowest relevance. Ties are broken by BM25 rank.

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
        ranks = {row: rank for rank, (row, _) in enumerate(self._ranked(question, k), start=1)}
        return self.index.relevant_sentences(question, self._vector(question), ranks)

    def correct_spelling(self, question: str) -> str:
        """Replace misspelt words by similar words of the passages that fit the question best.

        Initials are written as in those passages, with or without dots, and so are holidays, by name or by
        date. A word counts as misspelt if no document contains it and the embedder splits it into several
        tokens.

        Raises:
            QuestionError: the question is longer than the embedder can read.
        """
        missing = map(without_possessive, self.index.missing_words(question))
        unknown = {word for word in missing if len(self.embedder.token_offsets(word)) > 1}
        if not unknown and not has_initials(question) and not names_holiday(question):
            return question
        texts = [passage.text for passage in self.retrieve(question, DEFAULTS.rerank_top_n)]
        corrected = with_known_initials(correct_spelling(question, unknown, texts), texts)
        return with_known_holidays(corrected, texts)

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the content words that no document contains, see `Searchable.missing_words`."""
        return self.index.missing_words(question)

    def only(self, ids: Collection[str]) -> HybridRetriever:
        """Return a retriever over only the documents with these ids, as if there were no others."""
        return self.over(self.index.only(ids))


def _vector(embedder: Embedder, question: str) -> NDArray[np.float32]:
    """Return the vector of a question, (dimension,)."""
    vector: NDArray[np.float32] = embedder.embed([question])[0]
    vector.setflags(write=False)  # several callers share it
    return vector


def _ranked(
    index: Searchable, embedder: Embedder, vector_of: _Vector, question: str, k: int
) -> tuple[tuple[int, Passage], ...]:
    """Return the `k` best passages of an index, each with its row, see `HybridRetriever.retrieve`."""
    if k < 1:
        raise ValueError(f"k is {k}: at least one passage must be asked for")
    tokens = len(embedder.token_offsets(question))
    if tokens > embedder.max_tokens:
        raise QuestionError.too_many_tokens(tokens, embedder.max_tokens)
    vector = vector_of(question)

    # Rank by vector and by BM25, then fuse both rankings.
    rankings = index.rank(question, vector, max(k, DEFAULTS.ranking_depth))
    vector_ranks, lexical_ranks = _ranks(rankings.by_vector), _ranks(rankings.by_words)
    fused = fuse(rankings.by_vector, rankings.by_words)
    best = _best_first(fused, lexical_ranks)

    # Re-rank the top; the rest must not come before it.
    top, rest = best[: DEFAULTS.rerank_top_n], best[DEFAULTS.rerank_top_n : k]
    reranked = index.relevances(question, vector, top)
    relevances = {row: relevance for row, (relevance, _) in reranked.items()}
    lowest = min(relevances.values(), default=0.0)
    capped = {row: min(fused[row], lowest) for row in rest}
    scores = relevances | capped
    chosen = [*_best_first(relevances, lexical_ranks), *_best_first(capped, lexical_ranks)][:k]
    found = zip(chosen, index.chunks(chosen, vector), strict=True)
    return tuple(
        (
            row,
            Passage(
                chunk.document,
                chunk.span,
                scores[row],
                vector_ranks.get(row),
                lexical_ranks.get(row),
                cosine,
                reranked[row][1] if row in reranked else None,
            ),
        )
        for row, (chunk, cosine) in found
    )


def _ranks(scores: Mapping[int, float]) -> dict[int, int]:
    """Return the rank, from 1, of each row of a sorted ranking."""
    return {row: rank for rank, row in enumerate(scores, start=1)}


def _best_first(scores: Mapping[int, float], lexical_ranks: Mapping[int, int]) -> list[int]:
    """Return the rows by descending score; equal ones by BM25 rank, then by row."""
    return sorted(scores, key=lambda row: (-scores[row], lexical_ranks.get(row, math.inf), row))
