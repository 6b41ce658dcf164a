"""Chunk table: the chunks of a segment and their sentences, in arrays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Span
from qa.index.embedding import EmbeddedDocument
from qa.storage import Arrays, concatenate_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class ChunkTable:
    """Chunks and their sentences in arrays, which can be mapped from a file.

    A chunk is identified by its row.

    Attributes:
        document_ends: (documents,) The chunks of document i are the rows
            `document_ends[i - 1] : document_ends[i]`.
        spans: (rows, 2) The start and end of each chunk in the text of its document.
        sentence_ends: (rows,) The sentences of chunk i are the entries
            `sentence_ends[i - 1] : sentence_ends[i]` of the next two arrays.
        sentence_spans: (sentences, 2) The start and end of each sentence in the text of its document.
        sentence_directions: (sentences, dimension) The quantized vector of each sentence, see `directions`.
    """

    document_ends: NDArray[np.int64]
    spans: NDArray[np.int32]
    sentence_ends: NDArray[np.int64]
    sentence_spans: NDArray[np.int32]
    sentence_directions: NDArray[np.int8]

    @classmethod
    def build(cls, embedded: Sequence[EmbeddedDocument]) -> ChunkTable:
        """Concatenate the chunks of at least one document."""
        sentence_counts = [np.diff(document.sentence_ends, prepend=0) for document in embedded]
        return cls(
            np.cumsum([len(document.spans) for document in embedded], dtype=np.int64),
            np.concatenate([document.spans for document in embedded]),
            np.cumsum(np.concatenate(sentence_counts), dtype=np.int64),
            np.concatenate([document.sentence_spans for document in embedded]),
            np.concatenate([document.sentence_directions for document in embedded]),
        )

    @classmethod
    def merge(cls, tables: Sequence[tuple[ChunkTable, NDArray[np.bool_]]]) -> ChunkTable:
        """Concatenate tables, keeping the chunks of the documents where each table's mask is true."""
        chunk_counts, spans, sentence_counts, sentence_spans, directions = [], [], [], [], []
        for table, mask in tables:
            rows = table.row_mask(mask)
            counts = np.diff(table.sentence_ends, prepend=0)
            sentences = np.repeat(rows, counts)
            chunk_counts.append(np.diff(table.document_ends, prepend=0)[mask])
            spans.append(table.spans[rows])
            sentence_counts.append(counts[rows])
            sentence_spans.append((table.sentence_spans, sentences))
            directions.append((table.sentence_directions, sentences))
        return cls(
            np.cumsum(np.concatenate(chunk_counts), dtype=np.int64),
            np.concatenate(spans),
            np.cumsum(np.concatenate(sentence_counts), dtype=np.int64),
            concatenate_rows(sentence_spans),
            concatenate_rows(directions),
        )

    def __len__(self) -> int:
        return len(self.spans)

    def rows_of(self, doc_number: int) -> slice:
        """Return the rows of a document."""
        return _stretch(self.document_ends, doc_number)

    def doc_number(self, row: int) -> int:
        """Return the number of the document that a chunk belongs to."""
        return bisect_right(self.document_ends, row)

    def span(self, row: int) -> Span:
        """Return the span of a chunk."""
        return Span(*self.spans[row].tolist())

    def row_mask(self, document_mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Turn a mask over documents into one over rows."""
        return np.repeat(document_mask, np.diff(self.document_ends, prepend=0))

    def sentences(self, row: int) -> tuple[list[Span], NDArray[np.int8]]:
        """Return the sentences of a chunk and their directions (sentences, dimension)."""
        entries = _stretch(self.sentence_ends, row)
        spans = starmap(Span, self.sentence_spans[entries].tolist())
        return list(spans), self.sentence_directions[entries]

    def embedded_document(self, doc_number: int, vectors: NDArray[np.float32]) -> EmbeddedDocument:
        """Return the chunks of a document, with their vectors taken from `vectors` (rows, dimension)."""
        rows = self.rows_of(doc_number)
        first = int(self.sentence_ends[rows.start - 1]) if rows.start else 0
        last = int(self.sentence_ends[rows.stop - 1]) if rows.stop else 0
        return EmbeddedDocument(
            self.spans[rows],
            vectors[rows],
            self.sentence_ends[rows] - first,
            self.sentence_spans[first:last],
            self.sentence_directions[first:last],
        )

    def to_arrays(self) -> Arrays:
        """Return the arrays by name, as `from_arrays` reads them."""
        return {
            "chunks.ends": self.document_ends,
            "spans": self.spans,
            "sentences.ends": self.sentence_ends,
            "sentences.spans": self.sentence_spans,
            "sentences": self.sentence_directions,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> ChunkTable:
        """Read what `to_arrays` returned. Other arrays are ignored.

        Raises:
            KeyError: An array is missing.
        """
        return cls(
            arrays["chunks.ends"],
            arrays["spans"],
            arrays["sentences.ends"],
            arrays["sentences.spans"],
            arrays["sentences"],
        )


def _stretch(ends: NDArray[np.int64], position: int) -> slice:
    return slice(int(ends[position - 1]) if position else 0, int(ends[position]))
