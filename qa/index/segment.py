"""Segment: an immutable set of searchable documents (as in Lucene), in memory or mapped from files."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from itertools import starmap
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Span, Stamp, context
from qa.index.chunk_table import ChunkTable
from qa.index.chunking import Chunk
from qa.index.document_table import DocumentTable
from qa.index.embedding import EmbeddedDocument
from qa.index.postings import Postings
from qa.index.vector_index import VectorIndex
from qa.storage import concatenate_rows, mapped, read_arrays, write_arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Segment:
    """Documents with their chunks, postings and vectors.

    A document is identified by its number, from 0. A chunk is identified by its row, from 0.

    Attributes:
        name: A unique name, the prefix of its file names.
        checksums: The checksum of each of its files, by name; empty if it is only in memory.
        documents: The documents.
        chunks: Their chunks and sentences.
        postings: The words of each chunk.
        vector_index: The vector of each chunk.
    """

    def __init__(
        self,
        documents: DocumentTable,
        chunks: ChunkTable,
        postings: Postings,
        vector_index: VectorIndex,
        *,
        name: str | None = None,
        checksums: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.name = uuid.uuid4().hex if name is None else name
        self.checksums = checksums
        self.documents, self.chunks, self.postings = documents, chunks, postings
        self.vector_index = vector_index

    @classmethod
    def build(
        cls, documents: Sequence[Document], embedded: Sequence[EmbeddedDocument], stamps: Sequence[Stamp]
    ) -> Segment:
        """Build a segment of at least one document.

        Args:
            documents: The documents.
            embedded: The chunks of each document.
            stamps: The file stamp of each document.
        """
        chunk_texts = [
            f"{context(document, span)}\n{document[span]}"
            for document, chunks in zip(documents, embedded, strict=True)
            for span in starmap(Span, chunks.spans.tolist())
        ]
        return cls(
            DocumentTable.build(documents, stamps),
            ChunkTable.build(embedded),
            Postings.build(chunk_texts),
            VectorIndex.build(np.concatenate([chunks.vectors for chunks in embedded])),
        )

    @classmethod
    def merge(cls, parts: Sequence[tuple[Segment, NDArray[np.bool_] | None]]) -> Segment:
        """Concatenate segments without their deleted documents. Nothing is embedded again.

        Args:
            parts: Segments, each with a mask (documents,) of its deleted documents, None if there are none.
        """
        segments = [segment for segment, _ in parts]
        live = [
            np.ones(len(segment), np.bool_) if deleted is None else ~deleted for segment, deleted in parts
        ]
        live_rows = [segment.chunks.row_mask(mask) for segment, mask in zip(segments, live, strict=True)]
        deleted_rows = [None if mask.all() else ~mask for mask in live_rows]
        vectors = [segment.vector_index.vectors for segment in segments]
        return cls(
            DocumentTable.merge(list(zip([part.documents for part in segments], live, strict=True))),
            ChunkTable.merge(list(zip([part.chunks for part in segments], live, strict=True))),
            Postings.merge(list(zip([part.postings for part in segments], deleted_rows, strict=True))),
            VectorIndex.build(concatenate_rows(list(zip(vectors, live_rows, strict=True)))),
        )

    def __len__(self) -> int:
        """Return the number of documents, deleted or not."""
        return len(self.documents)

    @property
    def rows(self) -> int:
        """The number of chunks, deleted or not."""
        return len(self.chunks)

    def chunk(self, row: int) -> Chunk:
        """Return the chunk of a row."""
        return Chunk(self.documents[self.chunks.doc_number(row)], self.chunks.span(row))

    def embedded_document(self, doc_number: int) -> EmbeddedDocument:
        """Return the chunks of a document with their vectors."""
        return self.chunks.embedded_document(doc_number, self.vector_index.vectors)

    def renamed(self) -> Segment:
        """Return the same segment under a new name, to be saved again."""
        return Segment(self.documents, self.chunks, self.postings, self.vector_index)

    def save(self, folder: Path) -> tuple[str, ...]:
        """Write the segment to `folder`. It is on the disk on return.

        Returns:
            The names of the files.

        Raises:
            OSError: A file cannot be written completely, or already exists.
        """
        arrays_name = f"{self.name}.arrays"
        write_arrays(
            folder / arrays_name,
            {**self.documents.to_arrays(), **self.chunks.to_arrays(), **self.postings.to_arrays()},
        )
        return (arrays_name, *self.vector_index.save(folder, f"{self.name}.vectors"))

    @classmethod
    def open(cls, folder: Path, name: str, checksums: Mapping[str, str]) -> Segment:
        """Open a saved segment. Large files are mapped, that is, read as they are needed.

        Damage inside the files is not detected: compare checksums first.

        Args:
            folder: The folder.
            name: The name of the segment.
            checksums: The checksum of each of its files, by name.

        Raises:
            OSError: A file is missing.
            ValueError: A file has no valid structure.
        """
        arrays = read_arrays(mapped(folder / f"{name}.arrays"))
        try:
            return cls(
                DocumentTable.from_arrays(arrays),
                ChunkTable.from_arrays(arrays),
                Postings.from_arrays(arrays),
                VectorIndex.open(folder, f"{name}.vectors"),
                name=name,
                checksums=checksums,
            )
        except KeyError as error:
            raise ValueError(f"{name}.arrays lacks {error}") from error
