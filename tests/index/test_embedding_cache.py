"""Embedding cache: vectors that survive a crash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.index.embedding_cache import EmbeddingCache

TEXTS = ["one", "two", "three \ud800"]
VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a cache with three vectors, appended in two batches."""
    cache = EmbeddingCache(tmp_path / "cache", 4)
    cache.append(TEXTS[:2], VECTORS[:2])
    cache.append(TEXTS[2:], VECTORS[2:])
    return tmp_path / "cache"


def test_vectors_are_found_again(path: Path) -> None:
    cache = EmbeddingCache(path, 4)
    for text, vector in zip(TEXTS, VECTORS, strict=True):
        np.testing.assert_array_equal(cache.find(text), vector)
    assert cache.find("four") is None
    assert len(cache) == 3


def test_a_truncated_or_damaged_end_is_cut_off(path: Path) -> None:
    """What is before it is found, and so is what is appended then."""
    content = path.read_bytes()
    size = len(content) // 3
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert len(EmbeddingCache(path, 4)) == length // size
    for offset in range(len(content)):
        damaged = bytearray(content)
        damaged[offset] ^= 1 << offset % 8
        path.write_bytes(damaged)
        cache = EmbeddingCache(path, 4)
        assert len(cache) == offset // size
        cache.append(["new"], VECTORS[:1])
        again = EmbeddingCache(path, 4)
        assert len(again) == offset // size + 1
        np.testing.assert_array_equal(again.find("new"), VECTORS[0])


def test_after_a_failed_write_nothing_is_written(tmp_path: Path) -> None:
    """What follows an incomplete record would not be found."""
    cache = EmbeddingCache(tmp_path / "none" / "cache", 4)
    cache.append(TEXTS, VECTORS)
    (tmp_path / "none").mkdir()
    cache.append(TEXTS, VECTORS)
    assert cache.find("one") is None
    assert list((tmp_path / "none").iterdir()) == []
