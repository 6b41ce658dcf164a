"""Documents of an index, as a lazy sequence."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import overload

from qa.documents import Document
from qa.index.live_segment import LiveSegment
from qa.index.segment import Segment


class Documents(Sequence[Document]):
    """Documents, sorted by id."""

    @property
    @abstractmethod
    def ids(self) -> list[str]:
        """The ids. No document is read."""

    @abstractmethod
    def find(self, document_id: str) -> Document | None:
        """Return the document with this id, None if there is none."""


class SegmentDocuments(Documents):
    """The live documents of some segments."""

    def __init__(self, segments: Sequence[LiveSegment]) -> None:
        self._segments = segments

    @cached_property
    def _sorted(self) -> list[tuple[str, Segment, int]]:
        """The id, segment and number of each document, sorted by id."""
        found = [
            (live.segment.documents.ids[doc_number], live.segment, doc_number)
            for live in self._segments
            for doc_number in live.doc_numbers()
        ]
        return sorted(found, key=lambda entry: entry[0])

    @property
    def ids(self) -> list[str]:
        """The ids. No document is read."""
        return [document_id for document_id, _, _ in self._sorted]

    def notes(self) -> dict[str, tuple[str, ...]]:
        """Return the notes of the documents that have any, by id. No document is read."""
        return {
            live.segment.documents.ids[doc_number]: notes
            for live in self._segments
            for doc_number, notes in live.segment.documents.notes().items()
            if live.is_live(doc_number)
        }

    def find(self, document_id: str) -> Document | None:
        """Return the document with this id, None if there is none."""
        for live in self._segments:
            doc_number = live.find(document_id)
            if doc_number is not None:
                return live.segment.documents[doc_number]
        return None

    def __len__(self) -> int:
        return sum(map(len, self._segments))

    @overload
    def __getitem__(self, position: int) -> Document: ...
    @overload
    def __getitem__(self, position: slice) -> list[Document]: ...
    def __getitem__(self, position: int | slice) -> Document | list[Document]:
        if isinstance(position, slice):
            return [segment.documents[doc_number] for _, segment, doc_number in self._sorted[position]]
        _, segment, doc_number = self._sorted[position]
        return segment.documents[doc_number]
