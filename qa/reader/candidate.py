"""Candidates: spans that may be the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa.documents import Span
from qa.results import Passage


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be the answer.

    Attributes:
        passage: The passage that contains it.
        span: Its offsets in the document.
        score: Start logit + end logit - the window's null score (the same sum at its [CLS] token). Above 0
            the reader prefers the span to no answer. Scores are comparable across windows and passages.
    """

    passage: Passage
    span: Span
    score: float

    @property
    def text(self) -> str:
        """The text of the span."""
        return self.passage.document[self.span]


def best_first(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return candidates by descending score; equal ones by document and place."""
    return sorted(candidates, key=lambda c: (-c.score, c.passage.document.id, c.span))
