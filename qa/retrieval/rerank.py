"""Re-ranking of passages by their best-matching sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Kind, Span, context
from qa.index import Index, content_words
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rerank(
    index: Index, question: str, question_vector: NDArray[np.float32], rows: Sequence[int]
) -> dict[int, tuple[float, Span]]:
    """Compare the sentences of passages with a question. A sentence has the words of its headings too.

    Args:
        index: The index that holds the passages.
        question: The question.
        question_vector: (dimension,) The question's embedding.
        rows: The rows of the passages in the index.

    Returns:
        For each row its `relevance`, 0 to 1, and the sentence that fits best.
    """
    idfs = index.bm25.idfs(question)
    chunks = {row: index.chunk(row) for row in rows}
    sentences = {row: index.sentences(row) for row in rows}
    # One call for all sentences: the tokenizer has a cost per call.
    words = content_words(
        [chunks[row].document[span] for row, (spans, _) in sentences.items() for span in spans]
    )
    contexts = content_words([_around(chunk.document, chunk.span) for chunk in chunks.values()])
    reranked = {}
    first = 0
    for (row, (spans, vectors)), of_context in zip(sentences.items(), contexts, strict=True):
        sentence_words = [{*found, *of_context} for found in words[first : first + len(spans)]]
        first += len(spans)
        similarities = cosines(np.vstack([index.vector(row), vectors]), question_vector)
        score, best = relevance(idfs, sentence_words, similarities)
        reranked[row] = score, spans[best]
    return reranked


def _around(document: Document, span: Span) -> str:
    """Return the title and all headings of a passage, those that it begins with too."""
    inside = document.blocks.overlapping(span)
    headings = (document[block.words] for block in inside if block.kind is Kind.HEADING)
    return "\n".join([context(document, span), *headings])


def relevance(
    idfs: Mapping[str, float], sentence_words: Sequence[Set[str]], similarities: NDArray[np.float32]
) -> tuple[float, int]:
    """Score a passage by its best sentence, and partly by the passage as a whole.

    A text's score is a weighted mean of its cosine with the question and of the share of the question's words
    that it contains, each word weighted by its IDF.

    Args:
        idfs: The question's words and their inverse document frequencies.
        sentence_words: The words of each sentence.
        similarities: (1 + sentences,) Cosines with the question: the passage's, then each sentence's.

    Returns:
        The relevance, 0 to 1, and the position of the best sentence.
    """
    total = sum(idfs.values())

    def share(words: Set[str]) -> float:
        # In the order of the question: a set has none, and the last digit of the sum would vary.
        return sum(idf for word, idf in idfs.items() if word in words) / total if total else 0.0

    shares = np.array([share(set().union(*sentence_words)), *map(share, sentence_words)])
    scores = DEFAULTS.rerank_words_weight * shares + (1 - DEFAULTS.rerank_words_weight) * similarities
    best = int(scores[1:].argmax())
    score = DEFAULTS.passage_share * scores[0] + (1 - DEFAULTS.passage_share) * scores[1 + best]
    return min(1.0, max(0.0, float(score))), best


def cosines(vectors: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the (n,) cosines of `vectors` (n, dimension) with `other` (dimension,); 0 for a zero vector."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(other)
    return np.asarray(vectors @ other / np.maximum(lengths, np.finfo(np.float32).tiny))
