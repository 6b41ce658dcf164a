"""Documents made searchable: what is asked, and what changes when one is added or removed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, overload

import numpy as np

from qa.documents import UNSTAMPED, Document, Span, Stamp
from qa.errors import CorpusError
from qa.index.bm25 import BM25Index
from qa.index.chunking import Chunk
from qa.index.embedder import Embedder
from qa.index.embedding import EmbeddedDocument, IndexSettings, embed_documents, text_digest
from qa.index.embedding_cache import EmbeddingCache
from qa.index.live_segment import LiveSegment
from qa.index.merging import MAX_FOREGROUND_ROWS, to_merge
from qa.index.segment import Segment
from qa.settings import DEFAULTS

if TYPE_CHECKING:
    from numpy.typing import NDArray


SEGMENT_CHARACTERS = 4_000_000  # of the documents that are cut and embedded before they are sealed


class Index:
    """The chunks of documents, to be searched by vector and by word. It never changes: changes make another.

    A chunk is known by its row, which counts through all parts, those that are no longer there too: rows
    of two indexes do not compare. No two documents have the same id or the same text.
    """

    def __init__(self, settings: IndexSettings, parts: Sequence[LiveSegment] = ()) -> None:
        self.settings = settings
        self.parts = tuple(part for part in parts if part.documents)
        self._firsts = list(accumulate((part.segment.rows for part in self.parts), initial=0))
        self.bm25 = BM25Index(
            [part.segment.postings for part in self.parts], [part.dead_rows for part in self.parts]
        )

    @classmethod
    def build(
        cls,
        documents: Sequence[Document],
        embedder: Embedder,
        *,
        size: int = DEFAULTS.chunk_size,
        overlap: int = DEFAULTS.chunk_overlap,
        known: Index | None = None,
        progress: bool = False,
    ) -> Index:
        """An index of `documents` in chunks of at most `size` tokens, or what the embedder can read.

        Neighbours share at most `overlap` tokens, or half a chunk. Only texts that `known` does not hold,
        or holds under other settings, are cut and embedded. Of documents with the same text the first
        is held.

        Raises:
            CorpusError: they are too many.
        """
        from tqdm import tqdm

        index = cls(IndexSettings.of(embedder, size=size, overlap=overlap))
        with tqdm(total=len(documents), desc="articles", unit="", disable=not progress) as bar:
            for batch in batches(documents):
                index = index.with_documents(batch, embedder, known=known, done=bar.update)
        return index.merged()

    @property
    def documents(self) -> Documents:
        """The documents, in the order of their ids."""
        return Documents(self)

    @cached_property
    def characters(self) -> int:
        """How long all texts are, each counted as its bytes in UTF-8."""
        return sum(part.segment.characters(part.dead) for part in self.parts)

    @cached_property
    def stamps(self) -> dict[str, Stamp]:
        """The stamp of the file that each document was read from, by id."""
        stamps: dict[str, Stamp] = {}
        for part in self.parts:
            own = part.segment.stamps()
            if part.dead is not None:
                # An id may be dead in one segment and alive in another.
                own = {name: own[name] for name in map(part.segment.id, part.places())}
            stamps |= own
        return stamps

    def __len__(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def rows(self) -> list[int]:
        """The rows of all chunks that are there."""
        dead = [np.zeros(part.segment.rows, np.bool_) if part.dead_rows is None else part.dead_rows
                for part in self.parts]  # fmt: skip
        return np.flatnonzero(~np.concatenate([np.zeros(0, np.bool_), *dead])).tolist()

    def chunk(self, row: int) -> Chunk:
        """The chunk of a row."""
        segment, own = self._segment(row)
        return segment.chunk(own)

    def search(self, vectors: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The `k` nearest chunks of each of `vectors` (questions, dimension), best first.

        Returns scores and rows, both (questions, k) or as many columns as there are chunks. A score
        is the inner product, -1 to 1 for unit vectors; equal scores keep the order of the rows.

        Raises:
            ValueError: a vector of another dimension, or one that is not all numbers.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.settings.dimension:
            raise ValueError(f"vectors of shape {vectors.shape}, not (any, {self.settings.dimension})")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector holds what is not a number")
        scores, rows = [np.zeros((len(vectors), 0), np.float32)], [np.zeros((len(vectors), 0), np.int64)]
        for first, part in zip(self._firsts, self.parts, strict=False):
            found = part.segment.vector_index.search(vectors, k, dead=part.dead_rows)
            scores.append(found[0])
            rows.append(found[1] + first)
        every, places = np.concatenate(scores, axis=1), np.concatenate(rows, axis=1)
        # Parts come in the order of their rows, so that a stable sort keeps it.
        order = np.argsort(-every, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(every, order, axis=1), np.take_along_axis(places, order, axis=1)

    def vector(self, row: int) -> NDArray[np.float32]:
        """The vector (dimension,) of a row's chunk."""
        segment, own = self._segment(row)
        return np.asarray(segment.vector_index.vectors[own])

    def sentences(self, row: int) -> tuple[list[Span], NDArray[np.int8]]:
        """The sentences of a row's chunk, see `Segment.sentences`."""
        segment, own = self._segment(row)
        return segment.sentences(own)

    def _segment(self, row: int) -> tuple[Segment, int]:
        """The segment that holds a row, and which it is there."""
        number = bisect_right(self._firsts, row) - 1
        return self.parts[number].segment, row - self._firsts[number]

    def find(self, document_id: str) -> Document | None:
        """The document of an id."""
        for part in self.parts:
            place = part.find(document_id)
            if place is not None:
                return part.segment.document(place)
        return None

    def find_text(self, digest: bytes) -> tuple[Segment, int] | None:
        """Where the document lies whose text has this digest."""
        for part in self.parts:
            place = part.segment.find_text(digest)
            if place is not None and (part.dead is None or not part.dead[place]):
                return part.segment, place
        return None

    def same_text(self, document: Document) -> Document | None:
        """The document that has the same text, under this id or another."""
        found = self.find_text(text_digest(document.text))
        return None if found is None else found[0].document(found[1])

    def with_documents(
        self,
        documents: Sequence[Document],
        embedder: Embedder,
        *,
        stamps: Sequence[Stamp] = (),
        known: Index | None = None,
        cache: EmbeddingCache | None = None,
        done: Callable[[int], object] = lambda documents: None,
        seal: Callable[[Segment], Segment] = lambda segment: segment,
    ) -> Index:
        """An index that holds `documents` too, in place of those of the same ids.

        A text that is held already is left out. `stamps` are those of the documents' files; `seal` may
        give a segment another place to live in. See `embed_documents` for `cache`.

        Raises:
            CorpusError: they are too many.
        """
        fresh: dict[bytes, tuple[Document, Stamp]] = {}
        for document, stamp in zip(documents, stamps or [UNSTAMPED] * len(documents), strict=True):
            digest = text_digest(document.text)
            held = self.find_text(digest)
            if held is None or held[0].id(held[1]) == document.id:
                fresh.setdefault(digest, (document, stamp))
        if not fresh:
            done(len(documents))
            return self
        taken = [document for document, _ in fresh.values()]
        index = self.without([document.id for document in taken])
        index.check_room(taken)
        source = self if known is None else known
        cuts = embed_documents(
            taken,
            embedder,
            self.settings,
            known=lambda digest: source.cut(digest, self.settings),
            cache=cache,
        )
        segment = seal(Segment.build(taken, cuts, [stamp for _, stamp in fresh.values()]))
        done(len(documents))
        return Index(self.settings, (*index.parts, LiveSegment(segment)))

    def check_room(self, documents: Sequence[Document]) -> None:
        """See that `documents` can be added.

        Raises:
            CorpusError: they are too many.
        """
        count = sum(part.documents for part in self.parts) + len(documents)
        size = self.characters + sum(
            len(document.text.encode("utf-8", "surrogatepass")) for document in documents
        )
        if count > DEFAULTS.max_documents:
            raise CorpusError(
                f"there are more than {DEFAULTS.max_documents:,} articles: remove some, or ask them apart"
            )
        if size > DEFAULTS.max_all_bytes:
            raise CorpusError(
                f"the articles have over {DEFAULTS.max_all_bytes:,} characters: "
                "remove some, or ask them apart"
            )

    def without(self, ids: Collection[str]) -> Index:
        """An index without the documents of these ids; ids that it does not hold change nothing."""
        found = [part.places_of(ids) for part in self.parts]
        if not any(found):
            return self
        parts = [part.without(places) for part, places in zip(self.parts, found, strict=True)]
        return Index(self.settings, parts)

    def cut(self, digest: bytes, settings: IndexSettings) -> EmbeddedDocument | None:
        """The chunks of a text it holds, if they were made by these settings."""
        found = self.find_text(digest) if settings == self.settings else None
        return None if found is None else found[0].cut(found[1])

    def merged(
        self, *, at_once: bool = False, seal: Callable[[Segment], Segment] = lambda segment: segment
    ) -> Index:
        """The same documents in fewer segments, without what is dead, where that is worth the copying.

        `at_once` leaves alone what would take longer than somebody likes to wait.
        """
        index = self
        while group := to_merge(index.parts, MAX_FOREGROUND_ROWS if at_once else None):
            segment = seal(Segment.merge([(part.segment, part.dead) for part in group]))
            place = index.parts.index(group[0])
            rest = [part for part in index.parts if part not in group]
            index = Index(self.settings, [*rest[:place], LiveSegment(segment), *rest[place:]])
        return index

    def _alive(self) -> Iterator[tuple[LiveSegment, int]]:
        return ((part, place) for part in self.parts for place in part.places())


class Documents(Sequence[Document]):
    """The documents of an index, in the order of their ids, each read when it is asked for."""

    def __init__(self, index: Index) -> None:
        self._index = index

    @cached_property
    def _order(self) -> list[tuple[str, Segment, int]]:
        places = ((part.segment.id(place), part.segment, place) for part, place in self._index._alive())
        return sorted(places, key=lambda place: place[0])

    @property
    def ids(self) -> list[str]:
        """The ids alone, which takes no reading."""
        return [name for name, _, _ in self._order]

    def find(self, document_id: str) -> Document | None:
        """The document of an id, None if there is none."""
        return self._index.find(document_id)

    def __len__(self) -> int:
        return sum(part.documents for part in self._index.parts)

    @overload
    def __getitem__(self, number: int) -> Document: ...
    @overload
    def __getitem__(self, number: slice) -> list[Document]: ...
    def __getitem__(self, number: int | slice) -> Document | list[Document]:
        if isinstance(number, slice):
            return [segment.document(place) for _, segment, place in self._order[number]]
        _, segment, place = self._order[number]
        return segment.document(place)


def batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """The documents in order, as many at once as are cut and embedded together."""
    batch: list[Document] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += len(document.text)
        if characters >= SEGMENT_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
