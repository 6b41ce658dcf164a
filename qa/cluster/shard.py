"""Shard: some segments of an index folder, searched as a part of the whole."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from qa.cluster.plan import plan
from qa.cluster.view import ROW_BITS, View
from qa.documents import Document, Span
from qa.errors import IndexFolderError
from qa.index import (
    Chunk,
    Index,
    LiveSegment,
    Rankings,
    RelevantSentence,
    RemoteStore,
    Segment,
    Snapshot,
    WordStatistics,
)
from qa.storage import RemotePath

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OPEN_SNAPSHOTS = 3
"""How many snapshots stay open, so that running questions finish on the one that they started with."""

REMEMBERED_VIEWS = 32


class NotOpenError(Exception):
    """The shard does not have this snapshot open: call `open` first."""


class Shard:
    """Searches some segments with the statistics of all. All methods are thread-safe.

    Args:
        folder: The index folder.
        position: Which shard it is, from 0.
        shards: How many shards there are.
    """

    def __init__(self, folder: Path | RemotePath, position: int, shards: int) -> None:
        self._folder, self._position, self._shards = folder, position, shards
        self._opening = Lock()
        self._opened: OrderedDict[str, tuple[Index, dict[str, int]]] = OrderedDict()
        self._part = lru_cache(REMEMBERED_VIEWS)(self._make_part)

    def open(self, manifest: bytes) -> None:
        """Open the segments of this shard, as a manifest describes them.

        Raises:
            IndexFolderError: A file is missing, since a writer replaced the manifest, or is damaged.
            StorageError: The object store does not answer.
        """
        snapshot = Snapshot(self._folder, manifest)
        with self._opening:
            if snapshot.version not in self._opened:
                self._open(snapshot)
                if isinstance(self._folder, RemotePath):
                    RemoteStore(self._folder).delete_copies(snapshot)

    def _open(self, snapshot: Snapshot) -> None:
        known: dict[str, Segment] = {
            live.segment.name: live.segment for index, _ in self._opened.values() for live in index.segments
        }
        placed = plan([entry.passages for entry in snapshot.segments], self._shards)
        held: dict[str, int] = {}
        segments: list[LiveSegment] = []
        for number, (entry, shard) in enumerate(zip(snapshot.segments, placed, strict=True)):
            if shard == self._position:
                held[entry.name] = number
                try:
                    segments.append(snapshot.open(entry, known.get(entry.name)))
                except (OSError, ValueError) as error:
                    raise IndexFolderError(
                        f"a segment of {self._folder} cannot be opened: {error}"
                    ) from error
        self._opened[snapshot.version] = Index(snapshot.settings, segments), held
        while len(self._opened) > OPEN_SNAPSHOTS:
            self._opened.popitem(last=False)

    def has_open(self, version: str) -> bool:
        """Return whether a snapshot is open."""
        return version in self._opened

    def statistics(self, view: View, words: Sequence[str]) -> WordStatistics:
        """Return this shard's part of the statistics of the corpus for some words."""
        return self._part(view).index.bm25.statistics(words)

    def rank(
        self, view: View, question: str, vector: NDArray[np.float32], k: int, statistics: WordStatistics
    ) -> Rankings:
        """Find the `k` best chunks of this shard, see `Searchable.rank`."""
        part = self._part(view)
        by_vector, by_words = part.index.rank(question, vector, k, statistics)
        return Rankings(
            {part.row(row): score for row, score in by_vector.items()},
            {part.row(row): score for row, score in by_words.items()},
        )

    def relevances(
        self,
        view: View,
        question: str,
        vector: NDArray[np.float32],
        rows: Sequence[int],
        statistics: WordStatistics,
    ) -> list[tuple[float, Span]]:
        """Return the relevance and the best sentence of each of some chunks of this shard."""
        part = self._part(view)
        found = part.index.relevances(question, vector, part.own_rows(rows), statistics)
        return list(found.values())

    def relevant_sentences(
        self,
        view: View,
        question: str,
        vector: NDArray[np.float32],
        rows: Mapping[int, int],
        statistics: WordStatistics,
    ) -> list[RelevantSentence]:
        """Return the sentences of some chunks of this shard, see `Searchable.relevant_sentences`."""
        part = self._part(view)
        ranks = dict(zip(part.own_rows(list(rows)), rows.values(), strict=True))
        return part.index.relevant_sentences(question, vector, ranks, statistics)

    def chunks(
        self, view: View, rows: Sequence[int], vector: NDArray[np.float32]
    ) -> list[tuple[Chunk, float]]:
        """Return some chunks of this shard, each with the cosine between its vector and `vector`."""
        part = self._part(view)
        return part.index.chunks(part.own_rows(rows), vector)

    def ids(self, view: View) -> list[str]:
        """Return the ids of the documents of this shard."""
        return self._part(view).index.documents.ids

    def count(self, view: View) -> tuple[int, int]:
        """Return how many documents and how many chunks this shard has."""
        index = self._part(view).index
        return len(index.documents), len(index)

    def find(self, view: View, document_id: str) -> Document | None:
        """Return the document of this shard with this id."""
        return self._part(view).index.find(document_id)

    def same_text(self, view: View, document: Document) -> Document | None:
        """Return the document of this shard with the same text."""
        return self._part(view).index.same_text(document)

    def _make_part(self, view: View) -> _Part:
        """Return this shard's part of the documents of a view.

        Raises:
            NotOpenError: The snapshot is not open.
        """
        opened = self._opened.get(view.version)
        if opened is None:
            raise NotOpenError(view.version)
        index, held = opened
        if view.only is not None:
            index = index.only(view.only)
        return _Part(index.without(view.without), held)


class _Part:
    """An index, and the mapping between its rows and those of the cluster."""

    def __init__(self, index: Index, held: dict[str, int]) -> None:
        self.index = index
        self._segments = [held[live.segment.name] for live in index.segments]
        self._first = list(accumulate((live.segment.rows for live in index.segments), initial=0))
        self._places = {segment: place for place, segment in enumerate(self._segments)}

    def row(self, own_row: int) -> int:
        """Return the row in the cluster of a row of the index."""
        place = bisect_right(self._first, own_row) - 1
        return (self._segments[place] << ROW_BITS) + own_row - self._first[place]

    def own_rows(self, rows: Collection[int]) -> list[int]:
        """Return the rows of the index for rows of the cluster."""
        last = (1 << ROW_BITS) - 1
        return [self._first[self._places[row >> ROW_BITS]] + (row & last) for row in rows]
