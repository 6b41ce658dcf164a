"""Replies, answers, passages and citations: immutable values that slice their text from a document."""

from __future__ import annotations

from dataclasses import dataclass

from qa.documents import Document, Span, cell_headings, section_titles
from qa.reply_json import AnswerDict, CellDict, CitationDict, PassageDict, ReplyDict


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
        best_sentence: The sentence that fits the question best. None if none was compared.
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

    @property
    def excerpt(self) -> str:
        """The passage from its best sentence on, after an ellipsis if that leaves anything out."""
        if self.best_sentence is None or self.best_sentence.start == self.span.start:
            return self.text
        return f"… {self.document[Span(self.best_sentence.start, self.span.end)]}"

    def to_dict(self) -> PassageDict:
        """Return offsets and ranks, without the text."""
        return {
            "document": self.document.id,
            "start": self.span.start,
            "end": self.span.end,
            "page": self.document.page(self.span.start),
            "vector_rank": self.vector_rank,
            "lexical_rank": self.lexical_rank,
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a document says something.

    Attributes:
        document: The document.
        span: The quoted words in the document's text.
        sentence: The sentence around the words, or the sentences if the words cross a boundary.
    """

    document: Document
    span: Span
    sentence: Span

    @property
    def text(self) -> str:
        """The quoted words, exactly as the document has them."""
        return self.document[self.span]

    @property
    def page(self) -> int | None:
        """The page, from 1, on which the words begin. None if the document has no pages."""
        return self.document.page(self.span.start)

    @property
    def section(self) -> tuple[str, ...]:
        """The headings of the section that the words are in, from the outermost."""
        return tuple(section_titles(self.document, self.span.start))

    @property
    def cell(self) -> CellDict | None:
        """The headings of the row and of the column of the table cell that holds the words, if one does."""
        headings = cell_headings(self.document, self.span)
        if headings is None:
            return None
        row, column = (
            [" ".join(self.document[cell.span].split()) for cell in cells]
            for cells in (headings.row, headings.column)
        )
        return {"row": row, "column": column}

    def to_dict(self) -> CitationDict:
        """Return the offsets, the sentence, the section and the headings of the cell."""
        return _citation_dict(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature contributes to an answer's confidence.

    The contribution is relative to the feature's mean. The contributions of all features and a constant add
    up to the log-odds of the confidence.

    Attributes:
        feature: The name of the feature.
        log_odds: The contribution. Above 0 it supports the answer, below 0 it counts against it.
    """

    feature: str
    log_odds: float


@dataclass(frozen=True, slots=True)
class Answer(Citation):
    """A span of a document offered as an answer.

    Attributes:
        confidence: The probability, 0 to 1, that the answer is right.
        score: The reader's score in logits. Above 0 the reader prefers the span to no answer.
        also_at: Citations of the same answer elsewhere, best first.
        reasons: What the confidence was computed from.
        items: If the answer is a list, the words of its items, without marks. The span is the whole list.
    """

    confidence: float
    score: float = 0.0
    also_at: tuple[Citation, ...] = ()
    reasons: tuple[Reason, ...] = ()
    items: tuple[Span, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The stretches that the answer consists of: the items of a list, or its span alone."""
        return self.items or (self.span,)

    def to_dict(self) -> AnswerDict:
        """Return the answer's text, confidence, citations and reasons."""
        return {
            "answer": self.text,
            "confidence": self.confidence,
            "score": self.score,
            **_citation_dict(self),
            "spans": [
                {"text": self.document[span], "start": span.start, "end": span.end} for span in self.spans
            ],
            "places": [citation.to_dict() for citation in self.also_at],
            "reasons": [{"feature": reason.feature, "log_odds": reason.log_odds} for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The first event of answering a question: the passages are found and will be read next.

    Attributes:
        question: The question as typed, without white space around it.
        query: The question with its misspelt words replaced, as it is read.
        passages: The passages, best first.
        missing_words: Words of the query that no document has in any form.
    """

    question: str
    query: str
    passages: tuple[Passage, ...]
    missing_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the documents say to a question. "Not found" is a reply too, never an exception.

    Attributes:
        question: The question as typed, without white space around it.
        answer: The answer. None if no span is confident enough.
        alternatives: Other candidates, best first. Without an answer the best span is the first of them, so
            that nothing that was found is hidden.
        passages: The passages that were read, best first.
        missing_words: Words of the question, as it was read, that no document has in any form.
        read_as: The question with its misspelt words replaced. None if it was read as typed.
    """

    question: str
    answer: Answer | None
    alternatives: tuple[Answer, ...]
    passages: tuple[Passage, ...]
    missing_words: tuple[str, ...] = ()
    read_as: str | None = None

    @property
    def best(self) -> Answer | None:
        """The best span found, whether or not it is confident enough to be the answer."""
        return self.answer if self.answer is not None else next(iter(self.alternatives), None)

    @property
    def confidence(self) -> float:
        """The probability that the best span is right; 0 if there is none."""
        return 0.0 if self.best is None else self.best.confidence

    def to_dict(self) -> ReplyDict:
        """Return the reply as plain data, ready for JSON."""
        answer = None if self.answer is None else self.answer.to_dict()
        return {
            "question": self.question,
            "answer": None if answer is None else answer["answer"],
            "confidence": self.confidence,
            "document": None if answer is None else answer["document"],
            "start": None if answer is None else answer["start"],
            "end": None if answer is None else answer["end"],
            "page": None if answer is None else answer["page"],
            "sentence": None if answer is None else answer["sentence"],
            "section": None if answer is None else answer["section"],
            "cell": None if answer is None else answer["cell"],
            "spans": None if answer is None else answer["spans"],
            "alternatives": [alternative.to_dict() for alternative in self.alternatives],
            "passages": [passage.to_dict() for passage in self.passages],
            "missing_words": list(self.missing_words),
            "read_as": self.read_as,
        }


def _citation_dict(citation: Citation) -> CitationDict:
    """Return offsets and sentence; a function, since `super()` fails in dataclasses with slots."""
    return {
        "document": citation.document.id,
        "start": citation.span.start,
        "end": citation.span.end,
        "page": citation.page,
        "sentence": {
            "text": citation.document[citation.sentence],
            "start": citation.sentence.start,
            "end": citation.sentence.end,
        },
        "section": list(citation.section),
        "cell": citation.cell,
    }
