"""Documents to chunks with vectors."""

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


class Batches(WordEmbedder):
    """Remembers the lengths of each batch."""

    def embed(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
        """As any other."""
        self.sizes = [*getattr(self, "sizes", []), [len(text) for text in texts]]
        return super().embed(texts)


def test_texts_are_embedded_in_batches_by_length() -> None:
    """The longest first, so many at once, equal ones once; each has its own vector."""
    numbers = np.random.default_rng(0)
    texts = [" ".join(["word"] * numbers.integers(1, 40)) + f" {number % 700}" for number in range(1000)]
    embedder = Batches()
    told: list[int] = []
    vectors = embed_texts(texts, embedder, done=told.append)
    lengths = [length for batch in embedder.sizes for length in batch]
    assert lengths == sorted(lengths, reverse=True)
    assert max(map(len, embedder.sizes)) == BATCH
    assert len(lengths) == len(set(texts))
    assert sum(told) == len(texts)
    np.testing.assert_array_equal(vectors, WordEmbedder().embed(texts))


def test_a_journal_spares_what_it_holds(tmp_path: Path) -> None:
    """And is given what it does not hold."""
    cache = EmbeddingCache(tmp_path / "journal", 16)
    first, second = WordEmbedder(), WordEmbedder()
    embed_texts(["one", "two"], first, cache=cache)
    vectors = embed_texts(["three", "two", "one"], second, cache=EmbeddingCache(tmp_path / "journal", 16))
    assert second.embedded == ["three"]
    np.testing.assert_array_equal(vectors, WordEmbedder().embed(["three", "two", "one"]))
    assert len(EmbeddingCache(tmp_path / "journal", 16)) == 3


def test_chunks_are_cut_by_the_recipe() -> None:
    """Each document has its spans and vectors, in order; a text that is known is not cut or embedded."""
    embedder = WordEmbedder()
    index_settings = IndexSettings.of(embedder, size=6, overlap=2)
    cuts = embed_documents(documents("a b c. d e f. g h.", "", "x."), embedder, index_settings)
    assert [cut.spans.shape[0] for cut in cuts] == [cut.vectors.shape[0] for cut in cuts]
    assert cuts[1].spans.shape == (0, 2)
    assert cuts[2].spans.tolist() == [[0, 2]]
    embedder.embedded.clear()
    again = embed_documents(documents("x.", "y."), embedder, index_settings, known=lambda digest: cuts[2])
    assert again == [cuts[2], cuts[2]]
    assert embedder.embedded == []


def test_vectors_that_are_not_what_was_promised_are_refused() -> None:
    """Of another shape, or not all numbers."""

    class Wrong(WordEmbedder):
        def embed(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
            return np.full((len(texts), 16), np.nan, np.float32)

    with pytest.raises(ValueError, match="numbers"):
        embed_texts(["one"], Wrong())


def test_the_recipe_gives_way_to_the_embedder() -> None:
    """No chunk is longer than can be read, no overlap longer than half of one."""
    assert IndexSettings.of(WordEmbedder(max_tokens=9)) == IndexSettings(WordEmbedder().digest, 16, 9, 4)
    assert IndexSettings.of(WordEmbedder(), size=30, overlap=5).overlap == 5


def test_directions_are_of_any_length() -> None:
    """The largest number becomes 127, however small or large it is; of nothing there is no direction."""
    vectors = np.array([[3, -4, 0], [1e-45, 0, 0], [0, 0, 0], [3e38, -3e38, 1e38]], np.float32)
    assert directions(vectors).tolist() == [[95, -127, 0], [127, 0, 0], [0, 0, 0], [127, -127, 42]]
