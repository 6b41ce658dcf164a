"""Array files: round trip, damage, and large arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

import qa.storage.array_file
from qa.storage import allocate, concatenate_rows, mapped, read_arrays, write_arrays

ARRAYS: dict[str, NDArray[Any]] = {
    "bytes": np.arange(7, dtype=np.uint8),
    "counts": np.arange(5, dtype=np.uint16),
    "table": np.arange(6, dtype=np.int32).reshape(3, 2),
    "ends": np.array([2**40, -1]),
    "none": np.zeros((0, 2), np.int32),
}


@pytest.mark.parametrize("mapped_bytes", [0, 1 << 20])
def test_arrays_are_read_as_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped_bytes: int
) -> None:
    """Read or mapped; the safetensors library reads the file too."""
    monkeypatch.setattr(qa.storage.array_file, "MIN_MAPPED_BYTES", mapped_bytes)
    write_arrays(tmp_path / "file", ARRAYS)
    for arrays in (read_arrays(mapped(tmp_path / "file")), load_file(tmp_path / "file")):
        assert arrays.keys() == ARRAYS.keys()
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(arrays[name], array)
            assert (arrays[name].dtype, arrays[name].shape) == (array.dtype, array.shape)


@pytest.mark.parametrize("content", [b"", b"x" * 20, b"\2\0\0\0\0\0\0\0[]", b'\10\0\0\0\0\0\0\0{"a": 1}'])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_arrays(content)


def test_a_large_array_is_backed_by_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.storage.array_file, "MIN_FILE_BACKED_BYTES", 100)
    monkeypatch.setattr(qa.storage.array_file, "COPIED_ROWS", 3)
    table = np.arange(400, dtype=np.float32).reshape(100, 4)
    mask = np.arange(100) % 3 > 0
    for parts in ([(table, mask)], [(table[:7], mask[:7]), (table[7:], mask[7:])]):
        joined = concatenate_rows(parts)
        np.testing.assert_array_equal(joined, table[mask])
        assert isinstance(joined.base, np.ndarray), "it is in memory"
    filled = allocate((30,), np.int64)
    filled[:] = 7
    assert filled.sum() == 210
