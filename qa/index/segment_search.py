"""Segment search: immutable segments, searched by vector and by word."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Span
from qa.index.bm25 import BM25Index
from qa.index.chunking import Chunk
from qa.index.documents import SegmentDocuments
from qa.index.embedding import IndexSettings
from qa.index.live_segment import LiveSegment
from qa.index.relevance import ChunkSentences, cosines, relevances
from qa.index.relevant_sentences import RelevantSentence, relevant_sentences
from qa.index.searchable import Rankings
from qa.index.segment import Segment
from qa.index.word_statistics import WordStatistics

if TYPE_CHECKING:
    from numpy.typing import NDArray


class SegmentSearch:
    """Searches segments.

    A chunk is identified by its row, numbered across all segments, deleted chunks included.

    Args:
        settings: What the chunks and vectors were made with.
        segments: The segments. Those without a live document are left out.

    Attributes:
        bm25: The search by words.
    """

    def __init__(self, settings: IndexSettings, segments: Sequence[LiveSegment] = ()) -> None:
        self.settings = settings
        self.segments = tuple(live for live in segments if len(live))
        self._first_rows = list(accumulate((live.segment.rows for live in self.segments), initial=0))
        self.bm25 = BM25Index(
            [live.segment.postings for live in self.segments], [live.deleted_rows for live in self.segments]
        )

    @property
    def documents(self) -> SegmentDocuments:
        """The documents, sorted by id."""
        return SegmentDocuments(self.segments)

    def __len__(self) -> int:
        """Return the number of chunks."""
        return sum(live.rows for live in self.segments)

    @property
    def rows(self) -> list[int]:
        """The rows of all chunks."""
        rows: list[int] = []
        for first_row, live in zip(self._first_rows, self.segments, strict=False):
            deleted = live.deleted_rows
            rows += [
                first_row + row for row in range(live.segment.rows) if deleted is None or not deleted[row]
            ]
        return rows

    def chunk(self, row: int) -> Chunk:
        """Return the chunk of a row."""
        segment, segment_row = self._locate(row)
        return segment.chunk(segment_row)

    def vector(self, row: int) -> NDArray[np.float32]:
        """Return the vector (dimension,) of a chunk."""
        segment, segment_row = self._locate(row)
        return np.asarray(segment.vector_index.vectors[segment_row])

    def sentences(self, row: int) -> tuple[list[Span], NDArray[np.int8]]:
        """Return the sentences of a chunk and their directions (sentences, dimension)."""
        segment, segment_row = self._locate(row)
        return segment.chunks.sentences(segment_row)

    def search(self, vectors: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Find the chunks nearest to each vector.

        Args:
            vectors: (questions, dimension) Unit vectors of questions.
            k: How many chunks to find.

        Returns:
            Scores and rows, best first, both (questions, k), or with fewer columns if there are fewer chunks.
            A score is the inner product, -1 to 1. Ties are in row order.

        Raises:
            ValueError: The vectors have the wrong shape, or contain infinity or NaN.
        """
        if vectors.ndim != 2 or vectors.shape[1] != self.settings.dimension:
            raise ValueError(f"vectors of shape {vectors.shape}, not (any, {self.settings.dimension})")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector contains NaN or infinity")
        scores, rows = [np.zeros((len(vectors), 0), np.float32)], [np.zeros((len(vectors), 0), np.int64)]
        for first_row, live in zip(self._first_rows, self.segments, strict=False):
            segment_scores, segment_rows = live.segment.vector_index.search(
                vectors, k, deleted=live.deleted_rows
            )
            scores.append(segment_scores)
            rows.append(segment_rows + first_row)
        all_scores, all_rows = np.concatenate(scores, axis=1), np.concatenate(rows, axis=1)
        # Segments are in row order, so a stable sort keeps ties in row order.
        order = np.argsort(-all_scores, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(all_scores, order, axis=1), np.take_along_axis(all_rows, order, axis=1)

    def find(self, document_id: str) -> Document | None:
        """Return the document with this id, None if there is none."""
        return self.documents.find(document_id)

    def rank(
        self,
        question: str,
        vector: NDArray[np.float32],
        k: int,
        statistics: WordStatistics | None = None,
    ) -> Rankings:
        """Find the `k` best chunks for a question with this vector (dimension,), by vector and by word.

        Args:
            question: The question.
            vector: Its vector.
            k: Maximum number of chunks in each ranking.
            statistics: Statistics of the whole corpus for the words of the question, if the segments are only
                a part of it. If None, the segments are the corpus.

        Raises:
            ValueError: The vector has the wrong shape, or contains infinity or NaN.
        """
        scores, rows = self.search(vector[np.newaxis], k)
        by_vector = dict(zip(rows[0].tolist(), scores[0].tolist(), strict=True))
        return Rankings(by_vector, dict(self.bm25.search(question, k, statistics)))

    def relevances(
        self,
        question: str,
        vector: NDArray[np.float32],
        rows: Sequence[int],
        statistics: WordStatistics | None = None,
    ) -> dict[int, tuple[float, Span]]:
        """Return the relevance of chunks to a question, 0 to 1, and their best sentences, by row.

        Args:
            question: The question.
            vector: (dimension,) Its vector.
            rows: The rows of the chunks.
            statistics: As for `rank`.
        """
        idfs = self.bm25.idfs(question) if statistics is None else statistics.idfs
        return dict(zip(rows, relevances(self._passages(rows), idfs, vector), strict=True))

    def relevant_sentences(
        self,
        question: str,
        vector: NDArray[np.float32],
        rows: Mapping[int, int],
        statistics: WordStatistics | None = None,
    ) -> list[RelevantSentence]:
        """Return the sentences of chunks, each once, by the rank of its first chunk.

        Args:
            question: The question.
            vector: (dimension,) Its vector.
            rows: The rows of the chunks, best first, each with its rank.
            statistics: As for `rank`.
        """
        idfs = self.bm25.idfs(question) if statistics is None else statistics.idfs
        passages = zip(rows.values(), self._passages(list(rows)), strict=True)
        return relevant_sentences(list(passages), idfs, vector)

    def _passages(self, rows: Sequence[int]) -> list[ChunkSentences]:
        return [ChunkSentences(self.chunk(row), self.vector(row), *self.sentences(row)) for row in rows]

    def chunks(self, rows: Sequence[int], vector: NDArray[np.float32]) -> list[tuple[Chunk, float]]:
        """Return the chunk of each row, with the cosine between its vector and `vector` (dimension,)."""
        return [(self.chunk(row), float(cosines(self.vector(row)[np.newaxis], vector)[0])) for row in rows]

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the content words that occur in no text, see `missing_words`."""
        return self.bm25.missing_words(question)

    def _locate(self, row: int) -> tuple[Segment, int]:
        """Return the segment of a row, and the row inside it."""
        position = bisect_right(self._first_rows, row) - 1
        return self.segments[position].segment, row - self._first_rows[position]
