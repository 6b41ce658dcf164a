"""Results: replies, answers, passages and citations, as values that slice their text from a document."""

from __future__ import annotations

from qa.results.answer import Answer, Reason
from qa.results.citation import Citation
from qa.results.passage import Passage
from qa.results.remark import Guide, Remark, Section
from qa.results.reply import Outcome, Reply, Retrieved
from qa.results.reply_dict import (
    AnswerDict,
    CellDict,
    CitationDict,
    DocumentDict,
    GuideDict,
    PassageDict,
    ReasonDict,
    RemarkDict,
    ReplyDict,
    SectionDict,
    SentenceDict,
    SpanDict,
)
from qa.results.reply_html import marked

__all__ = [
    "Answer",
    "AnswerDict",
    "CellDict",
    "Citation",
    "CitationDict",
    "DocumentDict",
    "Guide",
    "GuideDict",
    "Outcome",
    "Passage",
    "PassageDict",
    "Reason",
    "ReasonDict",
    "Remark",
    "RemarkDict",
    "Reply",
    "ReplyDict",
    "Retrieved",
    "Section",
    "SectionDict",
    "SentenceDict",
    "SpanDict",
    "marked",
]
