"""Vectors that outlive a crash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.index.embedding_cache import EmbeddingCache

TEXTS = ["one", "two", "three \ud800"]
VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with three vectors, appended in two batches."""
    cache = EmbeddingCache(tmp_path / "journal", 4)
    cache.append(TEXTS[:2], VECTORS[:2])
    cache.append(TEXTS[2:], VECTORS[2:])
    return tmp_path / "journal"


def test_vectors_are_found_again(path: Path) -> None:
    """By another process, each by its text; other texts have none."""
    cache = EmbeddingCache(path, 4)
    for text, vector in zip(TEXTS, VECTORS, strict=True):
        np.testing.assert_array_equal(cache.find(text), vector)
    assert cache.find("four") is None
    assert len(cache) == 3


def test_what_is_not_whole_is_cut_off(path: Path) -> None:
    """Cut short or damaged anywhere: what stands before is found, and so is what is appended then."""
    content = path.read_bytes()
    size = len(content) // 3
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert len(EmbeddingCache(path, 4)) == length // size
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        cache = EmbeddingCache(path, 4)
        assert len(cache) == place // size
        cache.append(["new"], VECTORS[:1])
        again = EmbeddingCache(path, 4)
        assert len(again) == place // size + 1
        np.testing.assert_array_equal(again.find("new"), VECTORS[0])


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    """It goes on without, and writes no more: what follows half a record would not be found."""
    cache = EmbeddingCache(tmp_path / "none" / "journal", 4)
    cache.append(TEXTS, VECTORS)
    (tmp_path / "none").mkdir()
    cache.append(TEXTS, VECTORS)
    assert cache.find("one") is None
    assert list((tmp_path / "none").iterdir()) == []
