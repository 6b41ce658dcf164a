"""Vector index against brute force: exact, and by codes."""

from __future__ import annotations

import gc
import threading
import time
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from qa.index.vector_index import VectorIndex
from qa.storage import disk

Floats = NDArray[np.float32]


def brute_force(
    vectors: Floats, questions: Floats, k: int, deleted: NDArray[np.bool_] | None = None
) -> tuple[Floats, NDArray[np.int64]]:
    """Return scores and rows as `VectorIndex.search` does, from all products."""
    live = np.arange(len(vectors)) if deleted is None else np.flatnonzero(~deleted)
    scores = questions @ vectors[live].T
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(scores, best, axis=1), live[best]


def unit(vectors: NDArray[np.float64] | Floats) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def clustered(rows: int, *, dimension: int = 128, seed: int = 0) -> Floats:
    """Return unit vectors in clusters, like those of texts."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((50, dimension))
    return unit(centres[random.integers(50, size=rows)] + 0.5 * random.standard_normal((rows, dimension)))


def recall(found: NDArray[np.int64], true: NDArray[np.int64]) -> float:
    """Return the share of the true rows that were found."""
    return float(np.mean([np.isin(row, other).mean() for row, other in zip(true, found, strict=True)]))


# Products of such numbers are not rounded. Many vectors are equal, some are zero.
HALVES = st.sampled_from([np.float32(-0.5), np.float32(0), np.float32(0.5)])
MATRICES = st.integers(0, 40).flatmap(
    lambda rows: st.tuples(arrays(np.float32, (rows, 4), elements=HALVES), arrays(np.bool_, rows))
)
QUESTIONS = st.integers(0, 5).flatmap(lambda rows: arrays(np.float32, (rows, 4), elements=HALVES))


@settings(deadline=None)  # the first example imports libraries
@given(MATRICES, QUESTIONS, st.integers(0, 60), st.booleans())
def test_exact_search_is_brute_force(
    matrix: tuple[Floats, NDArray[np.bool_]], questions: Floats, k: int, use_mask: bool
) -> None:
    """With equal scores, zero vectors, deleted rows and `k` above the number of rows."""
    vectors, deleted = matrix
    index = VectorIndex.build(vectors)
    assert index._codes is None
    scores, rows = index.search(questions, k, deleted=deleted if use_mask else None)
    expected_scores, expected_rows = brute_force(vectors, questions, k, deleted if use_mask else None)
    np.testing.assert_array_equal(rows, expected_rows)
    np.testing.assert_array_equal(scores, expected_scores)
    assert scores.dtype == np.float32
    assert rows.dtype == np.int64


@settings(deadline=None, max_examples=20)
@given(MATRICES.filter(lambda matrix: len(matrix[0]) > 9), QUESTIONS, st.integers(0, 120), st.booleans())
def test_codes_find_each_live_row_once_with_its_exact_score(
    matrix: tuple[Floats, NDArray[np.bool_]], questions: Floats, k: int, use_mask: bool
) -> None:
    """As many rows as requested, sorted by score, equal ones in the order of the rows."""
    vectors, deleted = np.tile(matrix[0], (120, 1)), np.tile(matrix[1], 120)
    index = VectorIndex.build(vectors, exact_rows=0)
    assert index._codes is not None
    scores, rows = index.search(questions, k, deleted=deleted if use_mask else None)
    expected, _ = brute_force(vectors, questions, k, deleted if use_mask else None)
    assert scores.shape == rows.shape == expected.shape
    for question, score, row in zip(questions, scores, rows, strict=True):
        np.testing.assert_array_equal(score, vectors[row] @ question)
        assert not (use_mask and deleted[row].any())
        found = list(zip((-score).tolist(), row.tolist(), strict=True))
        assert found == sorted(set(found))


@pytest.mark.parametrize("exact_rows", [10_000, 0])
@pytest.mark.parametrize("k", [1, 10, 100])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.9])
def test_realistic_vectors(exact_rows: int, k: int, share: float) -> None:
    """Exact search gives the rows of brute force, codes nearly all of them."""
    vectors, questions = clustered(5000), clustered(20, seed=1)
    deleted = np.random.default_rng(2).random(5000) < share
    index = VectorIndex.build(vectors, exact_rows=exact_rows)
    scores, rows = index.search(questions, k, deleted=deleted)
    expected, true = brute_force(vectors, questions, k, deleted)
    np.testing.assert_allclose(np.take_along_axis(questions @ vectors.T, rows, 1), scores, atol=1e-6)
    assert not deleted[rows].any()
    if exact_rows:
        np.testing.assert_array_equal(rows, true)
        np.testing.assert_allclose(scores, expected, atol=1e-6)
    else:
        assert recall(rows, true) > (0.97 if k <= 10 else 0.93)
        assert all(len(set(row)) == k for row in rows.tolist())


def test_all_rows_are_found_and_few_live_ones_among_deleted_ones() -> None:
    vectors = clustered(5000)
    index = VectorIndex.build(vectors, exact_rows=0)
    mostly_deleted = np.ones(5000, np.bool_)
    mostly_deleted[::100] = False
    for k, deleted in ((5000, None), (60, mostly_deleted)):
        scores, rows = index.search(vectors[:3], k, deleted=deleted)
        expected, true = brute_force(vectors, vectors[:3], k, deleted)
        np.testing.assert_array_equal(np.sort(rows), np.sort(true))
        np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_codes_work_if_a_few_dimensions_dominate() -> None:
    """As in the vectors of some models."""
    random = np.random.default_rng(4)
    size = np.where(np.arange(128) < 8, 8.0, 1.0)
    vectors, questions = (unit(random.standard_normal((rows, 128)) * size) for rows in (20_000, 30))
    _, rows = VectorIndex.build(vectors, exact_rows=0).search(questions, 10)
    assert recall(rows, brute_force(vectors, questions, 10)[1]) > 0.97


@pytest.mark.parametrize("exact_rows", [10_000, 0])
def test_equal_vectors_have_equal_scores(exact_rows: int) -> None:
    """And keep the order of the rows."""
    vectors = clustered(1003, dimension=384)
    copies = np.random.default_rng(3).choice(1003, 30, replace=False)
    vectors[copies] = vectors[copies[0]]
    scores, rows = VectorIndex.build(vectors, exact_rows=exact_rows).search(vectors[copies[:1]], 30)
    np.testing.assert_array_equal(rows[0], np.sort(copies))
    assert len(set(scores[0].tolist())) == 1


@pytest.mark.parametrize("exact_rows", [10_000, 0])
def test_saved_and_opened(tmp_path: Path, exact_rows: int) -> None:
    """Two indexes in one folder. Their vectors are mapped."""
    vectors = clustered(3000)
    index = VectorIndex.build(vectors, exact_rows=exact_rows)
    names = index.save(tmp_path, "a")
    other = VectorIndex.build(vectors[::-1].copy(), exact_rows=exact_rows).save(tmp_path, "b")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, *other])
    again = VectorIndex.open(tmp_path, "a")
    assert isinstance(again.vectors, np.memmap)
    assert (again._codes is None, len(again)) == (index._codes is None, 3000)
    for found, expected in zip(again.search(vectors[:9], 20), index.search(vectors[:9], 20), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_opened_in_two_threads_while_garbage_is_collected(tmp_path: Path) -> None:
    # See python/cpython#106905: a collection lets the other thread run in the middle of parsing a header.
    def wait(_phase: str, _info: dict[str, int]) -> None:
        if threading.current_thread() is threading.main_thread():
            time.sleep(0.001)

    def open_until_done() -> None:
        while not done.is_set():
            VectorIndex.open(tmp_path, "index")

    VectorIndex.build(unit(np.eye(4))).save(tmp_path, "index")
    done = threading.Event()
    other = threading.Thread(target=open_until_done)
    thresholds = gc.get_threshold()
    gc.callbacks.append(wait)
    gc.set_threshold(3)
    other.start()
    try:
        for _ in range(5):
            VectorIndex.open(tmp_path, "index")
    finally:
        gc.set_threshold(*thresholds)
        gc.callbacks.remove(wait)
        done.set()
        other.join()


def test_an_empty_index_is_saved_and_opened(tmp_path: Path) -> None:
    VectorIndex.build(np.zeros((0, 4), np.float32)).save(tmp_path, "none")
    scores, rows = VectorIndex.open(tmp_path, "none").search(np.ones((2, 4), np.float32), 3)
    assert scores.shape == rows.shape == (2, 0)


@pytest.mark.parametrize("name", ["a.npy", "a.codes"])
def test_a_full_disk_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    open_file = disk.open_file

    def open_on_a_full_disk(path: Path, mode: str) -> IO[bytes]:
        return Path("/dev/full").open("wb") if path.name == name else open_file(path, mode)

    monkeypatch.setattr(disk, "open_file", open_on_a_full_disk)
    with pytest.raises(OSError, match=r"a\.codes|No space|requested"):
        VectorIndex.build(clustered(500), exact_rows=0).save(tmp_path, "a")


@pytest.mark.parametrize("name", ["a.npy", "a.codes"])
def test_no_file_is_overwritten(tmp_path: Path, name: str) -> None:
    """Another process may have it mapped, and would crash."""
    (tmp_path / name).write_bytes(b"mapped")
    with pytest.raises(FileExistsError):
        VectorIndex.build(clustered(500), exact_rows=0).save(tmp_path, "a")
    assert (tmp_path / name).read_bytes() == b"mapped"


@pytest.mark.parametrize("name", ["a.npy", "a.codes"])
def test_a_truncated_file_does_not_open(tmp_path: Path, name: str) -> None:
    VectorIndex.build(clustered(500), exact_rows=0).save(tmp_path, "a")
    content = (tmp_path / name).read_bytes()
    for length in (0, 10, len(content) // 2):
        (tmp_path / name).write_bytes(content[:length])
        with pytest.raises(ValueError, match=r"."):
            VectorIndex.open(tmp_path, "a")
    (tmp_path / "a.npy").unlink()
    with pytest.raises(FileNotFoundError):
        VectorIndex.open(tmp_path, "a")


@pytest.mark.parametrize("exact_rows", [10, 0])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_vectors_that_cannot_be_compared_are_refused(number: float, exact_rows: int) -> None:
    index = VectorIndex.build(np.eye(3, dtype=np.float32), exact_rows=exact_rows)
    question = np.array([[0, number, 0]], dtype=np.float32)
    with pytest.raises(ValueError, match="NaN or infinity"):
        index.search(question, 1)
    with pytest.raises(ValueError, match="NaN or infinity"):
        VectorIndex.build(question, exact_rows=exact_rows)
    with pytest.raises(ValueError, match="shape"):
        index.search(np.eye(2, dtype=np.float32), 1)
    with pytest.raises(ValueError, match="float32"):
        VectorIndex.build(np.eye(3))  # type: ignore[arg-type]
