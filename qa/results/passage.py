"""Passages: stretches of documents that retrieval found."""

from __future__ import annotations

from dataclasses import dataclass

from qa.documents import Document, Span
from qa.results.citation import sentence_dict
from qa.results.reply_dict import PassageDict


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document that retrieval found.

    Attributes:
        document: The document.
        span: The passage in the document's text.
        score: The relevance, 0 to 1. Higher is better.
        vector_rank: The rank by embedding, from 1. None if that ranking did not find the passage.
        lexical_rank: The rank by BM25, from 1. None if that ranking did not find the passage.
        similarity: The cosine of the passage's and the question's embeddings, -1 to 1; 0 if not compared.
        best_sentence: The sentence that matches the question best. None if none was compared.
    """

    document: Document
    span: Span
    score: float
    vector_rank: int | None
    lexical_rank: int | None
    similarity: float = 0.0
    best_sentence: Span | None = None

    @property
    def text(self) -> str:
        """The passage, exactly as the document has it."""
        return self.document[self.span]

    def to_dict(self) -> PassageDict:
        """Return offsets, ranks and the best sentence, without the whole text."""
        return {
            "document": self.document.id,
            "start": self.span.start,
            "end": self.span.end,
            "page": self.document.page(self.span.start),
            "vector_rank": self.vector_rank,
            "lexical_rank": self.lexical_rank,
            "best_sentence": None
            if self.best_sentence is None
            else sentence_dict(self.document, self.best_sentence),
        }
