"""Embedding cache: vectors that survive a crash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.index.embedding_cache import EmbeddingCache

TEXTS = ["one", "two", "three \ud800"]
ARRAYS = [np.arange(4 * rows, dtype=np.float32).reshape(rows, 4) for rows in (3, 1, 2)]
ENDS = np.cumsum([16 + 4 + 4 * array.size + 8 for array in ARRAYS])  # of the records in the file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a cache with three records, appended in two batches."""
    cache = EmbeddingCache(tmp_path / "cache", 4)
    cache.append(TEXTS[:2], ARRAYS[:2])
    cache.append(TEXTS[2:], ARRAYS[2:])
    return tmp_path / "cache"


def test_vectors_are_found_again(path: Path) -> None:
    cache = EmbeddingCache(path, 4)
    for text, array in zip(TEXTS, ARRAYS, strict=True):
        np.testing.assert_array_equal(cache.find(text), array)
    assert cache.find("four") is None
    assert len(cache) == 3


def test_a_truncated_or_damaged_end_is_cut_off(path: Path) -> None:
    """What comes before it is found, and so is what is appended afterwards."""
    content = path.read_bytes()
    assert len(content) == ENDS[-1]
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert len(EmbeddingCache(path, 4)) == np.sum(length >= ENDS)
    for offset in range(len(content)):
        damaged = bytearray(content)
        damaged[offset] ^= 1 << offset % 8
        path.write_bytes(damaged)
        cache = EmbeddingCache(path, 4)
        intact = np.sum(offset >= ENDS)
        assert len(cache) == intact
        cache.append(["new"], ARRAYS[:1])
        again = EmbeddingCache(path, 4)
        assert len(again) == intact + 1
        np.testing.assert_array_equal(again.find("new"), ARRAYS[0])


def test_after_a_failed_write_nothing_is_written(tmp_path: Path) -> None:
    """Anything after an incomplete record would not be found."""
    cache = EmbeddingCache(tmp_path / "none" / "cache", 4)
    cache.append(TEXTS, ARRAYS)
    (tmp_path / "none").mkdir()
    cache.append(TEXTS, ARRAYS)
    assert cache.find("one") is None
    assert list((tmp_path / "none").iterdir()) == []
