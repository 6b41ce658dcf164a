"""Array file: named arrays in one file of the safetensors format, read through a memory map.

The safetensors library can read the files, but copies them into memory.
"""

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
"""The data begin at a multiple of this many bytes."""

MIN_MAPPED_BYTES = 1 << 20
"""A file of at least this size is mapped; a smaller one is read."""

MIN_FILE_BACKED_BYTES = 1 << 26
"""An array of at least this size is allocated in a file; a smaller one in memory."""

COPIED_ROWS = 1 << 16
"""How many rows are copied at once."""

_LENGTH_BYTES = 8  # of the header's length, at the start of a file
_CODES = {"i1": "I8", "u1": "U8", "u2": "U16", "f2": "F16", "i4": "I32", "i8": "I64"}
_DTYPES = {code: np.dtype(f"<{name}") for name, code in _CODES.items()}


def allocate(shape: tuple[int, ...], dtype: type[np.generic]) -> NDArray[Any]:
    """Return an array to be filled. A large one is backed by an unnamed file instead of memory.

    Raises:
        OSError: There is no space on the disk.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size < MIN_FILE_BACKED_BYTES:
        return np.empty(shape, dtype)
    with TemporaryFile() as file:
        # Write zeros, not a sparse file: a full disk would kill the process when the holes are filled.
        for start in range(0, size, MIN_FILE_BACKED_BYTES):
            file.write(bytes(min(MIN_FILE_BACKED_BYTES, size - start)))
        file.flush()
        return np.frombuffer(mmap.mmap(file.fileno(), size), dtype).reshape(shape)


def concatenate_rows(parts: Sequence[tuple[NDArray[Any], NDArray[np.bool_]]]) -> NDArray[Any]:
    """Return selected rows of several arrays in one, allocated by `allocate`.

    Args:
        parts: At least one array, each with a mask of the rows to take. All have the same dtype and, apart
            from the number of rows, the same shape.

    Raises:
        OSError: There is no space on the disk.
    """
    first = parts[0][0]
    total = sum(int(mask.sum()) for _, mask in parts)
    joined = allocate((total, *first.shape[1:]), first.dtype.type)
    end = 0
    for array, mask in parts:
        for start in range(0, len(array), COPIED_ROWS):
            batch = slice(start, start + COPIED_ROWS)
            rows = array[batch][mask[batch]]
            joined[end : end + len(rows)] = rows
            end += len(rows)
    return joined


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays to a new file, which is on the disk on return.

    Raises:
        OSError: The file cannot be written completely, or exists.
    """
    header, offset = {}, 0
    # Wider types come first, so that each array is aligned to the size of its items.
    for name in sorted(arrays, key=lambda name: -arrays[name].dtype.itemsize):
        array = arrays[name]
        code = _CODES[array.dtype.str[1:]]
        header[name] = {"dtype": code, "shape": array.shape, "data_offsets": (offset, offset + array.nbytes)}
        offset += array.nbytes
    content = json.dumps(header, separators=(",", ":")).encode()
    content += b" " * (-len(content) % ALIGNMENT)
    with written_through(path) as file:
        file.write(len(content).to_bytes(_LENGTH_BYTES, "little") + content)
        for name in header:
            file.write(np.ascontiguousarray(arrays[name]).reshape(-1).view(np.uint8).data)


def read_arrays(content: bytes | mmap.mmap) -> Arrays:
    """Return the arrays in the content of a file, without copying them.

    Args:
        content: What `mapped` returns.

    Raises:
        ValueError: It was not written by `write_arrays`.
    """
    try:
        data_start = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
        arrays = {}
        for name, entry in json.loads(content[_LENGTH_BYTES:data_start]).items():
            shape, dtype = entry["shape"], _DTYPES[entry["dtype"]]
            offset = data_start + entry["data_offsets"][0]
            arrays[name] = np.frombuffer(content, dtype, math.prod(shape), offset).reshape(shape)
        return arrays
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a file of arrays ({error})") from error


def mapped(path: Path) -> bytes | mmap.mmap:
    """Return the content of a file, memory-mapped if it is large.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < MIN_MAPPED_BYTES:
            return file.read()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
