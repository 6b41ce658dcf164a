"""Embedding documents: chunks and sentences to vectors, in batches, each distinct chunk once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Span, context, document_sentences
from qa.index.chunking import Chunk, chunk_document
from qa.index.embedder import Embedder
from qa.index.embedding_cache import EmbeddingCache
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 256
"""Number of chunks embedded between two writes to the cache."""


CONTEXT_TOKENS = 48
"""Maximum number of tokens of title and headings put before a chunk when it is embedded."""


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Everything besides the text that chunks and vectors depend on.

    Attributes:
        embedder: The digest of the embedder.
        dimension: The length of its vectors.
        size: Maximum number of tokens in a chunk.
        overlap: Maximum number of tokens shared by neighbouring chunks.
    """

    embedder: str
    dimension: int
    size: int
    overlap: int

    @classmethod
    def of(
        cls, embedder: Embedder, *, size: int = DEFAULTS.chunk_size, overlap: int = DEFAULTS.chunk_overlap
    ) -> IndexSettings:
        """Return settings for an embedder: size limited to what it can read, overlap to half the size."""
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
    known: Callable[[Document], EmbeddedDocument | None] = lambda document: None,
    cache: EmbeddingCache | None = None,
) -> list[EmbeddedDocument]:
    """Chunk and embed documents. A chunk is embedded with its title and headings before it, see `context`.

    Args:
        documents: The documents.
        embedder: The embedder.
        settings: The settings, made from the embedder.
        known: Returns an earlier result for a document with the same text, title and structure, or None.
        cache: Vectors that need not be computed again. New vectors are added to it batch by batch.

    Returns:
        A result for each document, in order.
    """
    embedded = [known(document) for document in documents]
    chunks = {
        position: chunk_document(
            document, embedder.token_offsets, size=settings.size, overlap=settings.overlap
        )
        for position, document in enumerate(documents)
        if embedded[position] is None
    }
    # Embed the chunks of all new documents together.
    prefixes = {chunk: _prefix(chunk, embedder, settings) for chunk in chain.from_iterable(chunks.values())}
    sentence_spans: dict[str, list[Span]] = {}
    for chunk, prefix in prefixes.items():
        found = document_sentences(chunk.document, chunk.span)
        by = len(prefix) - chunk.span.start
        sentence_spans.setdefault(prefix + chunk.text, [sentence.shift(by) for sentence in found])
    vectors = embed_chunks(sentence_spans, embedder, cache=cache)
    for position, chunks_of_document in chunks.items():
        texts = [prefixes[chunk] + chunk.text for chunk in chunks_of_document]
        embedded[position] = EmbeddedDocument(
            _span_array([chunk.span for chunk in chunks_of_document]),
            _stacked([vectors[text][:1] for text in texts], settings.dimension),
            np.cumsum([len(sentence_spans[text]) for text in texts], dtype=np.int64),
            _span_array(
                [
                    sentence.shift(chunk.span.start - len(prefixes[chunk]))
                    for chunk, text in zip(chunks_of_document, texts, strict=True)
                    for sentence in sentence_spans[text]
                ]
            ),
            directions(_stacked([vectors[text][1:] for text in texts], settings.dimension)),
        )
    return [result for result in embedded if result is not None]


def _prefix(chunk: Chunk, embedder: Embedder, settings: IndexSettings) -> str:
    """Return the text put before a chunk: the end of its context, which is the most specific part."""
    words = context(chunk.document, chunk.span)
    if not words:
        return ""
    room = min(CONTEXT_TOKENS, embedder.max_tokens - settings.size)
    offsets = embedder.token_offsets(words)
    if len(offsets) > room:
        words = words[offsets[-room][0] :] if room > 0 else ""
    prefix = f"{words}\n\n" if words else ""
    return prefix if len(embedder.token_offsets(prefix + chunk.text)) <= embedder.max_tokens else ""


def directions(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Quantize the directions of vectors (any, dimension): the largest component becomes ±127."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return np.asarray(np.rint(127 * (vectors / np.where(largest > 0, largest, 1))).astype(np.int8))


def embed_chunks(
    chunks: Mapping[str, Sequence[Span]], embedder: Embedder, *, cache: EmbeddingCache | None = None
) -> dict[str, NDArray[np.float32]]:
    """Embed chunks and their sentences, the longest first.

    Args:
        chunks: The sentences of each chunk, by its text, which must not be longer than the embedder can read.
        embedder: The embedder.
        cache: Vectors that need not be computed again. New vectors are added to it batch by batch.

    Returns:
        For each chunk an array (1 + sentences, dimension), see `Embedder.embed_with_sentences`.

    Raises:
        ValueError: The embedder returned the wrong shape, infinity or NaN.
    """
    vectors: dict[str, NDArray[np.float32]] = {}
    missing = []
    for text, spans in chunks.items():
        cached = None if cache is None else cache.find(text)
        if cached is not None and len(cached) == 1 + len(spans):
            vectors[text] = cached
        else:
            missing.append(text)
    # Chunks of similar length need little padding. With the longest first, memory runs out immediately or
    # never.
    missing.sort(key=len, reverse=True)
    for start in range(0, len(missing), BATCH):
        batch = missing[start : start + BATCH]
        batch_vectors = embedder.embed_with_sentences(batch, [chunks[text] for text in batch])
        for text, array in zip(batch, batch_vectors, strict=True):
            expected_shape = (1 + len(chunks[text]), embedder.dimension)
            if array.shape != expected_shape or not np.isfinite(array).all():
                raise ValueError(f"not finite numbers of shape {expected_shape}: shape {array.shape}")
            vectors[text] = array
        if cache is not None:
            cache.append(batch, batch_vectors)
    return vectors


def _stacked(arrays: Sequence[NDArray[np.float32]], dimension: int) -> NDArray[np.float32]:
    """Return the rows of all arrays, (any, dimension)."""
    return np.concatenate([np.zeros((0, dimension), np.float32), *arrays])


def _span_array(spans: Sequence[Span]) -> NDArray[np.int32]:
    return np.array([(span.start, span.end) for span in spans], np.int32).reshape(-1, 2)
