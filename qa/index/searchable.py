"""Searchable: the index interface of retrieval and the chatbot, wherever the segments are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from qa.documents import Document, Span
from qa.index.chunking import Chunk
from qa.index.documents import Documents
from qa.index.embedder import Embedder
from qa.index.relevant_sentences import RelevantSentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import Self


class Rankings(NamedTuple):
    """The best chunks for a question: rows and scores, best first. Ties are in row order.

    Attributes:
        by_vector: By the inner product of their vectors with the question's, -1 to 1.
        by_words: By BM25, above 0. Chunks that share no word with the question are left out.
    """

    by_vector: Mapping[int, float]
    by_words: Mapping[int, float]


class Searchable(Protocol):
    """An immutable index. A chunk is identified by its row; rows of different indexes are not comparable."""

    @property
    def documents(self) -> Documents:
        """The documents, sorted by id."""

    def rank(self, question: str, vector: NDArray[np.float32], k: int) -> Rankings:
        """Find the `k` best chunks for a question with this vector (dimension,), by vector and by word.

        Raises:
            ValueError: The vector has the wrong shape, or contains infinity or NaN.
        """

    def relevances(
        self, question: str, vector: NDArray[np.float32], rows: Sequence[int]
    ) -> dict[int, tuple[float, Span]]:
        """Return the relevance of chunks to a question, 0 to 1, and their best sentences, by row."""

    def relevant_sentences(
        self, question: str, vector: NDArray[np.float32], rows: Mapping[int, int]
    ) -> list[RelevantSentence]:
        """Return the sentences of chunks, each once, by rank. `rows` maps rows to ranks, best first."""

    def chunks(self, rows: Sequence[int], vector: NDArray[np.float32]) -> list[tuple[Chunk, float]]:
        """Return the chunk of each row, with the cosine between its vector and `vector` (dimension,)."""

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the content words of a question that occur in no text in any form, as typed.

        The word of measure after "how" ("tall" in "How tall ...") is never among them.
        """

    def same_text(self, document: Document) -> Document | None:
        """Return the document with the same text, whatever its id."""

    def with_documents(self, documents: Sequence[Document], embedder: Embedder) -> Self:
        """Add documents. Each replaces the document with the same id. Texts already indexed are left out.

        Raises:
            CorpusError: There are too many documents.
        """

    def without(self, ids: Collection[str]) -> Self:
        """Delete the documents with these ids. Unknown ids are ignored."""

    def only(self, ids: Collection[str]) -> Self:
        """Return an index of only the documents with these ids. Unknown ids are ignored.

        A search in it gives the same results as if there were no other documents.
        """

    def merged(self, *, foreground: bool = False) -> Self:
        """Tidy up after changes where worthwhile; do less while a user waits (`foreground`)."""
