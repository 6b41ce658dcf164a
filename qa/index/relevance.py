"""Relevance of passages to a question, by their best-matching sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qa.documents import Document, Kind, Span, context
from qa.index.chunking import Chunk
from qa.index.tokenizer import content_words
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ChunkSentences(NamedTuple):
    """A chunk with the vectors of its sentences.

    Attributes:
        chunk: The chunk.
        vector: (dimension,) Its vector.
        spans: Its sentences.
        directions: (sentences, dimension) Their quantized vectors, see `embedding.directions`.
    """

    chunk: Chunk
    vector: NDArray[np.float32]
    spans: Sequence[Span]
    directions: NDArray[np.int8]


def relevances(
    passages: Sequence[ChunkSentences], idfs: Mapping[str, float], question_vector: NDArray[np.float32]
) -> list[tuple[float, Span]]:
    """Score the sentences of passages. The words of a passage's title and headings count for each of them.

    Args:
        passages: The passages.
        idfs: The question's words and their inverse document frequencies.
        question_vector: (dimension,) The question's embedding.

    Returns:
        For each passage, its `relevance`, 0 to 1, and its best sentence.
    """
    # One call for all sentences: the tokenizer has a cost per call.
    words = content_words([one.chunk.document[span] for one in passages for span in one.spans])
    contexts = content_words([_around(one.chunk.document, one.chunk.span) for one in passages])
    found = []
    first = 0
    for (_, vector, spans, directions), of_context in zip(passages, contexts, strict=True):
        sentence_words = [{*in_sentence, *of_context} for in_sentence in words[first : first + len(spans)]]
        first += len(spans)
        similarities = cosines(np.vstack([vector, directions]), question_vector)
        score, best = relevance(idfs, sentence_words, similarities)
        found.append((score, spans[best]))
    return found


def _around(document: Document, span: Span) -> str:
    """Return the title and headings above a passage, and the headings inside it."""
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
        # Sum in the order of the question: the order of a set varies, and so would the last digit of the sum.
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
