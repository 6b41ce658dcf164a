"""Embedding cache: vectors that are not yet in an index, saved so that they survive a crash."""

from __future__ import annotations

import hashlib
import logging
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qa.index.text_digest import text_digest
from qa.storage import append_to, cut_off

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

KEY_BYTES = 16
CHECKSUM_BYTES = 8
_HEADER = struct.Struct(f"<{KEY_BYTES}sI")  # the key, and the number of vectors


class EmbeddingCache:
    """A file to which vectors are appended as soon as they are computed.

    A record holds the vectors of one text: a key (a digest of the text) and their number, the vectors, and a
    checksum of both. When the file is opened, everything after the first incomplete or damaged record is cut
    off. If the file cannot be written to, nothing new is cached.

    Args:
        path: The file. It need not exist.
        dimension: The length of a vector.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._path, self._dimension = path, dimension
        self._writable = True
        self._vectors = self._read()

    def __len__(self) -> int:
        return len(self._vectors)

    def find(self, text: str) -> NDArray[np.float32] | None:
        """Return the vectors (any, dimension) that the file had for a text when it was opened."""
        return self._vectors.get(_key(text))

    def append(self, texts: Sequence[str], vectors: Sequence[NDArray[np.float32]]) -> None:
        """Append the vectors (any, dimension) of each text to the file."""
        if not self._writable:
            return
        records = [
            _HEADER.pack(_key(text), len(array)) + array.astype("<f4").tobytes()
            for text, array in zip(texts, vectors, strict=True)
        ]
        try:
            append_to(self._path, b"".join(record + _checksum(record) for record in records), sync=False)
        except OSError as error:
            # Records after an incomplete one would be cut off, so write no more.
            self._writable = False
            log.info("Cannot write the embedding cache (%s): a crash would lose the new vectors", error)

    def _read(self) -> dict[bytes, NDArray[np.float32]]:
        """Return the vectors of the intact records at the beginning of the file, and cut off the rest."""
        vectors: dict[bytes, NDArray[np.float32]] = {}
        try:
            content = self._path.read_bytes()
            start = 0
            while start + _HEADER.size <= len(content):
                key, count = _HEADER.unpack_from(content, start)
                end = start + _HEADER.size + 4 * count * self._dimension
                if content[end : end + CHECKSUM_BYTES] != _checksum(content[start:end]):
                    break
                rows = np.frombuffer(content[start + _HEADER.size : end], "<f4")
                vectors[key] = rows.reshape(count, self._dimension)
                start = end + CHECKSUM_BYTES
            if start < len(content):
                cut_off(self._path, start)
        except OSError:
            pass
        return vectors


def _key(text: str) -> bytes:
    return text_digest(text)[:KEY_BYTES]


def _checksum(record: bytes) -> bytes:
    return hashlib.sha256(record).digest()[:CHECKSUM_BYTES]
