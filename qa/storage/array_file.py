"""Named arrays in one file, read as they are needed."""

from __future__ import annotations

import json
import math
import mmap
import os
from collections.abc import Mapping, Sequence
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


def allocate(shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
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


def concatenate_rows(parts: Sequence[tuple[NDArray[Any], NDArray[np.bool_]]]) -> NDArray[Any]:
    """Those rows of each array where its mask is true, one after the other; see `allocate`."""
    first = parts[0][0]
    joined = allocate((sum(int(mask.sum()) for _, mask in parts), *first.shape[1:]), first.dtype.type)
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
