"""Replies: everything that was found for a question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from qa.dialogue import Exchange
from qa.results.answer import Answer
from qa.results.passage import Passage
from qa.results.remark import Remark
from qa.results.reply_dict import ReplyDict
from qa.results.reply_html import reply_html
from qa.settings import DEFAULTS

_WORD = re.compile(r"\w+")

Outcome: TypeAlias = Literal["answered", "perhaps", "not_found", "remark"]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The first event of answering a question: the passages are found and will be read next.

    Attributes:
        question: The question as typed, without white space around it.
        query: The question as it is read: completed if it is a follow-up, and with corrected spelling.
        passages: The passages, best first.
        missing_words: Words of the query that no document has in any form.
    """

    question: str
    query: str
    passages: tuple[Passage, ...]
    missing_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What was found for a question. "Not found" is a reply too, never an exception.

    Attributes:
        question: The question as typed, without white space around it; the first if several were typed.
        answer: The answer. None if no span is confident enough.
        alternatives: Other candidates, best first. If there is neither an answer nor a guess, the best span
            is the first of them, so that nothing is hidden.
        passages: The passages that were read, best first.
        missing_words: Words of the question, as it was read, that no document has in any form.
        read_as: The question as it was read, if that differs from what was typed: completed if it is a
            follow-up, and with corrected spelling.
        perhaps: The best span as a guess, if it is not confident enough for an answer but worth a look.
        remark: The remark, if the input was not a question about the documents. There may still be passages.
        more: The replies to further questions that were typed with this one.
    """

    question: str
    answer: Answer | None
    alternatives: tuple[Answer, ...]
    passages: tuple[Passage, ...]
    missing_words: tuple[str, ...] = ()
    read_as: str | None = None
    perhaps: Answer | None = None
    remark: Remark | None = None
    more: tuple[Reply, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Whether there is an answer, a guess or neither, or no question was asked."""
        if self.remark is not None:
            return "remark"
        if self.answer is not None:
            return "answered"
        return "not_found" if self.perhaps is None else "perhaps"

    @property
    def shown(self) -> Answer | None:
        """The answer or the guess."""
        return self.perhaps if self.answer is None else self.answer

    @property
    def disagreement(self) -> tuple[Answer, ...]:
        """The answer and what other documents say instead, the newest document first; empty if none does.

        A document contradicts the answer if its candidate is confident enough, it does not give the answer
        too, and neither text has all words of the other. Undated documents come last, most confident first.
        """
        answer = self.answer
        if answer is None:
            return ()
        agreeing = {one.document.id for one in (answer, *answer.also_at)}
        others = [
            other
            for other in self.alternatives
            if other.document.id not in agreeing
            and other.confidence >= DEFAULTS.disagreeing
            and not _is_part(answer.text, other.text)
        ]
        found = (answer, *others[: DEFAULTS.rivals])
        return tuple(sorted(found, key=_newest_first)) if others else ()

    @property
    def exchange(self) -> Exchange | None:
        """The reply as an exchange that completes follow-ups; None if it was not about the documents."""
        if self.remark is not None and not self.passages and not self.remark.sections:
            return None
        question = self.question if self.read_as is None else self.read_as
        if self.shown is None:
            return Exchange(question)
        document, span = self.shown.document, self.shown.span
        passages = (one.text for one in self.passages if one.document == document and one.span.contains(span))
        title = "" if document.title is None else document.title
        return Exchange(question, self.shown.text, next(passages, document[self.shown.sentence]), title)

    @property
    def best(self) -> Answer | None:
        """The best span found, whether or not it is confident enough to be shown."""
        return next(iter(self.alternatives), None) if self.shown is None else self.shown

    @property
    def confidence(self) -> float:
        """The probability that the best span is right; 0 if there is none."""
        return 0.0 if self.best is None else self.best.confidence

    def to_dict(self) -> ReplyDict:
        """Return the reply as plain data, ready for JSON."""
        answer = None if self.answer is None else self.answer.to_dict()
        return {
            "question": self.question,
            "outcome": self.outcome,
            "answer": None if answer is None else answer["answer"],
            "confidence": self.confidence,
            "document": None if answer is None else answer["document"],
            "start": None if answer is None else answer["start"],
            "end": None if answer is None else answer["end"],
            "page": None if answer is None else answer["page"],
            "sentence": None if answer is None else answer["sentence"],
            "perhaps": None if self.perhaps is None else self.perhaps.to_dict(),
            "section": None if answer is None else answer["section"],
            "cell": None if answer is None else answer["cell"],
            "spans": None if answer is None else answer["spans"],
            "evidence": None if answer is None else answer["evidence"],
            "disagreement": [one.to_dict() for one in self.disagreement],
            "alternatives": [alternative.to_dict() for alternative in self.alternatives],
            "passages": [passage.to_dict() for passage in self.passages],
            "missing_words": list(self.missing_words),
            "read_as": self.read_as,
            "remark": None if self.remark is None else self.remark.to_dict(),
            "more": [reply.to_dict() for reply in self.more],
        }

    def _repr_html_(self) -> str:
        """Return the reply as HTML for notebooks, with the evidence marked."""
        return reply_html(self.to_dict(), None if self.shown is None else self.shown.to_dict())


def _newest_first(answer: Answer) -> int:
    return 0 if answer.date is None else -answer.date.toordinal()


def _is_part(one: str, other: str) -> bool:
    """Whether one of two texts has all the words of the other."""
    words, others = (set(_WORD.findall(text.casefold())) for text in (one, other))
    return words <= others or others <= words
