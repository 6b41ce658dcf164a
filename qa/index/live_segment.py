"""A segment and which of its documents are still there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qa.index.segment import Segment

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCANNED = 16  # ids are read in the time that it takes to look for one


@dataclass(frozen=True, slots=True, eq=False)
class LiveSegment:
    """A segment and which of its documents, and so which rows, are no longer there (None: all are)."""

    segment: Segment
    dead: NDArray[np.bool_] | None = None
    dead_rows: NDArray[np.bool_] | None = None

    @property
    def documents(self) -> int:
        """How many documents live."""
        return len(self.segment) - (0 if self.dead is None else int(np.count_nonzero(self.dead)))

    @property
    def rows(self) -> int:
        """How many chunks live."""
        return self.segment.rows - (0 if self.dead_rows is None else int(np.count_nonzero(self.dead_rows)))

    def places(self) -> list[int]:
        """The places of the documents that live."""
        alive = range(len(self.segment)) if self.dead is None else np.flatnonzero(~self.dead).tolist()
        return list(alive)

    def find(self, document_id: str) -> int | None:
        """The place of a document that lives."""
        place = self.segment.find(document_id)
        return None if place is None or (self.dead is not None and self.dead[place]) else place

    def places_of(self, ids: Collection[str]) -> list[int]:
        """The places of those of these documents that live."""
        if len(ids) * SCANNED < len(self.segment):
            return [place for name in ids if (place := self.find(name)) is not None]
        wanted = set(ids)
        places = [place for place, name in enumerate(self.segment.ids()) if name in wanted]
        return [place for place in places if self.dead is None or not self.dead[place]]

    def without(self, places: Sequence[int]) -> LiveSegment:
        """The part with these documents dead too."""
        if not places:
            return self
        dead = np.zeros(len(self.segment), np.bool_) if self.dead is None else self.dead.copy()
        dead[list(places)] = True
        if self.dead_rows is None:
            return LiveSegment(self.segment, dead, self.segment.row_mask(dead))
        rows = self.dead_rows.copy()
        for place in places:
            rows[self.segment.first(place) : self.segment.first(place + 1)] = True
        return LiveSegment(self.segment, dead, rows)
