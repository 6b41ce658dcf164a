"""Live segment: a segment and which of its documents are deleted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qa.index.segment import Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCANNED_IDS = 16
"""Looking up one id takes as long as scanning this many."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveSegment:
    """A segment and which of its documents are deleted.

    Attributes:
        segment: The segment, which never changes.
        deleted: (documents,) Which documents are deleted; None if none are.
        deleted_rows: (rows,) Which chunks belong to deleted documents; None if none do.
    """

    segment: Segment
    deleted: NDArray[np.bool_] | None = None
    deleted_rows: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        """Return how many documents are live."""
        return len(self.segment) - (0 if self.deleted is None else int(np.count_nonzero(self.deleted)))

    @property
    def rows(self) -> int:
        """The number of live chunks."""
        deleted = 0 if self.deleted_rows is None else int(np.count_nonzero(self.deleted_rows))
        return self.segment.rows - deleted

    def is_live(self, doc_number: int) -> bool:
        """Return whether a document is not deleted."""
        return self.deleted is None or not self.deleted[doc_number]

    def doc_numbers(self) -> list[int]:
        """Return the numbers of all live documents."""
        if self.deleted is None:
            return list(range(len(self.segment)))
        live: list[int] = np.flatnonzero(~self.deleted).tolist()
        return live

    def find(self, document_id: str) -> int | None:
        """Return the number of the live document with this id."""
        doc_number = self.segment.documents.find(document_id)
        return doc_number if doc_number is not None and self.is_live(doc_number) else None

    def find_text(self, digest: bytes) -> int | None:
        """Return the number of the live document whose text has this digest."""
        doc_number = self.segment.documents.find_text(digest)
        return doc_number if doc_number is not None and self.is_live(doc_number) else None

    def find_all(self, ids: Collection[str]) -> list[int]:
        """Return the numbers of the live documents with these ids."""
        if len(ids) * SCANNED_IDS < len(self.segment):
            found = (self.find(document_id) for document_id in ids)
            return [doc_number for doc_number in found if doc_number is not None]
        distinct = set(ids)
        return [
            doc_number
            for doc_number, document_id in enumerate(self.segment.documents.all_ids())
            if document_id in distinct and self.is_live(doc_number)
        ]

    def only(self, doc_numbers: Sequence[int]) -> LiveSegment:
        """Return the segment with all documents but these deleted."""
        deleted = np.ones(len(self.segment), np.bool_)
        deleted[list(doc_numbers)] = False
        return LiveSegment(self.segment, deleted, self.segment.chunks.row_mask(deleted))

    def without(self, doc_numbers: Sequence[int]) -> LiveSegment:
        """Return the segment with these documents deleted too."""
        if not doc_numbers:
            return self
        deleted = np.zeros(len(self.segment), np.bool_) if self.deleted is None else self.deleted.copy()
        deleted[list(doc_numbers)] = True
        chunks = self.segment.chunks
        if self.deleted_rows is None:
            return LiveSegment(self.segment, deleted, chunks.row_mask(deleted))
        # Change the rows of these documents alone, which is faster than rebuilding the whole mask.
        deleted_rows = self.deleted_rows.copy()
        for doc_number in doc_numbers:
            deleted_rows[chunks.rows_of(doc_number)] = True
        return LiveSegment(self.segment, deleted, deleted_rows)
