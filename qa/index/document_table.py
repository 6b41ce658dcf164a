"""Document table: the documents of a segment in arrays, found by id or by text."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Blocks, Document, Stamp
from qa.index.text_digest import text_digest
from qa.storage import Arrays, StringArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

CACHED_DOCUMENTS = 32
"""Number of recently read documents kept in memory."""

_DIGEST_BYTES = 32


class DocumentTable:
    """Documents in arrays, which can be mapped from a file. A document is identified by its number, from 0.

    Attributes:
        ids: The id of each document.
        metadata: Title, web address, pages and notes of each document, in JSON.
        texts: The text of each document.
        blocks: The blocks of each document, compressed.
        digests: (documents, 32) The digest of each text.
        stamps: (documents, 2) The size and modification time of each document's file.
    """

    def __init__(
        self,
        ids: StringArray,
        metadata: StringArray,
        texts: StringArray,
        blocks: StringArray,
        digests: NDArray[np.uint8],
        stamps: NDArray[np.int64],
        orders: tuple[NDArray[np.int32], NDArray[np.int64]] | None = None,
    ) -> None:
        self.ids, self.metadata, self.texts, self.blocks = ids, metadata, texts, blocks
        self.digests, self.stamps = digests, stamps
        self._id_order, self._digest_order = _orders(ids, digests) if orders is None else orders
        # The cache refers to the strings, not to this table. A cycle would keep mapped files open until
        # the garbage collector runs.
        self._read = lru_cache(CACHED_DOCUMENTS)(partial(_read, ids, metadata, texts, blocks))

    @classmethod
    def build(cls, documents: Sequence[Document], stamps: Sequence[Stamp]) -> DocumentTable:
        """Store documents and the stamps of their files."""
        digests = b"".join(text_digest(document.text) for document in documents)
        return cls(
            StringArray.of(document.id for document in documents),
            StringArray.of(
                json.dumps([document.title, document.url, document.pages, document.notes])
                for document in documents
            ),
            StringArray.of(document.text for document in documents),
            StringArray.of_encoded([zlib.compress(document.blocks.data, 1) for document in documents]),
            np.frombuffer(digests, np.uint8).reshape(-1, _DIGEST_BYTES),
            np.array([(stamp.size, stamp.time) for stamp in stamps], np.int64).reshape(-1, 2),
        )

    @classmethod
    def merge(cls, tables: Sequence[tuple[DocumentTable, NDArray[np.bool_]]]) -> DocumentTable:
        """Concatenate tables, keeping the documents where each table's mask is true."""
        return cls(
            StringArray.concatenate([table.ids.take(mask) for table, mask in tables]),
            StringArray.concatenate([table.metadata.take(mask) for table, mask in tables]),
            StringArray.concatenate([table.texts.take(mask) for table, mask in tables]),
            StringArray.concatenate([table.blocks.take(mask) for table, mask in tables]),
            np.concatenate([table.digests[mask] for table, mask in tables]),
            np.concatenate([table.stamps[mask] for table, mask in tables]),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, doc_number: int) -> Document:
        return self._read(doc_number)

    def find(self, document_id: str) -> int | None:
        """Return the number of the document with this id."""
        return self.ids.find(document_id, self._id_order)

    def find_text(self, digest: bytes) -> int | None:
        """Return the number of the document whose text has this digest."""
        position = int(np.searchsorted(_scalars(self.digests), digest, sorter=self._digest_order))
        if position == len(self):
            return None
        doc_number = int(self._digest_order[position])
        return doc_number if self.digests[doc_number].tobytes() == digest else None

    def all_ids(self) -> Iterator[str]:
        """Yield the id of each document, in the order of their numbers."""
        return (str(document_id, "utf-8", "surrogatepass") for document_id in self.ids.encoded())

    def notes(self) -> dict[int, tuple[str, ...]]:
        """Return the notes of the documents that have any, by their number."""
        return {
            doc_number: tuple(json.loads(entry)[3])
            for doc_number, entry in enumerate(self.metadata.encoded())
            if not entry.endswith(b", []]")
        }

    def stamps_by_id(self) -> dict[str, Stamp]:
        """Return the stamp of the file that each document was read from."""
        return dict(zip(self.all_ids(), map(Stamp._make, self.stamps.tolist()), strict=True))

    def text_bytes(self, mask: NDArray[np.bool_] | None = None) -> int:
        """Return the size in UTF-8 of all texts, or of those where `mask` is true."""
        sizes = np.diff(self.texts.ends, prepend=0)
        return int(sizes.sum(where=True if mask is None else mask))

    def to_arrays(self) -> Arrays:
        """Return the arrays by name, as `from_arrays` reads them."""
        return {
            **self.ids.to_arrays("ids"),
            **self.metadata.to_arrays("metadata"),
            **self.texts.to_arrays("texts"),
            **self.blocks.to_arrays("blocks"),
            "digests": self.digests,
            "stamps": self.stamps,
            "order.ids": self._id_order,
            "order.digests": self._digest_order,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> DocumentTable:
        """Read what `to_arrays` returned. Other arrays are ignored.

        Raises:
            KeyError: An array is missing.
        """
        return cls(
            StringArray.from_arrays(arrays, "ids"),
            StringArray.from_arrays(arrays, "metadata"),
            StringArray.from_arrays(arrays, "texts"),
            StringArray.from_arrays(arrays, "blocks"),
            arrays["digests"],
            arrays["stamps"],
            (arrays["order.ids"], arrays["order.digests"]),
        )


def _read(
    ids: StringArray, metadata: StringArray, texts: StringArray, blocks: StringArray, doc_number: int
) -> Document:
    title, url, pages, notes = json.loads(metadata[doc_number])
    structure = Blocks(zlib.decompress(blocks.raw(doc_number)))
    document_id, text = ids[doc_number], texts[doc_number]
    return Document(document_id, text, title, url, tuple(pages), structure, tuple(notes))


def _orders(ids: StringArray, digests: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the numbers of the documents sorted by id (as UTF-8), and sorted by digest."""
    encoded = list(ids.encoded())
    by_id = np.array(sorted(range(len(encoded)), key=encoded.__getitem__), np.int32)
    return by_id, np.argsort(_scalars(digests))


def _scalars(digests: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """View digests (documents, 32) as an array of single values, (documents,)."""
    return digests.view(f"S{_DIGEST_BYTES}")[:, 0]
