"""Documents of a sharded index, as a sequence that asks the shards for what is needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
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

    @cached_property
    def ids(self) -> list[str]:
        """The ids. No document is read."""
        return sorted(self._own.ids + [document_id for ids in self._ask("ids") for document_id in ids])

    def find(self, document_id: str) -> Document | None:
        """Return the document with this id, None if there is none."""
        own = self._own.find(document_id)
        found = self._ask("find", document_id) if own is None else ()
        return next((document for document in found if document is not None), own)

    @cached_property
    def _length(self) -> int:
        counts: list[tuple[int, int]] = self._ask("count")
        return sum(documents for documents, _ in counts) + len(self._own)

    def __len__(self) -> int:
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
        assert document is not None  # the shards keep what they had
        return document
