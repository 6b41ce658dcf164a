"""Arrays in a file, and strings in arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load_file

import qa.storage.array_file
from qa.storage import Strings, join, mapped, read_arrays, room, write_arrays

ARRAYS: dict[str, NDArray[Any]] = {
    "bytes": np.arange(7, dtype=np.uint8),
    "counts": np.arange(5, dtype=np.uint16),
    "table": np.arange(6, dtype=np.int32).reshape(3, 2),
    "ends": np.array([2**40, -1]),
    "none": np.zeros((0, 2), np.int32),
}


@pytest.mark.parametrize("mapped_from", [0, 1 << 20])
def test_arrays_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped_from: int) -> None:
    """The same numbers and shapes, read at once or mapped; safetensors' own library reads the file too."""
    monkeypatch.setattr(qa.storage.array_file, "MAPPED_BYTES", mapped_from)
    write_arrays(tmp_path / "file", ARRAYS)
    for arrays in (read_arrays(mapped(tmp_path / "file")), load_file(tmp_path / "file")):
        assert arrays.keys() == ARRAYS.keys()
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(arrays[name], array)
            assert (arrays[name].dtype, arrays[name].shape) == (array.dtype, array.shape)


@pytest.mark.parametrize("content", [b"", b"x" * 20, b"\2\0\0\0\0\0\0\0[]", b'\10\0\0\0\0\0\0\0{"a": 1}'])
def test_what_is_no_file_of_arrays_is_refused(content: bytes) -> None:
    """Whatever it is, it is a ValueError."""
    with pytest.raises(ValueError):  # noqa: PT011
        read_arrays(content)


@given(st.lists(st.text(max_size=6), unique=True), st.text(max_size=6))
def test_strings_are_found(strings: list[str], other: str) -> None:
    """Each by its number, and its number by it, sorted or through an order; no other is found."""
    ordered = Strings.of(sorted(strings, key=str.encode))
    assert [ordered[number] for number in range(len(ordered))] == sorted(strings, key=str.encode)
    mixed = Strings.of(strings)
    order = np.array(sorted(range(len(strings)), key=lambda number: strings[number].encode()), np.int32)
    for number, string in enumerate(strings):
        assert mixed.find(string, order) == number
        assert ordered[ordered.find(string) or 0] == string
    assert (mixed.find(other, order) is None) == (ordered.find(other) is None) == (other not in strings)


@given(st.lists(st.tuples(st.text(max_size=4), st.booleans())), st.integers(0, 9))
def test_strings_are_taken_and_joined(strings: list[tuple[str, bool]], cut: int) -> None:
    """Those that are wanted, in order, out of all parts."""
    parts = [Strings.of([string for string, _ in part]) for part in (strings[:cut], strings[cut:])]
    wanted = [np.array([want for _, want in part], np.bool_) for part in (strings[:cut], strings[cut:])]
    whole = Strings.join([part.take(mask) for part, mask in zip(parts, wanted, strict=True)])
    assert [whole[number] for number in range(len(whole))] == [string for string, want in strings if want]


def test_a_large_array_lies_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is as one in memory, and can be filled."""
    monkeypatch.setattr(qa.storage.array_file, "ROOM_BYTES", 100)
    monkeypatch.setattr(qa.storage.array_file, "ROOM_ROWS", 3)
    table = np.arange(400, dtype=np.float32).reshape(100, 4)
    wanted = np.arange(100) % 3 > 0
    for parts in ([(table, wanted)], [(table[:7], wanted[:7]), (table[7:], wanted[7:])]):
        joined = join(parts)
        np.testing.assert_array_equal(joined, table[wanted])
        assert isinstance(joined.base, np.ndarray), "it lies in memory"
    filled = room((30,), np.int64)
    filled[:] = 7
    assert filled.sum() == 210
