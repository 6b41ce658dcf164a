"""Documents to chunks with their vectors, in batches; what has a vector already is not embedded again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Span, sentences
from qa.index.chunking import Chunk, chunk_document
from qa.index.embedder import Embedder
from qa.index.embedding_cache import EmbeddingCache
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 256  # texts between two writes to the cache


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """All that decides, beside the text, where chunks are cut and what their vectors are."""

    embedder: str
    dimension: int
    size: int
    overlap: int

    @classmethod
    def of(
        cls, embedder: Embedder, *, size: int = DEFAULTS.chunk_size, overlap: int = DEFAULTS.chunk_overlap
    ) -> IndexSettings:
        """Chunks of at most `size` tokens, or what `embedder` can read; neighbours share at most half."""
        size = min(size, embedder.max_tokens)
        return cls(embedder.digest, embedder.dimension, size, min(overlap, size // 2))


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedDocument:
    """A text's chunks: where each starts and ends (chunks, 2), and its vector (chunks, dimension).

    The sentences in chunk i are the rows `sentence_ends[i - 1] : sentence_ends[i]` of `sentence_spans`
    (sentences, 2), places in the text, and of `sentences` (sentences, dimension), their vectors' directions
    in 8 bits a number.
    """

    spans: NDArray[np.int32]
    vectors: NDArray[np.float32]
    sentence_ends: NDArray[np.int64]
    sentence_spans: NDArray[np.int32]
    sentences: NDArray[np.int8]


def text_digest(text: str) -> bytes:
    """SHA-256 of a text: whatever has the same text has the same chunks, whatever its name."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def embed_documents(
    documents: Sequence[Document],
    embedder: Embedder,
    settings: IndexSettings,
    *,
    known: Callable[[bytes], EmbeddedDocument | None] = lambda digest: None,
    cache: EmbeddingCache | None = None,
    done: Callable[[int], object] = lambda chunks: None,
) -> list[EmbeddedDocument]:
    """The chunks of each document and their sentences, embedded in batches sorted by length.

    A text that `known` has under its digest is taken from there, a vector that `cache` has from
    there; what is embedded is added to the cache batch by batch. `done` is told of each batch.
    """
    cuts = [known(text_digest(document.text)) for document in documents]
    fresh = {
        place: chunk_document(document, embedder.token_offsets, size=settings.size, overlap=settings.overlap)
        for place, document in enumerate(documents)
        if cuts[place] is None
    }
    parts = {place: [_sentences(chunk) for chunk in chunks] for place, chunks in fresh.items()}
    texts = [
        documents[place][span]
        for place, chunks in fresh.items()
        for span in (*(chunk.span for chunk in chunks), *chain.from_iterable(parts[place]))
    ]
    vectors = iter(embed_texts(texts, embedder, cache=cache, done=done))
    for place, chunks in fresh.items():
        spans = [chunk.span for chunk in chunks]
        inner = list(chain.from_iterable(parts[place]))
        whole, each = (
            np.array(list(islice(vectors, len(some))), np.float32).reshape(-1, embedder.dimension)
            for some in (spans, inner)
        )
        ends = np.cumsum([len(some) for some in parts[place]], dtype=np.int64)
        cuts[place] = EmbeddedDocument(_places(spans), whole, ends, _places(inner), directions(each))
    return [cut for cut in cuts if cut is not None]


def directions(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Vectors (any, dimension) without their lengths: each stretched until its largest number is 127."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return np.asarray(np.rint(127 * (vectors / np.where(largest > 0, largest, 1))).astype(np.int8))


def _sentences(chunk: Chunk) -> list[Span]:
    """The sentences of a chunk, in places of its document."""
    return [sentence.shift(chunk.span.start) for sentence in sentences(chunk.text)]


def _places(spans: Sequence[Span]) -> NDArray[np.int32]:
    return np.array([(span.start, span.end) for span in spans], np.int32).reshape(-1, 2)


def embed_texts(
    texts: Sequence[str],
    embedder: Embedder,
    *,
    cache: EmbeddingCache | None = None,
    done: Callable[[int], object] = lambda texts: None,
) -> NDArray[np.float32]:
    """Vectors (texts, dimension) of `texts`, equal ones embedded once, the longest first."""
    vectors = np.zeros((len(texts), embedder.dimension), np.float32)
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(text, []).append(place)
    waiting = []
    for text, rows in places.items():
        kept = None if cache is None else cache.find(text)
        if kept is None:
            waiting.append(text)
        else:
            vectors[rows] = kept
    done(len(texts) - sum(len(places[text]) for text in waiting))
    # Texts of one length are padded by little; with the longest first, memory is short at once or never.
    waiting.sort(key=len, reverse=True)
    for start in range(0, len(waiting), BATCH):
        batch = waiting[start : start + BATCH]
        made = embedder.embed(batch)
        if made.shape != (len(batch), embedder.dimension) or not np.isfinite(made).all():
            raise ValueError(f"not {len(batch)} vectors of {embedder.dimension} numbers: {made.shape}")
        for text, vector in zip(batch, made, strict=True):
            vectors[places[text]] = vector
        if cache is not None:
            cache.append(batch, made)
        done(sum(len(places[text]) for text in batch))
    return vectors
