"""Index: documents made searchable by vector and by word, in memory and on disk."""

from __future__ import annotations

from qa.index.chunking import Chunk, chunk_document
from qa.index.documents import Documents
from qa.index.embedder import Embedder, embed_apart, load_embedder
from qa.index.embedding import IndexSettings, embed_documents
from qa.index.encoder import PACKAGED_EMBEDDER
from qa.index.index import SEGMENT_CHARACTERS, Index
from qa.index.live_segment import LiveSegment
from qa.index.manifest import FORMAT
from qa.index.relevant_sentences import RelevantSentence
from qa.index.remote_store import RemoteStore, store_at
from qa.index.searchable import Rankings, Searchable
from qa.index.segment import Segment
from qa.index.snapshot import Snapshot, checksum
from qa.index.store import Store
from qa.index.stored_index import SkippedFile, StoredIndex
from qa.index.text_digest import text_digest
from qa.index.tokenizer import content_words, content_words_of, word_stems
from qa.index.word_statistics import WordStatistics, missing_words

__all__ = [
    "FORMAT",
    "PACKAGED_EMBEDDER",
    "SEGMENT_CHARACTERS",
    "Chunk",
    "Documents",
    "Embedder",
    "Index",
    "IndexSettings",
    "LiveSegment",
    "Rankings",
    "RelevantSentence",
    "RemoteStore",
    "Searchable",
    "Segment",
    "SkippedFile",
    "Snapshot",
    "Store",
    "StoredIndex",
    "WordStatistics",
    "checksum",
    "chunk_document",
    "content_words",
    "content_words_of",
    "embed_apart",
    "embed_documents",
    "load_embedder",
    "missing_words",
    "store_at",
    "text_digest",
    "word_stems",
]
