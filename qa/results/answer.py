"""Answers: quoted words with a probability, and what it was computed from."""

from __future__ import annotations

from dataclasses import dataclass

from qa.documents import Span
from qa.results.citation import Citation, citation_dict
from qa.results.reply_dict import AnswerDict


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
        items: If the answer is a list, its items without bullets or numbers. The span is the whole list.
        evidence: If whole sentences answer the question, those sentences: by document, in reading order, each
            with its best-matching words. If they are the answer, the confidence is that of all of them
            together.
    """

    confidence: float
    score: float = 0.0
    also_at: tuple[Citation, ...] = ()
    reasons: tuple[Reason, ...] = ()
    items: tuple[Span, ...] = ()
    evidence: tuple[Citation, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans that make up the answer: the items of a list, or its span alone."""
        return self.items or (self.span,)

    @property
    def is_sentences(self) -> bool:
        """Whether the sentences are the answer, and the span is the best of them."""
        return any(self.span == one.sentence for one in self.evidence)

    def to_dict(self) -> AnswerDict:
        """Return the answer's text, confidence, citations and reasons."""
        return {
            "answer": self.text,
            "confidence": self.confidence,
            "score": self.score,
            **citation_dict(self),
            "spans": [
                {"text": self.document[span], "start": span.start, "end": span.end} for span in self.spans
            ],
            "evidence": [citation.to_dict() for citation in self.evidence],
            "places": [citation.to_dict() for citation in self.also_at],
            "reasons": [{"feature": reason.feature, "log_odds": reason.log_odds} for reason in self.reasons],
        }
