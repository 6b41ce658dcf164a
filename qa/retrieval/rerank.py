"""Passages ranked again by their best sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Span
from qa.index import Index, content_words
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rerank(
    index: Index, question: str, vector: NDArray[np.float32], rows: Sequence[int]
) -> dict[int, tuple[float, Span]]:
    """Each chunk's relevance and the sentence that it is owed to."""
    idfs = index.bm25.idfs(question)
    sentences = {row: index.sentences(row) for row in rows}
    words = iter(
        content_words([index.chunk(row).document[span] for row in rows for span in sentences[row][0]])
    )
    fits = {}
    for row, (spans, directions) in sentences.items():
        similarities = cosines(np.vstack([index.vector(row), directions]), vector)
        fit, best = relevance(idfs, [set(next(words)) for _ in spans], similarities)
        fits[row] = fit, spans[best]
    return fits


def relevance(
    idfs: Mapping[str, float], held: Sequence[Set[str]], similarities: NDArray[np.float32]
) -> tuple[float, int]:
    """How well the best sentence of a passage fits a question, 0 to 1, and which of them it is.

    That is a weighted mean of the share of the question's words that the sentence holds, each counted by
    its rarity, and of its similarity to the question; of both, a part is the whole passage's.
    `idfs` are the question's words, `held` are those of each sentence, and `similarities`
    (1 + sentences,) are cosines, the passage's first.
    """
    total = sum(idfs.values())

    def share(words: Set[str]) -> float:
        # In the order of the question: that of a set would change the last digit, and so the rank of equals.
        return sum(idf for word, idf in idfs.items() if word in words) / total if total else 0.0

    shares = np.array([share(set().union(*held)), *map(share, held)])
    fits = DEFAULTS.rerank_words_weight * shares + (1 - DEFAULTS.rerank_words_weight) * similarities
    best = int(fits[1:].argmax())
    score = DEFAULTS.passage_share * fits[0] + (1 - DEFAULTS.passage_share) * fits[1 + best]
    return min(1.0, max(0.0, float(score))), best


def cosines(vectors: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """(vectors,) cosines of `vectors` (vectors, dimension) with `other`; 0 for one of no length."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(other)
    return np.asarray(vectors @ other / np.maximum(lengths, np.finfo(np.float32).tiny))
