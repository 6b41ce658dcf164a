"""What the chatbot can say. Values only: no text stands beside its place, it is sliced from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from qa.documents import Document, Span


class SentenceDict(TypedDict):
    """A sentence and its place in the document."""

    text: str
    start: int
    end: int


class PlaceDict(TypedDict):
    """A place that says the same, as plain data; `page` counts from 1, null where there are none."""

    document: str
    start: int
    end: int
    page: int | None
    sentence: SentenceDict


class ReasonDict(TypedDict):
    """What one feature adds to an answer's chance, in log-odds."""

    feature: str
    log_odds: float


class AnswerDict(TypedDict):
    """An answer as plain data."""

    answer: str
    confidence: float
    score: float
    document: str
    start: int
    end: int
    page: int | None
    sentence: SentenceDict
    places: list[PlaceDict]
    reasons: list[ReasonDict]


class PassageDict(TypedDict):
    """A passage that was read, as plain data; a rank counts from 1, null where not found."""

    document: str
    start: int
    end: int
    page: int | None
    vector_rank: int | None
    lexical_rank: int | None


class ReplyDict(TypedDict):
    """A reply as plain data: the one form that Python, the shell and the web share."""

    question: str
    answer: str | None
    confidence: float
    document: str | None
    start: int | None
    end: int | None
    page: int | None
    sentence: SentenceDict | None
    alternatives: list[AnswerDict]
    passages: list[PassageDict]
    missing_words: list[str]
    read_as: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document that retrieval found: the higher the `score`, the better; ranks count from 1.

    A rank is None where that ranking did not find it among those it was asked for.
    `similarity` is the cosine of its vector and the question's, -1 to 1, and 0 where none was compared.
    `nearest` is that of its sentences that fits the question best, None where none was compared.
    """

    document: Document
    span: Span
    score: float
    vector_rank: int | None
    lexical_rank: int | None
    similarity: float = 0.0
    nearest: Span | None = None

    @property
    def text(self) -> str:
        """Its words."""
        return self.document[self.span]

    @property
    def excerpt(self) -> str:
        """Its words from the nearest sentence on, after an ellipsis where that leaves some out."""
        if self.nearest is None or self.nearest.start == self.span.start:
            return self.text
        return f"… {self.document[Span(self.nearest.start, self.span.end)]}"

    def to_dict(self) -> PassageDict:
        """Place and ranks, without the words."""
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
    """Where a document says something: `span`, and the sentence (or sentences) round it."""

    document: Document
    span: Span
    sentence: Span

    @property
    def text(self) -> str:
        """The words, exactly as the document has them."""
        return self.document[self.span]

    @property
    def page(self) -> int | None:
        """The page, from 1, on which the words begin; None where the document has none."""
        return self.document.page(self.span.start)

    def to_dict(self) -> PlaceDict:
        """The places in numbers, with the sentence's words."""
        return {
            "document": self.document.id,
            "start": self.span.start,
            "end": self.span.end,
            "page": self.page,
            "sentence": {
                "text": self.document[self.sentence],
                "start": self.sentence.start,
                "end": self.sentence.end,
            },
        }


@dataclass(frozen=True, slots=True)
class Reason:
    """What one feature adds to an answer's chance, in log-odds.

    It is counted from what the feature is on average: above 0 it speaks for the answer, below 0
    against it. All of them and the same constant for every answer make the log-odds of the chance.
    """

    feature: str
    log_odds: float


@dataclass(frozen=True, slots=True)
class Answer(Citation):
    """A span of a document offered as an answer.

    `confidence` is the chance, 0 to 1, that it is right, and `reasons` what made it. `score` is the
    reader's, in logits: above 0 it prefers the span to silence. `also_at` are others that say the same,
    the best first.
    """

    confidence: float
    score: float = 0.0
    also_at: tuple[Citation, ...] = ()
    reasons: tuple[Reason, ...] = ()

    def to_dict(self) -> AnswerDict:
        """Words, places, confidence and what it was made from."""
        return {
            "answer": self.text,
            "confidence": self.confidence,
            "score": self.score,
            **Citation.to_dict(self),  # not super(): slots make the class anew, and it would be another's
            "places": [place.to_dict() for place in self.also_at],
            "reasons": [{"feature": reason.feature, "log_odds": reason.log_odds} for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question.

    `answer` is None where the text does not say; the best span is then the first of `alternatives`,
    so nothing that was found is hidden. `confidence` is that of the best span, shown or not (0 where
    there is none). `passages` are those that were read, best first. `missing_words` are words of the
    question, as it was read, that stand in no document in any form. `read_as` is the question with its
    misspelt words put right, None where it was read as typed.
    """

    question: str
    answer: Answer | None
    alternatives: tuple[Answer, ...]
    passages: tuple[Passage, ...]
    missing_words: tuple[str, ...] = ()
    read_as: str | None = None

    @property
    def best(self) -> Answer | None:
        """The best span found, whether or not it is sure enough to be the answer."""
        return self.answer if self.answer is not None else next(iter(self.alternatives), None)

    @property
    def confidence(self) -> float:
        """The chance that the best span is right."""
        return 0.0 if self.best is None else self.best.confidence

    def to_dict(self) -> ReplyDict:
        """The reply as plain data, ready for JSON; `answer` and its places are null if none is given."""
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
            "alternatives": [alternative.to_dict() for alternative in self.alternatives],
            "passages": [passage.to_dict() for passage in self.passages],
            "missing_words": list(self.missing_words),
            "read_as": self.read_as,
        }
