"""Documents of a sharded index, as a lazy sequence that asks the shards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, overload

from qa.documents import Document
from qa.index import Documents


class ShardedDocuments(Documents):
    """Documents of shards and of this process.

    Args:
        ask: Calls a method of all shards with arguments, and returns the results.
        own: The documents of this process.
    """

    def __init__(self, ask: Callable[..., list[Any]], own: Documents) -> None:
        self._ask, self._own = ask, own
        # Not cached properties: before Python 3.12 they share one lock among all instances, so a shard that
        # does not answer would block all questions.
        self._ids: list[str] | None = None
        self._length: int | None = None

    @property
    def ids(self) -> list[str]:
        """The ids. No document is read."""
        if self._ids is None:
            self._ids = sorted(self._own.ids + [name for ids in self._ask("ids") for name in ids])
        return self._ids

    def find(self, document_id: str) -> Document | None:
        """Return the document with this id, None if there is none."""
        own = self._own.find(document_id)
        found = self._ask("find", document_id) if own is None else ()
        return next((document for document in found if document is not None), own)

    def __len__(self) -> int:
        if self._length is None:
            counts: list[tuple[int, int]] = self._ask("count")
            self._length = sum(documents for documents, _ in counts) + len(self._own)
        return self._length

    @overload
    def __getitem__(self, position: int) -> Document: ...
    @overload
    def __getitem__(self, position: slice) -> list[Document]: ...
    def __getitem__(self, position: int | slice) -> Document | list[Document]:
        if isinstance(position, slice):
            return [self._found(document_id) for document_id in self.ids[position]]
        return self._found(self.ids[position])

    def _found(self, document_id: str) -> Document:
        document = self.find(document_id)
        assert document is not None  # the shards keep their snapshot
        return document
