"""String array: many strings in two arrays, which can be mapped from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qa.storage.array_file import Arrays, concatenate_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


class StringArray:
    """Many strings in two arrays.

    Attributes:
        content: The UTF-8 bytes of all strings, one after the other.
        ends: The offset in `content` at which each string ends.
    """

    def __init__(self, content: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.content, self.ends = content, ends

    @classmethod
    def of(cls, strings: Iterable[str]) -> StringArray:
        """Store strings. Lone surrogates are kept as they are."""
        return cls.of_encoded([_encoded(string) for string in strings])

    @classmethod
    def of_encoded(cls, strings: Sequence[bytes]) -> StringArray:
        """Store strings that are UTF-8 already."""
        ends = np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)), dtype=np.int64)
        return cls(np.frombuffer(b"".join(strings), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, position: int) -> str:
        return str(self.raw(position), "utf-8", "surrogatepass")

    def encoded(self) -> Iterator[bytes]:
        """Yield each string in UTF-8."""
        content, start = self.content.data, 0
        for end in self.ends.tolist():
            yield bytes(content[start:end])
            start = end

    def find(self, string: str, order: NDArray[np.int32] | None = None) -> int | None:
        """Return the position of a string by binary search, None if it is not there.

        Args:
            string: The string.
            order: The positions of all strings sorted by their UTF-8 bytes. Not needed if they are sorted.
        """
        target = _encoded(string)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.raw(middle if order is None else int(order[middle])) < target:
                low = middle + 1
            else:
                high = middle
        if low == len(self):
            return None
        position = low if order is None else int(order[low])
        return position if self.raw(position) == target else None

    def take(self, mask: NDArray[np.bool_]) -> StringArray:
        """Return the strings where `mask` is true."""
        if mask.all():
            return self
        sizes = np.diff(self.ends, prepend=0)
        return StringArray(self.content[np.repeat(mask, sizes)], np.cumsum(sizes[mask], dtype=np.int64))

    @classmethod
    def concatenate(cls, parts: Sequence[StringArray]) -> StringArray:
        """Return the strings of all parts, one after the other."""
        sizes = np.concatenate([np.diff(part.ends, prepend=0) for part in parts])
        contents = [(part.content, np.ones(len(part.content), np.bool_)) for part in parts]
        return cls(concatenate_rows(contents), np.cumsum(sizes, dtype=np.int64))

    def to_arrays(self, name: str) -> Arrays:
        """Return both arrays, under keys that begin with `name`."""
        return {name: self.content, f"{name}.ends": self.ends}

    @classmethod
    def from_arrays(cls, arrays: Arrays, name: str) -> StringArray:
        """Return the strings that `to_arrays` stored under `name`.

        Raises:
            KeyError: An array is missing.
        """
        return cls(arrays[name], arrays[f"{name}.ends"])

    def raw(self, position: int) -> bytes:
        """Return the bytes of a string, which need not be UTF-8 if they were stored by `of_encoded`."""
        start = int(self.ends[position - 1]) if position else 0
        return self.content[start : int(self.ends[position])].tobytes()


def _encoded(string: str) -> bytes:
    return string.encode("utf-8", "surrogatepass")
