"""LangChain: a retriever whose passages carry the answer in them, with its offsets and confidence."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from qa.chatbot import Chatbot
from qa.results import Answer, Passage, Reply
from qa.settings import DEFAULTS


class VerbatimRetriever(BaseRetriever):  # type: ignore[misc, unused-ignore]
    """Returns the passages that were read for a question, best first.

    The metadata of a passage are `source`, the id of its document; `start`, `end` and `page`, its location in
    the document; and `relevance`, from 0 to 1. If the passage contains a candidate, they also describe the
    likeliest one: `answer`, its text; `answer_start` and `answer_end`, its offsets in the document;
    `confidence`, the calibrated probability that it is right; and `is_answer`, whether it is the answer to
    the question.

    Attributes:
        chatbot: The chatbot that answers.
        top_k: The number of passages.
        min_confidence: The least confidence of an answer, 0 to 1.
    """

    chatbot: Chatbot
    top_k: int = DEFAULTS.top_k
    min_confidence: float = DEFAULTS.min_confidence

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return _documents(self.chatbot.ask(query, top_k=self.top_k, min_confidence=self.min_confidence))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return _documents(
            await self.chatbot.aask(query, top_k=self.top_k, min_confidence=self.min_confidence)
        )


def _documents(reply: Reply) -> list[Document]:
    return [
        Document(page_content=passage.text, metadata=_place(passage) | _span(reply, passage))
        for passage in reply.passages
    ]


def _place(passage: Passage) -> dict[str, Any]:
    return {
        "source": passage.document.id,
        "start": passage.span.start,
        "end": passage.span.end,
        "page": passage.document.page(passage.span.start),
        "relevance": passage.score,
    }


def _span(reply: Reply, passage: Passage) -> dict[str, Any]:
    """Return the metadata of the likeliest span in a passage; empty if there is none."""
    answers: list[Answer] = [*([] if reply.answer is None else [reply.answer]), *reply.alternatives]
    for answer in answers:
        for citation in (answer, *answer.also_at):
            if citation.document == passage.document and passage.span.contains(citation.span):
                return {
                    "answer": citation.text,
                    "answer_start": citation.span.start,
                    "answer_end": citation.span.end,
                    "confidence": answer.confidence,
                    "is_answer": answer is reply.answer,
                }
    return {}
