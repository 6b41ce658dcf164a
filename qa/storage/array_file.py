"""Named arrays in one file, read as they are needed."""

from __future__ import annotations

import json
import math
import mmap
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from qa.storage.durable import written_through

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays: TypeAlias = "Mapping[str, NDArray[Any]]"
"""Arrays by name."""

ALIGNMENT = 8
MAPPED_BYTES = 1 << 20  # a file of this size and more is mapped and not read at once
ROOM_BYTES = 1 << 26  # an array of this size and more is made in a file and not in memory
ROOM_ROWS = 1 << 16  # copied at once
_CODES = {"i1": "I8", "u1": "U8", "u2": "U16", "f2": "F16", "i4": "I32", "i8": "I64"}
_DTYPES = {code: np.dtype(f"<{name}") for name, code in _CODES.items()}


class Strings:
    """Many strings in two arrays: all of their UTF-8 bytes, and where each ends."""

    def __init__(self, content: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.content, self.ends = content, ends

    @classmethod
    def of(cls, strings: Iterable[str]) -> Strings:
        """These strings; half characters (lone surrogates) are kept as they are."""
        return cls.of_encoded([string.encode("utf-8", "surrogatepass") for string in strings])

    @classmethod
    def of_encoded(cls, strings: Sequence[bytes]) -> Strings:
        """Strings that are UTF-8 already."""
        ends = np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)), dtype=np.int64)
        return cls(np.frombuffer(b"".join(strings), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, number: int) -> str:
        return str(self._bytes(number), "utf-8", "surrogatepass")

    def encoded(self) -> Iterator[bytes]:
        """Each as UTF-8."""
        content, start = self.content.data, 0
        for end in self.ends.tolist():
            yield bytes(content[start:end])
            start = end

    def find(self, string: str, order: NDArray[np.int32] | None = None) -> int | None:
        """The number of a string, None if it is not there; they are sorted, or are in this `order`."""
        wanted = string.encode("utf-8", "surrogatepass")
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle if order is None else int(order[middle])) < wanted:
                low = middle + 1
            else:
                high = middle
        number = low if order is None or low == len(self) else int(order[low])
        return number if low < len(self) and self._bytes(number) == wanted else None

    def take(self, wanted: NDArray[np.bool_]) -> Strings:
        """Those strings where `wanted` is true."""
        if wanted.all():
            return self
        sizes = np.diff(self.ends, prepend=0)
        return Strings(self.content[np.repeat(wanted, sizes)], np.cumsum(sizes[wanted], dtype=np.int64))

    @classmethod
    def join(cls, parts: Sequence[Strings]) -> Strings:
        """The strings of all parts, one after the other."""
        sizes = np.concatenate([np.diff(part.ends, prepend=0) for part in parts])
        whole = [(part.content, np.ones(len(part.content), np.bool_)) for part in parts]
        return cls(join(whole), np.cumsum(sizes, dtype=np.int64))

    def to_arrays(self, name: str) -> Arrays:
        """Both arrays, under `name`."""
        return {name: self.content, f"{name}.ends": self.ends}

    @classmethod
    def from_arrays(cls, arrays: Arrays, name: str) -> Strings:
        """What `to_arrays` gave, among others.

        Raises:
            KeyError: an array is missing.
        """
        return cls(arrays[name], arrays[f"{name}.ends"])

    def _bytes(self, number: int) -> bytes:
        start = int(self.ends[number - 1]) if number else 0
        return self.content[start : int(self.ends[number])].tobytes()


def room(shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
    """An array to be filled; a large one lies in a file without a name and not in memory.

    Raises:
        OSError: there is no space for it.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size < ROOM_BYTES:
        return np.empty(shape, dtype)
    with TemporaryFile() as file:
        # Not a file with holes: on a full disk these could not be filled, which kills the process.
        for start in range(0, size, ROOM_BYTES):
            file.write(bytes(min(ROOM_BYTES, size - start)))
        file.flush()
        return np.frombuffer(mmap.mmap(file.fileno(), size), dtype).reshape(shape)


def join(parts: Sequence[tuple[NDArray[Any], NDArray[np.bool_]]]) -> NDArray[Any]:
    """Those rows of each array where its mask is true, one after the other; see `room` for where they lie."""
    first = parts[0][0]
    joined = room((sum(int(mask.sum()) for _, mask in parts), *first.shape[1:]), first.dtype.type)
    place = 0
    for array, mask in parts:
        for start in range(0, len(array), ROOM_ROWS):
            rows = array[start : start + ROOM_ROWS][mask[start : start + ROOM_ROWS]]
            joined[place : place + len(rows)] = rows
            place += len(rows)
    return joined


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays into a file, all of it on the disk at return.

    The format is that of safetensors, whose library reads it too.

    Raises:
        OSError: it cannot be written whole.
    """
    header, place = {}, 0
    # Numbers of more bytes first, so that each array lies where its numbers can be read as they are.
    for name in sorted(arrays, key=lambda name: -arrays[name].dtype.itemsize):
        array = arrays[name]
        code = _CODES[array.dtype.str[1:]]
        header[name] = {"dtype": code, "shape": array.shape, "data_offsets": (place, place + array.nbytes)}
        place += array.nbytes
    content = json.dumps(header, separators=(",", ":")).encode()
    content += b" " * (-len(content) % ALIGNMENT)
    with written_through(path) as file:
        file.write(len(content).to_bytes(8, "little") + content)
        for name in header:
            file.write(np.ascontiguousarray(arrays[name]).reshape(-1).view(np.uint8).data)


def read_arrays(content: bytes | mmap.mmap) -> Arrays:
    """The arrays of a file's content, not copied.

    Raises:
        ValueError: it is not what `write_arrays` writes.
    """
    try:
        start = 8 + int.from_bytes(content[:8], "little")
        arrays = {}
        for name, told in json.loads(content[8:start]).items():
            shape, place = told["shape"], start + told["data_offsets"][0]
            size = math.prod(shape)
            arrays[name] = np.frombuffer(content, _DTYPES[told["dtype"]], size, place if size else 0).reshape(
                shape
            )
        return arrays
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a file of arrays ({error})") from error


def mapped(path: Path) -> bytes | mmap.mmap:
    """A file's content; a large one is read as it is needed.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < MAPPED_BYTES:
            return file.read()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
