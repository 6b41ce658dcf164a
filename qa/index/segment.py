"""Documents that were made searchable together, sealed: nothing in a segment ever changes."""

from __future__ import annotations

import json
import uuid
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qa.documents import Document, Span, Stamp
from qa.index.bm25 import Postings
from qa.index.chunking import Chunk
from qa.index.embedding import EmbeddedDocument, text_digest
from qa.index.vector_index import VectorIndex
from qa.storage import Arrays, StringArray, concatenate_rows, mapped, read_arrays, write_arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

DOCUMENTS_KEPT = 32  # that were read last, in memory as objects


class Segment:
    """Texts, chunks, vectors and postings of some documents, in arrays that may be mapped from files.

    A document is known by its place, from 0; a chunk by its row: the chunks of document i are the rows
    `first(i)` up to `first(i + 1)`.
    """

    def __init__(self, name: str, arrays: Arrays, postings: Postings, vector_index: VectorIndex) -> None:
        self.name, self.arrays, self.postings, self.vector_index = name, arrays, postings, vector_index
        self._ids, self._cards, self._texts = (
            StringArray.from_arrays(arrays, column) for column in ("ids", "cards", "texts")
        )
        # Of no method: a segment that refers to itself would keep its files, deleted ones too, for longer.
        self.document = lru_cache(DOCUMENTS_KEPT)(partial(_document, self._ids, self._cards, self._texts))

    @classmethod
    def build(
        cls, documents: Sequence[Document], cuts: Sequence[EmbeddedDocument], stamps: Sequence[Stamp]
    ) -> Segment:
        """A segment of documents, each with its chunks, and the stamp of the file that it comes from."""
        ids, cards, texts = (
            StringArray.of(strings)
            for strings in (
                [document.id for document in documents],
                [json.dumps([document.title, document.url, document.pages]) for document in documents],
                [document.text for document in documents],
            )
        )
        whole = b"".join(text_digest(document.text) for document in documents)
        digests = np.frombuffer(whole, np.uint8).reshape(-1, 32)
        arrays: dict[str, NDArray[Any]] = {
            "digests": digests,
            "stamps": np.array([(stamp.size, stamp.time) for stamp in stamps], np.int64).reshape(-1, 2),
            "chunks.ends": np.cumsum([len(cut.spans) for cut in cuts], dtype=np.int64),
            "spans": np.concatenate([np.zeros((0, 2), np.int32), *(cut.spans for cut in cuts)]),
            "sentences.ends": np.cumsum(
                np.concatenate([np.diff(cut.sentence_ends, prepend=0) for cut in cuts]), dtype=np.int64
            ),
            "sentences.spans": np.concatenate([cut.sentence_spans for cut in cuts]),
            "sentences": np.concatenate([cut.sentences for cut in cuts]),
            **ids.to_arrays("ids"),
            **cards.to_arrays("cards"),
            **texts.to_arrays("texts"),
            **_orders(ids, digests),
        }
        chunks = [
            document.text[start:end]
            for document, cut in zip(documents, cuts, strict=True)
            for start, end in cut.spans.tolist()
        ]
        vectors = np.concatenate([cut.vectors for cut in cuts])
        return cls(uuid.uuid4().hex, arrays, Postings.build(chunks), VectorIndex.build(vectors))

    @classmethod
    def merge(cls, parts: Sequence[tuple[Segment, NDArray[np.bool_] | None]]) -> Segment:
        """A segment of what lives in `parts`: segments, each with which of its documents are dead."""
        lives = [np.ones(len(part), np.bool_) if dead is None else ~dead for part, dead in parts]
        pairs = [(part, live, part.row_mask(live)) for (part, _), live in zip(parts, lives, strict=True)]
        ids, cards, texts = (
            StringArray.concatenate([strings.take(live) for strings, live in zip(column, lives, strict=True)])
            for column in zip(*((part._ids, part._cards, part._texts) for part, _ in parts), strict=True)
        )
        sizes = [np.diff(part.arrays["chunks.ends"], prepend=0)[live] for part, live, _ in pairs]
        digests = np.concatenate([part.arrays["digests"][live] for part, live, _ in pairs])
        arrays: dict[str, NDArray[Any]] = {
            "digests": digests,
            "stamps": np.concatenate([part.arrays["stamps"][live] for part, live, _ in pairs]),
            "chunks.ends": np.cumsum(np.concatenate(sizes), dtype=np.int64),
            "spans": np.concatenate([part.arrays["spans"][rows] for part, _, rows in pairs]),
            "sentences.ends": np.cumsum(
                np.concatenate([part.sentence_counts[rows] for part, _, rows in pairs]), dtype=np.int64
            ),
            **{
                name: concatenate_rows(
                    [(part.arrays[name], np.repeat(rows, part.sentence_counts)) for part, _, rows in pairs]
                )
                for name in ("sentences.spans", "sentences")
            },
            **ids.to_arrays("ids"),
            **cards.to_arrays("cards"),
            **texts.to_arrays("texts"),
            **_orders(ids, digests),
        }
        postings = Postings.merge([(part.postings, None if rows.all() else ~rows) for part, _, rows in pairs])
        vectors = concatenate_rows([(part.vector_index.vectors, rows) for part, _, rows in pairs])
        return cls(uuid.uuid4().hex, arrays, postings, VectorIndex.build(vectors))

    def __len__(self) -> int:
        """How many documents it holds, dead or alive."""
        return len(self._ids)

    @property
    def rows(self) -> int:
        """How many chunks it holds."""
        return len(self.arrays["spans"])

    def first(self, place: int) -> int:
        """The row of a document's first chunk; for the number of documents, how many rows there are."""
        return int(self.arrays["chunks.ends"][place - 1]) if place else 0

    def row_mask(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A mask of documents as one of rows."""
        return np.repeat(mask, np.diff(self.arrays["chunks.ends"], prepend=0))

    def id(self, place: int) -> str:
        """A document's id."""
        return self._ids[place]

    def ids(self) -> Iterator[str]:
        """All documents' ids, in order."""
        return (str(name, "utf-8", "surrogatepass") for name in self._ids.encoded())

    def find(self, document_id: str) -> int | None:
        """The place of the document of an id."""
        return self._ids.find(document_id, self.arrays["order.ids"])

    def find_text(self, digest: bytes) -> int | None:
        """The place of the document whose text has this digest."""
        order = self.arrays["order.digests"]
        number = int(np.searchsorted(_whole(self.arrays["digests"]), digest, sorter=order))
        found = number < len(order) and self.digest(order[number]) == digest
        return int(order[number]) if found else None

    def digest(self, place: int) -> bytes:
        """The digest of a document's text."""
        return bytes(self.arrays["digests"][place].tobytes())

    def stamps(self) -> dict[str, Stamp]:
        """The stamp of the file that each document was read from, by id."""
        return dict(zip(self.ids(), map(Stamp._make, self.arrays["stamps"].tolist()), strict=True))

    def cut(self, place: int) -> EmbeddedDocument:
        """A document's chunks and their vectors."""
        rows = slice(self.first(place), self.first(place + 1))
        parts = self._sentences(rows.start, rows.stop)
        return EmbeddedDocument(
            self.arrays["spans"][rows],
            self.vector_index.vectors[rows],
            self.arrays["sentences.ends"][rows] - parts.start,
            self.arrays["sentences.spans"][parts],
            self.arrays["sentences"][parts],
        )

    @property
    def sentence_counts(self) -> NDArray[np.int64]:
        """(rows,) how many sentences each chunk has."""
        return np.diff(self.arrays["sentences.ends"], prepend=0)

    def sentences(self, row: int) -> tuple[list[Span], NDArray[np.int8]]:
        """The sentences of a chunk: places in its document, and directions (sentences, dimension)."""
        rows = self._sentences(row, row + 1)
        spans = starmap(Span, self.arrays["sentences.spans"][rows].tolist())
        return list(spans), self.arrays["sentences"][rows]

    def _sentences(self, first: int, last: int) -> slice:
        """Where the sentences of the chunks of rows `first` up to `last` lie."""
        ends = self.arrays["sentences.ends"]
        return slice(int(ends[first - 1]) if first else 0, int(ends[last - 1]) if last else 0)

    def chunk(self, row: int) -> Chunk:
        """The chunk of a row."""
        place = bisect_right(self.arrays["chunks.ends"], row)
        return Chunk(self.document(place), Span(*self.arrays["spans"][row].tolist()))

    def characters(self, dead: NDArray[np.bool_] | None) -> int:
        """How long its texts are together, in UTF-8 bytes, but for those of documents that are dead."""
        sizes = np.diff(self.arrays["texts.ends"], prepend=0)
        return int(sizes.sum(where=True if dead is None else ~dead))

    def renamed(self) -> Segment:
        """The same under a name of its own, to be saved anew."""
        return Segment(uuid.uuid4().hex, self.arrays, self.postings, self.vector_index)

    def save(self, folder: Path) -> tuple[str, ...]:
        """Write it into `folder`, all of it on the disk at return, and give the files' names.

        Raises:
            OSError: it cannot be written whole.
        """
        arrays = {**self.arrays, **self.postings.to_arrays()}
        write_arrays(folder / f"{self.name}.arrays", arrays)
        return (f"{self.name}.arrays", *self.vector_index.save(folder, f"{self.name}.vectors"))

    @classmethod
    def open(cls, folder: Path, name: str) -> Segment:
        """What was saved under `name`; large files are mapped: read as they are needed.

        The caller sees to it that the files are those that were saved: not every damage is noticed.

        Raises:
            OSError: a file is missing.
            ValueError: a file is damaged.
        """
        arrays = read_arrays(mapped(folder / f"{name}.arrays"))
        try:
            postings = Postings.from_arrays(arrays)
            return cls(name, arrays, postings, VectorIndex.open(folder, f"{name}.vectors"))
        except KeyError as error:
            raise ValueError(f"{name}.arrays lacks {error}") from error


def _document(ids: StringArray, cards: StringArray, texts: StringArray, place: int) -> Document:
    """The document of a place."""
    title, url, pages = json.loads(cards[place])
    return Document(ids[place], texts[place], title, url, tuple(pages))


def _whole(digests: NDArray[np.uint8]) -> NDArray[np.bytes_]:
    """(documents,) digests, each as one, of (documents, 32)."""
    return digests.view("S32")[:, 0]


def _orders(ids: StringArray, digests: NDArray[np.uint8]) -> Arrays:
    """The places of the documents in the order of their ids, and in that of their texts' digests."""
    encoded = list(ids.encoded())
    return {
        "order.ids": np.array(sorted(range(len(encoded)), key=encoded.__getitem__), np.int32),
        "order.digests": np.argsort(_whole(digests)),
    }
