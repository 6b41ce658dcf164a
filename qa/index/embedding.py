"""Embedding documents: their chunks and sentences become vectors, in batches and each text once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Span, sentences
from qa.index.chunking import chunk_document
from qa.index.embedder import Embedder
from qa.index.embedding_cache import EmbeddingCache
from qa.index.text_digest import text_digest
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 256
"""How many texts are embedded between two writes to the cache."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Everything besides the text that chunks and vectors depend on.

    Attributes:
        embedder: The digest of the embedder.
        dimension: The length of its vectors.
        size: The most tokens of a chunk.
        overlap: The most tokens that neighbouring chunks share.
    """

    embedder: str
    dimension: int
    size: int
    overlap: int

    @classmethod
    def of(
        cls, embedder: Embedder, *, size: int = DEFAULTS.chunk_size, overlap: int = DEFAULTS.chunk_overlap
    ) -> IndexSettings:
        """Limit the size to what `embedder` can read, and the overlap to half of that."""
        size = min(size, embedder.max_tokens)
        return cls(embedder.digest, embedder.dimension, size, min(overlap, size // 2))


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedDocument:
    """The chunks and sentences of a document with their vectors.

    Attributes:
        spans: (chunks, 2) The start and end of each chunk in the text.
        vectors: (chunks, dimension) The vector of each chunk.
        sentence_ends: (chunks,) The sentences of chunk i are the rows
            `sentence_ends[i - 1] : sentence_ends[i]` of the next two arrays.
        sentence_spans: (sentences, 2) The start and end of each sentence in the text.
        sentence_directions: (sentences, dimension) See `directions`.
    """

    spans: NDArray[np.int32]
    vectors: NDArray[np.float32]
    sentence_ends: NDArray[np.int64]
    sentence_spans: NDArray[np.int32]
    sentence_directions: NDArray[np.int8]


def embed_documents(
    documents: Sequence[Document],
    embedder: Embedder,
    settings: IndexSettings,
    *,
    known: Callable[[bytes], EmbeddedDocument | None] = lambda digest: None,
    cache: EmbeddingCache | None = None,
) -> list[EmbeddedDocument]:
    """Chunk and embed documents.

    Args:
        documents: The documents.
        embedder: The embedder.
        settings: The settings, made from the embedder.
        known: Returns the result for a text with this digest, if there is one already.
        cache: Vectors of single texts that need not be computed. New vectors are added batch by batch.

    Returns:
        A result for each document, in order.
    """
    embedded = [known(text_digest(document.text)) for document in documents]
    # Chunk the new documents, and collect the texts of their chunks and sentences.
    chunk_spans: dict[int, list[Span]] = {}
    sentence_spans: dict[int, list[list[Span]]] = {}
    texts: list[str] = []
    for position, document in enumerate(documents):
        if embedded[position] is not None:
            continue
        chunks = chunk_document(
            document, embedder.token_offsets, size=settings.size, overlap=settings.overlap
        )
        chunk_spans[position] = [chunk.span for chunk in chunks]
        sentence_spans[position] = [
            [sentence.shift(chunk.span.start) for sentence in sentences(chunk.text)] for chunk in chunks
        ]
        texts += [chunk.text for chunk in chunks]
        texts += [document[span] for span in chain.from_iterable(sentence_spans[position])]
    # Embed them all together, and cut the vectors up in the same order.
    vectors = embed_texts(texts, embedder, cache=cache)
    start = 0
    for position, spans in chunk_spans.items():
        all_sentences = list(chain.from_iterable(sentence_spans[position]))
        chunk_end = start + len(spans)
        sentence_end = chunk_end + len(all_sentences)
        embedded[position] = EmbeddedDocument(
            _span_array(spans),
            vectors[start:chunk_end].copy(),  # else it would keep all vectors in memory
            np.cumsum([len(spans_of_chunk) for spans_of_chunk in sentence_spans[position]], dtype=np.int64),
            _span_array(all_sentences),
            directions(vectors[chunk_end:sentence_end]),
        )
        start = sentence_end
    return [result for result in embedded if result is not None]


def directions(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return vectors (any, dimension) without their lengths, scaled so that the largest number is 127."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return np.asarray(np.rint(127 * (vectors / np.where(largest > 0, largest, 1))).astype(np.int8))


def embed_texts(
    texts: Sequence[str], embedder: Embedder, *, cache: EmbeddingCache | None = None
) -> NDArray[np.float32]:
    """Embed texts, equal ones once, the longest first.

    Args:
        texts: The texts, none longer than the embedder can read.
        embedder: The embedder.
        cache: Vectors that need not be computed. New vectors are added batch by batch.

    Returns:
        The vectors, (texts, dimension).

    Raises:
        ValueError: The embedder returned another shape, infinity or NaN.
    """
    vectors = np.zeros((len(texts), embedder.dimension), np.float32)
    rows_of_texts: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows_of_texts.setdefault(text, []).append(row)
    missing = []
    for text, rows in rows_of_texts.items():
        cached = None if cache is None else cache.find(text)
        if cached is None:
            missing.append(text)
        else:
            vectors[rows] = cached
    # Texts of like length need little padding. With the longest first, memory runs out at once or never.
    missing.sort(key=len, reverse=True)
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        batch_vectors = embedder.embed(batch)
        expected_shape = (len(batch), embedder.dimension)
        if batch_vectors.shape != expected_shape or not np.isfinite(batch_vectors).all():
            raise ValueError(f"not finite numbers of shape {expected_shape}: shape {batch_vectors.shape}")
        for text, vector in zip(batch, batch_vectors, strict=True):
            vectors[rows_of_texts[text]] = vector
        if cache is not None:
            cache.append(batch, batch_vectors)
    return vectors


def _span_array(spans: Sequence[Span]) -> NDArray[np.int32]:
    return np.array([(span.start, span.end) for span in spans], np.int32).reshape(-1, 2)
