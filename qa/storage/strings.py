"""Many strings in two arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qa.storage.array_file import Arrays, concatenate_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


class StringArray:
    """Many strings in two arrays: all of their UTF-8 bytes, and where each ends."""

    def __init__(self, content: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.content, self.ends = content, ends

    @classmethod
    def of(cls, strings: Iterable[str]) -> StringArray:
        """These strings; half characters (lone surrogates) are kept as they are."""
        return cls.of_encoded([string.encode("utf-8", "surrogatepass") for string in strings])

    @classmethod
    def of_encoded(cls, strings: Sequence[bytes]) -> StringArray:
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

    def take(self, wanted: NDArray[np.bool_]) -> StringArray:
        """Those strings where `wanted` is true."""
        if wanted.all():
            return self
        sizes = np.diff(self.ends, prepend=0)
        return StringArray(self.content[np.repeat(wanted, sizes)], np.cumsum(sizes[wanted], dtype=np.int64))

    @classmethod
    def concatenate(cls, parts: Sequence[StringArray]) -> StringArray:
        """The strings of all parts, one after the other."""
        sizes = np.concatenate([np.diff(part.ends, prepend=0) for part in parts])
        whole = [(part.content, np.ones(len(part.content), np.bool_)) for part in parts]
        return cls(concatenate_rows(whole), np.cumsum(sizes, dtype=np.int64))

    def to_arrays(self, name: str) -> Arrays:
        """Both arrays, under `name`."""
        return {name: self.content, f"{name}.ends": self.ends}

    @classmethod
    def from_arrays(cls, arrays: Arrays, name: str) -> StringArray:
        """What `to_arrays` gave, among others.

        Raises:
            KeyError: an array is missing.
        """
        return cls(arrays[name], arrays[f"{name}.ends"])

    def _bytes(self, number: int) -> bytes:
        start = int(self.ends[number - 1]) if number else 0
        return self.content[start : int(self.ends[number])].tobytes()
