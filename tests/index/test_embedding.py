"""Embedding documents: batches, cache, chunks and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.documents import Span, sentences
from qa.index import IndexSettings
from qa.index.embedding import BATCH, directions, embed_chunks, embed_documents
from qa.index.embedding_cache import EmbeddingCache
from tests.tiny_embedder import WordEmbedder, documents


class BatchRecorder(WordEmbedder):
    """Records the text lengths of each batch."""

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        self.sizes = [*getattr(self, "sizes", []), [len(text) for text in texts]]
        return super().embed_with_sentences(texts, sentences)


def test_chunks_are_embedded_in_batches_by_length() -> None:
    """The longest first, each with its sentences."""
    random = np.random.default_rng(0)
    texts = [" ".join(["word"] * random.integers(1, 40)) + f" {number}. Next." for number in range(700)]
    chunks = {text: sentences(text) for text in texts}
    embedder = BatchRecorder()
    vectors = embed_chunks(chunks, embedder)
    lengths = [length for batch in embedder.sizes for length in batch]
    assert lengths == sorted(lengths, reverse=True)
    assert len(lengths) == len(texts)
    assert max(map(len, embedder.sizes)) == BATCH
    for text, spans in chunks.items():
        parts = [text, *(text[span.start : span.end] for span in spans)]
        np.testing.assert_array_equal(vectors[text], WordEmbedder().embed(parts))


def test_a_cached_chunk_is_not_embedded_and_a_new_one_is_cached(tmp_path: Path) -> None:
    chunks = {text: sentences(text) for text in ("One. Two.", "Three.", "Four, five. Six. Seven.")}
    first_two = dict(list(chunks.items())[:2])
    embed_chunks(first_two, WordEmbedder(), cache=EmbeddingCache(tmp_path / "cache", 16))
    embedder = WordEmbedder()
    vectors = embed_chunks(chunks, embedder, cache=EmbeddingCache(tmp_path / "cache", 16))
    assert embedder.embedded == ["Four, five. Six. Seven."]
    for text, expected in embed_chunks(chunks, WordEmbedder()).items():
        np.testing.assert_array_equal(vectors[text], expected)
    assert len(EmbeddingCache(tmp_path / "cache", 16)) == 3


def test_a_cached_chunk_with_other_sentences_is_embedded_again(tmp_path: Path) -> None:
    """As after a change of the rules for splitting sentences."""
    cache = EmbeddingCache(tmp_path / "cache", 16)
    cache.append(["One. Two."], [np.zeros((2, 16), np.float32)])
    chunks = {"One. Two.": sentences("One. Two.")}
    vectors = embed_chunks(chunks, WordEmbedder(), cache=EmbeddingCache(tmp_path / "cache", 16))
    assert vectors["One. Two."].shape == (3, 16)


def test_equal_chunks_are_embedded_once() -> None:
    embedder = WordEmbedder()
    first, second = embed_documents(documents("a b.", "a b."), embedder, IndexSettings.of(embedder))
    assert embedder.embedded == ["a b."]
    np.testing.assert_array_equal(first.vectors, second.vectors)


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


@pytest.mark.parametrize("array", [np.full((2, 16), np.nan, np.float32), np.zeros((1, 16), np.float32)])
def test_vectors_of_an_embedder_are_checked(array: NDArray[np.float32]) -> None:
    class Wrong(WordEmbedder):
        def embed_with_sentences(
            self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
        ) -> list[NDArray[np.float32]]:
            return [array for _ in texts]

    with pytest.raises(ValueError, match="numbers"):
        embed_chunks({"One.": sentences("One.")}, Wrong())


def test_settings_are_limited_to_what_the_embedder_reads() -> None:
    assert IndexSettings.of(WordEmbedder(max_tokens=9)) == IndexSettings(WordEmbedder().digest, 16, 9, 4)
    assert IndexSettings.of(WordEmbedder(), size=30, overlap=5).overlap == 5


def test_directions_do_not_depend_on_length() -> None:
    """The largest number becomes 127. A zero vector has no direction."""
    vectors = np.array([[3, -4, 0], [1e-45, 0, 0], [0, 0, 0], [3e38, -3e38, 1e38]], np.float32)
    assert directions(vectors).tolist() == [[95, -127, 0], [127, 0, 0], [0, 0, 0], [127, -127, 42]]
