"""Index: documents made searchable by vector and by word, in memory and on disk."""

from __future__ import annotations

from qa.index.chunking import chunk_document
from qa.index.documents import Documents
from qa.index.embedder import PACKAGED_EMBEDDER, Embedder, embed_apart, load_embedder
from qa.index.embedding import IndexSettings
from qa.index.index import SEGMENT_CHARACTERS, Index
from qa.index.segment import Segment
from qa.index.store import Store
from qa.index.stored_index import SkippedFile, StoredIndex
from qa.index.tokenizer import content_words, word_stems

__all__ = [
    "PACKAGED_EMBEDDER",
    "SEGMENT_CHARACTERS",
    "Documents",
    "Embedder",
    "Index",
    "IndexSettings",
    "Segment",
    "SkippedFile",
    "Store",
    "StoredIndex",
    "chunk_document",
    "content_words",
    "embed_apart",
    "load_embedder",
    "word_stems",
]
