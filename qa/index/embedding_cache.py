"""Embedding cache: vectors that are not yet in an index, kept through a crash."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.index.text_digest import text_digest

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

KEY_BYTES = 16
CHECKSUM_BYTES = 8


class EmbeddingCache:
    """A file to which vectors are appended as soon as they are computed.

    A record consists of a key (a digest of the text), the vector, and a checksum of both. When the file is
    opened, everything after the first incomplete or damaged record is cut off. If the file cannot be written
    to, nothing new is cached.

    Args:
        path: The file. It need not exist.
        dimension: The length of a vector.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._writable = True
        self._record = np.dtype(
            [("key", f"V{KEY_BYTES}"), ("vector", "<f4", dimension), ("checksum", f"V{CHECKSUM_BYTES}")]
        )
        self._vectors = {record["key"].tobytes(): record["vector"] for record in self._read()}

    def __len__(self) -> int:
        return len(self._vectors)

    def find(self, text: str) -> NDArray[np.float32] | None:
        """Return the vector that the file had for a text when it was opened."""
        return self._vectors.get(_key(text))

    def append(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Append the vectors (texts, dimension) of `texts` to the file."""
        if not self._writable:
            return
        records = np.zeros(len(texts), self._record)
        records["key"] = [np.void(_key(text)) for text in texts]
        records["vector"] = vectors
        records["checksum"] = [np.void(_checksum(record)) for record in records]
        try:
            with self._path.open("ab") as file:
                file.write(records.tobytes())
        except OSError as error:
            # Records after an incomplete one would be cut off, so write no more.
            self._writable = False
            log.info("The embedding cache is not written (%s): a crash loses the new vectors", error)

    def _read(self) -> NDArray[np.void]:
        """Return the intact records at the beginning of the file, and cut off the rest."""
        try:
            size = self._path.stat().st_size
            records = np.fromfile(self._path, self._record, size // self._record.itemsize)
            intact = 0
            while intact < len(records) and records[intact]["checksum"].tobytes() == _checksum(
                records[intact]
            ):
                intact += 1
            if size > intact * self._record.itemsize:
                with self._path.open("r+b") as file:
                    file.truncate(intact * self._record.itemsize)
            return records[:intact]
        except OSError:
            return np.zeros(0, self._record)


def _key(text: str) -> bytes:
    return text_digest(text)[:KEY_BYTES]


def _checksum(record: np.void) -> bytes:
    return hashlib.sha256(record.tobytes()[:-CHECKSUM_BYTES]).digest()[:CHECKSUM_BYTES]
