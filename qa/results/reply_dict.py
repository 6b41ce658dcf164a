"""Typed dictionaries: the JSON form of replies, shared by Python, the shell and the endpoints.

Offsets count Unicode code points of the document's text; `end` is exclusive. Pages and ranks count from 1.
"""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12


class SentenceDict(TypedDict):
    """A sentence, or several sentences if a quotation crosses a boundary."""

    text: str
    start: int
    end: int


class CellDict(TypedDict):
    """The headings of a table cell's row and of its column, each from the outermost."""

    row: list[str]
    column: list[str]


class SpanDict(TypedDict):
    """One of the spans that make up an answer."""

    text: str
    start: int
    end: int


class CitationDict(TypedDict):
    """Where a document says something.

    `page` is null if the document has no pages. `date` is the date that the document states as its own, such
    as "2026-03-14"; null if it states none. `section` lists the headings above it, from the outermost. `cell`
    is null if it is not in a table.
    """

    document: str
    start: int
    end: int
    page: int | None
    date: str | None
    sentence: SentenceDict
    section: list[str]
    cell: CellDict | None


class ReasonDict(TypedDict):
    """What one feature contributes to an answer's confidence, in log-odds."""

    feature: str
    log_odds: float


class AnswerDict(TypedDict):
    """A candidate answer.

    `spans` are the items of the answer if it is a list, else the answer alone. If whole sentences answer the
    question, `evidence` lists them in reading order, each with its best-matching words. `places` lists other
    citations of the same answer, best first.
    """

    answer: str
    confidence: float
    score: float
    document: str
    start: int
    end: int
    page: int | None
    date: str | None
    sentence: SentenceDict
    section: list[str]
    cell: CellDict | None
    spans: list[SpanDict]
    evidence: list[CitationDict]
    places: list[CitationDict]
    reasons: list[ReasonDict]


class PassageDict(TypedDict):
    """A passage that was read. A rank is null if that ranking did not find it.

    `best_sentence` is the sentence that matches the question best; null if none was compared.
    """

    document: str
    start: int
    end: int
    page: int | None
    vector_rank: int | None
    lexical_rank: int | None
    best_sentence: SentenceDict | None


class GuideDict(TypedDict):
    """The kind, size, headings and first sentences of a document. `pages` is null if it has none."""

    document: str
    title: str | None
    kind: str
    words: int
    pages: int | None
    headings: list[SentenceDict]
    lead: list[SentenceDict]


class SectionDict(TypedDict):
    """A section that begins with its heading. `left` is the number of its words after `end`.

    `page` is null if the document has no pages. If the request was about something, `marked` lists the
    sentences in the section that answer it.
    """

    document: str
    text: str
    start: int
    end: int
    page: int | None
    section: list[str]
    left: int
    marked: list[SentenceDict]


class RemarkDict(TypedDict):
    """A reply to input that is not a question. `more` is the number of documents without a guide here.

    `sections` are those whose headings fit, if one was requested.
    """

    kind: str
    text: str
    guides: list[GuideDict]
    more: int
    sections: list[SectionDict]


class DocumentDict(TypedDict):
    """A document. `pages` is null if it has none. `added` is true if only this session has it."""

    document: str
    title: str | None
    url: str | None
    characters: int
    pages: int | None
    added: bool


class ReplyDict(TypedDict):
    """A reply. `answer` and its location are null unless `outcome` is "answered".

    `perhaps` is the best candidate as a guess; null unless `outcome` is "perhaps". `remark` is a reply to
    input that is not a question about the documents; null unless `outcome` is "remark". `disagreement` lists
    the answer and what other documents say instead, the newest document first; it is empty if none does.
    `more` are the replies to further questions that were typed with this one.
    """

    question: str
    outcome: Literal["answered", "perhaps", "not_found", "remark"]
    answer: str | None
    confidence: float
    document: str | None
    start: int | None
    end: int | None
    page: int | None
    sentence: SentenceDict | None
    perhaps: AnswerDict | None
    section: list[str] | None
    cell: CellDict | None
    spans: list[SpanDict] | None
    evidence: list[CitationDict] | None
    disagreement: list[AnswerDict]
    alternatives: list[AnswerDict]
    passages: list[PassageDict]
    missing_words: list[str]
    read_as: str | None
    remark: RemarkDict | None
    more: list[ReplyDict]
