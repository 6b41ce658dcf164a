"""Embedding documents: batches, cache, chunks and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.index import IndexSettings
from qa.index.embedding import BATCH, directions, embed_documents, embed_texts
from qa.index.embedding_cache import EmbeddingCache
from tests.tiny_embedder import WordEmbedder, documents


class BatchRecorder(WordEmbedder):
    """Records the text lengths of each batch."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.sizes = [*getattr(self, "sizes", []), [len(text) for text in texts]]
        return super().embed(texts)


def test_texts_are_embedded_in_batches_by_length() -> None:
    """The longest first, equal ones once."""
    random = np.random.default_rng(0)
    texts = [" ".join(["word"] * random.integers(1, 40)) + f" {number % 700}" for number in range(1000)]
    embedder = BatchRecorder()
    vectors = embed_texts(texts, embedder)
    lengths = [length for batch in embedder.sizes for length in batch]
    assert lengths == sorted(lengths, reverse=True)
    assert max(map(len, embedder.sizes)) == BATCH
    assert len(lengths) == len(set(texts))
    np.testing.assert_array_equal(vectors, WordEmbedder().embed(texts))


def test_a_cached_text_is_not_embedded_and_a_new_one_is_cached(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "cache", 16)
    first, second = WordEmbedder(), WordEmbedder()
    embed_texts(["one", "two"], first, cache=cache)
    vectors = embed_texts(["three", "two", "one"], second, cache=EmbeddingCache(tmp_path / "cache", 16))
    assert second.embedded == ["three"]
    np.testing.assert_array_equal(vectors, WordEmbedder().embed(["three", "two", "one"]))
    assert len(EmbeddingCache(tmp_path / "cache", 16)) == 3


def test_documents_have_their_spans_and_vectors() -> None:
    """A known document is not embedded."""
    embedder = WordEmbedder()
    index_settings = IndexSettings.of(embedder, size=6, overlap=2)
    embedded = embed_documents(documents("a b c. d e f. g h.", "", "x."), embedder, index_settings)
    assert [len(document.spans) for document in embedded] == [len(document.vectors) for document in embedded]
    assert embedded[1].spans.shape == (0, 2)
    assert embedded[2].spans.tolist() == [[0, 2]]
    embedder.embedded.clear()
    again = embed_documents(documents("x.", "y."), embedder, index_settings, known=lambda digest: embedded[2])
    assert again == [embedded[2], embedded[2]]
    assert embedder.embedded == []


def test_vectors_of_an_embedder_are_checked() -> None:
    class Wrong(WordEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return np.full((len(texts), 16), np.nan, np.float32)

    with pytest.raises(ValueError, match="numbers"):
        embed_texts(["one"], Wrong())


def test_settings_are_limited_to_what_the_embedder_reads() -> None:
    assert IndexSettings.of(WordEmbedder(max_tokens=9)) == IndexSettings(WordEmbedder().digest, 16, 9, 4)
    assert IndexSettings.of(WordEmbedder(), size=30, overlap=5).overlap == 5


def test_directions_do_not_depend_on_length() -> None:
    """The largest number becomes 127. A zero vector has no direction."""
    vectors = np.array([[3, -4, 0], [1e-45, 0, 0], [0, 0, 0], [3e38, -3e38, 1e38]], np.float32)
    assert directions(vectors).tolist() == [[95, -127, 0], [127, 0, 0], [0, 0, 0], [127, -127, 42]]
