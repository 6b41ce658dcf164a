"""Replies, answers, passages and citations: immutable values that slice their text from a document."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from qa.dialogue import Exchange
from qa.documents import Document, Span, cell_headings, section_titles, stated_date
from qa.reply_html import reply_html
from qa.reply_json import (
    AnswerDict,
    CellDict,
    CitationDict,
    GuideDict,
    PassageDict,
    RemarkDict,
    ReplyDict,
    SectionDict,
    SentenceDict,
)
from qa.settings import DEFAULTS

_WORD = re.compile(r"\w+")

Outcome: TypeAlias = Literal["answered", "perhaps", "not_found", "remark"]


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
            else _sentence_dict(self.document, self.best_sentence),
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
    def date(self) -> datetime.date | None:
        """The day that the document states as its own, if it does."""
        return stated_date(self.document)

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
        evidence: If whole sentences answer the question, these: by document, in the order of the text, each
            with the words in it that fit best. The confidence is then the chance of all of them together.
    """

    confidence: float
    score: float = 0.0
    also_at: tuple[Citation, ...] = ()
    reasons: tuple[Reason, ...] = ()
    items: tuple[Span, ...] = ()
    evidence: tuple[Citation, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The stretches that the answer consists of: the items of a list, or its span alone."""
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
            **_citation_dict(self),
            "spans": [
                {"text": self.document[span], "start": span.start, "end": span.end} for span in self.spans
            ],
            "evidence": [citation.to_dict() for citation in self.evidence],
            "places": [citation.to_dict() for citation in self.also_at],
            "reasons": [{"feature": reason.feature, "log_odds": reason.log_odds} for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Guide:
    """What a document is and how it begins.

    Attributes:
        document: The document.
        kind: Its format, in words for people.
        words: How many words it has.
        headings: Its headings in order, as far as they are known.
        lead: Its first sentences.
    """

    document: Document
    kind: str
    words: int
    headings: tuple[Citation, ...]
    lead: tuple[Citation, ...]

    def to_dict(self) -> GuideDict:
        """Return the guide as plain data."""
        document = self.document
        return {
            "document": document.id,
            "title": document.title,
            "kind": self.kind,
            "words": self.words,
            "pages": len(document.pages) if document.pages else None,
            "headings": [_sentence_dict(document, heading.span) for heading in self.headings],
            "lead": [_sentence_dict(document, sentence.span) for sentence in self.lead],
        }


@dataclass(frozen=True, slots=True)
class Section(Citation):
    """A section that was asked for by its heading; the quoted words begin with that.

    Attributes:
        left: How many words of the section follow the quoted ones.
        marked: The sentences of it, in order, that answer what it was asked about.
    """

    left: int = 0
    marked: tuple[Span, ...] = ()

    def to_dict(self) -> SectionDict:  # type: ignore[override]
        """Return the section as plain data."""
        return {
            "document": self.document.id,
            "text": self.text,
            "start": self.span.start,
            "end": self.span.end,
            "page": self.page,
            "section": list(self.section),
            "left": self.left,
            "marked": [_sentence_dict(self.document, span) for span in self.marked],
        }


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said to words that are no question to the text.

    Attributes:
        kind: What the words want, see `qa.dialogue.intent`.
        text: What the program says, in words of its own. All else in a reply is quoted.
        guides: What some documents are and how they begin, if that is wanted.
        more: How many further documents there are.
        sections: The sections whose headings fit, if one is wanted.
    """

    kind: str
    text: str
    guides: tuple[Guide, ...] = ()
    more: int = 0
    sections: tuple[Section, ...] = ()

    def to_dict(self) -> RemarkDict:
        """Return the remark as plain data."""
        guides = [guide.to_dict() for guide in self.guides]
        sections = [section.to_dict() for section in self.sections]
        return {
            "kind": self.kind,
            "text": self.text,
            "guides": guides,
            "more": self.more,
            "sections": sections,
        }


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The first event of answering a question: the passages are found and will be read next.

    Attributes:
        question: The question as typed, without white space around it.
        query: The question as it is read: completed if it is a follow-up, misspelt words replaced.
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
        alternatives: Other candidates, best first. If nothing was found, the best span is the first of them,
            so that nothing is hidden.
        passages: The passages that were read, best first.
        missing_words: Words of the question, as it was read, that no document has in any form.
        read_as: The question as it was read, if otherwise than typed: with what a follow-up leaves out filled
            in, and misspelt words replaced.
        perhaps: The best span as a guess, if it is not confident enough for an answer but worth a look.
        remark: What is said instead, if the words were no question to the text. Passages may fit them.
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

        A document contradicts the answer if what it says is worth a look, it does not say the same too, and
        neither has all the words of the other. Documents without a date come last, the surest first.
        """
        answer = self.answer
        if answer is None:
            return ()
        agreeing = {one.document.id for one in (answer, *answer.also_at)}
        others = [
            other
            for other in self.alternatives
            if other.document.id not in agreeing
            and other.confidence >= DEFAULTS.perhaps
            and not _is_part(answer.text, other.text)
        ]
        found = (answer, *others[: DEFAULTS.rivals])
        return tuple(sorted(found, key=_newest_first)) if others else ()

    @property
    def exchange(self) -> Exchange | None:
        """The reply as a turn that completes follow-ups; None if the text was asked nothing."""
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
        """Return the reply as a notebook shows it, the evidence marked."""
        shown = self.answer or self.perhaps
        return reply_html(self.to_dict(), None if shown is None else shown.to_dict())


def _newest_first(answer: Answer) -> int:
    return 0 if answer.date is None else -answer.date.toordinal()


def _is_part(one: str, other: str) -> bool:
    """Whether one of two texts has all the words of the other."""
    words, others = (set(_WORD.findall(text.casefold())) for text in (one, other))
    return words <= others or others <= words


def _citation_dict(citation: Citation) -> CitationDict:
    """Return offsets and sentence; a function, since `super()` fails in dataclasses with slots."""
    return {
        "document": citation.document.id,
        "start": citation.span.start,
        "end": citation.span.end,
        "page": citation.page,
        "date": None if citation.date is None else citation.date.isoformat(),
        "sentence": _sentence_dict(citation.document, citation.sentence),
        "section": list(citation.section),
        "cell": citation.cell,
    }


def _sentence_dict(document: Document, span: Span) -> SentenceDict:
    return {"text": document[span], "start": span.start, "end": span.end}
