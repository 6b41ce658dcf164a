"""Results: replies, answers, passages and citations, as values that slice their text from a document."""

from __future__ import annotations

from qa.results.answer import Answer, Reason
from qa.results.citation import Citation
from qa.results.passage import Passage
from qa.results.remark import Guide, Remark, Section
from qa.results.reply import Outcome, Reply, Retrieved

__all__ = [
    "Answer",
    "Citation",
    "Guide",
    "Outcome",
    "Passage",
    "Reason",
    "Remark",
    "Reply",
    "Retrieved",
    "Section",
]
