"""Vectors that have been made and are not yet part of an index, kept through a crash."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger(__name__)

KEY = 16  # bytes of a text's SHA-256
SEAL = 8  # bytes of a record's


class EmbeddingCache:
    """A file to which each text's vector is appended as soon as there is one, to be found after a kill.

    A record is the text's key, its vector and a seal of both; what follows the first record that is
    not whole is cut off. Where it cannot be written to, it remembers nothing new.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._path = path
        self._writable = True
        self._kind = np.dtype([("key", f"V{KEY}"), ("vector", "<f4", dimension), ("seal", f"V{SEAL}")])
        self._known = {record["key"].tobytes(): record["vector"] for record in self._read()}

    def __len__(self) -> int:
        return len(self._known)

    def find(self, text: str) -> NDArray[np.float32] | None:
        """The vector of a text, if it is here."""
        return self._known.get(_key(text))

    def append(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Keep the vectors (texts, dimension) of `texts`."""
        if not self._writable:
            return
        records = np.zeros(len(texts), self._kind)
        records["key"] = [np.void(_key(text)) for text in texts]
        records["vector"] = vectors
        records["seal"] = [np.void(_seal(record)) for record in records]
        try:
            with self._path.open("ab") as file:
                file.write(records.tobytes())
        except OSError as error:
            self._writable = False  # what follows half a record is not found
            log.info("What is embedded will not be found again after a crash: %s", error)

    def _read(self) -> NDArray[np.void]:
        try:
            size = self._path.stat().st_size
            records = np.fromfile(self._path, self._kind, size // self._kind.itemsize)
            broken = (
                place for place, record in enumerate(records) if record["seal"].tobytes() != _seal(record)
            )
            whole = next(broken, len(records))
            if size > whole * self._kind.itemsize:
                with self._path.open("r+b") as file:
                    file.truncate(whole * self._kind.itemsize)
            return records[:whole]
        except OSError:
            return np.zeros(0, self._kind)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:KEY]


def _seal(record: np.void) -> bytes:
    return hashlib.sha256(record.tobytes()[:-SEAL]).digest()[:SEAL]
