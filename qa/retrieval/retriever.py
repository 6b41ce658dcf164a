"""A question to the passages that may answer it: by meaning and by words, fused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Span
from qa.errors import QuestionError
from qa.index import Embedder, Index, content_words
from qa.results import Passage
from qa.retrieval.spelling import respelled, without_possessive

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEPTH = 100  # passages of each ranking that are fused
WORDS_WEIGHT = 0.6  # of the two rankings' weights; chosen on training text, see training/LOG.md
RESCORED = 30  # of the fused passages, by their best sentence
RESCORED_WORDS_WEIGHT = 0.4  # the words' there
CONTEXT = 0.3  # of what a sentence is worth, the share that is its passage's


class Retriever:
    """Fuses the ranking of an index by vectors, made by `embedder`, with its ranking by words.

    The first of them are then ranked again by their best sentence, see `relevance`: a question asks for a
    sentence, and a whole passage says many things.

    Source of the fusion: Bruch, Gai and Ingber 2023, a convex combination of scores brought to 0 to 1.
    """

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self.index, self.embedder = index, embedder

    def retrieve(self, question: str, k: int = 5) -> tuple[Passage, ...]:
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
        fits = self._fits(question, vectors[0], best[:RESCORED])
        again = {row: relevance for row, (relevance, _) in fits.items()}
        least = min(again.values(), default=0.0)
        scores = {row: min(scores[row], least) for row in best} | again
        chosen = [*ranked(again), *ranked(best[RESCORED:])][:k]
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
        missing = map(without_possessive, self.index.lexical.missing_words(question))
        strange = {word for word in missing if len(self.embedder.token_offsets(word)) > 1}
        if not strange:
            return question
        return respelled(question, strange, [found.text for found in self.retrieve(question, RESCORED)])

    def _fits(
        self, question: str, vector: NDArray[np.float32], rows: Sequence[int]
    ) -> dict[int, tuple[float, Span]]:
        """Each chunk's relevance and the sentence that it is owed to."""
        rarities = self.index.lexical.rarities(question)
        sentences = {row: self.index.sentences(row) for row in rows}
        words = iter(
            content_words(
                [self.index.chunk(row).document[span] for row in rows for span in sentences[row][0]]
            )
        )
        fits = {}
        for row, (spans, directions) in sentences.items():
            similarities = cosines(np.vstack([self.index.vector(row), directions]), vector)
            fit, best = relevance(rarities, [set(next(words)) for _ in spans], similarities)
            fits[row] = fit, spans[best]
        return fits


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
    return {
        row: (1 - words_weight) * vectors.get(row, 0.0) + words_weight * words.get(row, 0.0)
        for row in {**vectors, **words}
    }


def relevance(
    rarities: Mapping[str, float], held: Sequence[Set[str]], similarities: NDArray[np.float32]
) -> tuple[float, int]:
    """How well the best sentence of a passage fits a question, 0 to 1, and which of them it is.

    That is a weighted mean of the share of the question's words that the sentence holds, each counted by
    its rarity, and of its similarity to the question; of both, a part is the whole passage's.
    `rarities` are the question's words, `held` are those of each sentence, and `similarities`
    (1 + sentences,) are cosines, the passage's first.
    """
    total = sum(rarities.values())

    def share(words: Set[str]) -> float:
        # In the order of the question: that of a set would change the last digit, and so the rank of equals.
        return sum(rarity for word, rarity in rarities.items() if word in words) / total if total else 0.0

    shares = np.array([share(set().union(*held)), *map(share, held)])
    fits = RESCORED_WORDS_WEIGHT * shares + (1 - RESCORED_WORDS_WEIGHT) * similarities
    best = int(fits[1:].argmax())
    score = CONTEXT * fits[0] + (1 - CONTEXT) * fits[1 + best]
    return min(1.0, max(0.0, float(score))), best


def cosines(vectors: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """(vectors,) cosines of `vectors` (vectors, dimension) with `other`; 0 for one of no length."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(other)
    return np.asarray(vectors @ other / np.maximum(lengths, np.finfo(np.float32).tiny))


def _shares(scores: Mapping[int, float]) -> dict[int, float]:
    """Each score over the best; where all are 0, all are the best."""
    best = max(scores.values(), default=0.0)
    return {row: score / best if best > 0 else 1.0 for row, score in scores.items()}
