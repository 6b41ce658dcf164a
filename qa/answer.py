"""What the chatbot can say. Values only: no text stands beside its place, it is sliced from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from qa.chunk import Chunk
from qa.document import Document, Span


class SentenceDict(TypedDict):
    """A sentence and its place in the document."""

    text: str
    start: int
    end: int


class AnswerDict(TypedDict):
    """An answer as plain data."""

    answer: str
    confidence: float
    document: str
    start: int
    end: int
    sentence: SentenceDict


class PassageDict(TypedDict):
    """A passage that was read, as plain data; a rank counts from 1, null where not found."""

    document: str
    start: int
    end: int
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
    sentence: SentenceDict | None
    alternatives: list[AnswerDict]
    passages: list[PassageDict]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that retrieval found: the higher the `score`, the better; ranks count from 1.

    A rank is None where that ranking did not find the chunk among those it was asked for.
    """

    chunk: Chunk
    score: float
    vector_rank: int | None
    lexical_rank: int | None

    @property
    def document(self) -> Document:
        """The document that the passage is cut from."""
        return self.chunk.document

    @property
    def span(self) -> Span:
        """Its place in the document."""
        return self.chunk.span

    @property
    def text(self) -> str:
        """Its words."""
        return self.chunk.text

    def to_dict(self) -> PassageDict:
        """Place and ranks, without the words."""
        return {
            "document": self.document.id,
            "start": self.span.start,
            "end": self.span.end,
            "vector_rank": self.vector_rank,
            "lexical_rank": self.lexical_rank,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """A span of a document offered as an answer.

    `confidence` is the chance, 0 to 1, that it is right; `sentence` is the place of the sentence (or
    sentences) round it.
    """

    document: Document
    span: Span
    sentence: Span
    confidence: float

    @property
    def text(self) -> str:
        """The answer's words, exactly as the document has them."""
        return self.document[self.span]

    def to_dict(self) -> AnswerDict:
        """Words, places and confidence."""
        return {
            "answer": self.text,
            "confidence": self.confidence,
            "document": self.document.id,
            "start": self.span.start,
            "end": self.span.end,
            "sentence": {
                "text": self.document[self.sentence],
                "start": self.sentence.start,
                "end": self.sentence.end,
            },
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question.

    `answer` is None where the text does not say; the best span is then the first of `alternatives`,
    so nothing that was found is hidden. `confidence` is that of the best span, shown or not (0 where
    there is none). `passages` are those that were read, best first.
    """

    question: str
    answer: Answer | None
    alternatives: tuple[Answer, ...]
    passages: tuple[Passage, ...]

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
            "sentence": None if answer is None else answer["sentence"],
            "alternatives": [alternative.to_dict() for alternative in self.alternatives],
            "passages": [passage.to_dict() for passage in self.passages],
        }
