"""Haystack: a component that answers a query from a folder, with exact offsets and calibrated scores."""

from __future__ import annotations

from typing import Any

from haystack import Document, component, default_to_dict
from haystack.dataclasses import ExtractedAnswer

from qa.chatbot import Chatbot
from qa.results import Answer, Passage, Reply
from qa.settings import DEFAULTS


@component
class VerbatimAnswerer:
    """Answers queries from the documents of a folder.

    Its outputs are `answers`, a list with the answer or an empty one; `candidates`, the other spans that were
    found; and `documents`, the passages that were read; each with the best first. The score of an answer is
    the calibrated probability that it is right. Its `document` is the whole document, in which
    `document_offset` locates the answer exactly; its `context` is the sentence.
    """

    def __init__(
        self,
        folder: str,
        *,
        top_k: int = DEFAULTS.top_k,
        min_confidence: float = DEFAULTS.min_confidence,
    ) -> None:
        """Store the folder. Its index is opened or built by `warm_up` or the first query.

        Args:
            folder: The folder with the documents.
            top_k: The number of passages to read.
            min_confidence: The least confidence of an answer, 0 to 1.
        """
        self.folder, self.top_k, self.min_confidence = folder, top_k, min_confidence
        self._chatbot: Chatbot | None = None

    def warm_up(self) -> None:
        """Load the models and open the index."""
        self.chatbot()

    def chatbot(self) -> Chatbot:
        """Return the chatbot over the folder."""
        if self._chatbot is None:
            self._chatbot = Chatbot.from_corpus(self.folder)
        return self._chatbot

    def to_dict(self) -> dict[str, Any]:
        """Return the component as plain data."""
        data: dict[str, Any] = default_to_dict(
            self, folder=self.folder, top_k=self.top_k, min_confidence=self.min_confidence
        )
        return data

    @component.output_types(  # type: ignore[untyped-decorator, unused-ignore]
        answers=list[ExtractedAnswer], candidates=list[ExtractedAnswer], documents=list[Document]
    )
    def run(self, query: str) -> dict[str, Any]:
        """Answer a query."""
        return _outputs(self.chatbot().ask(query, top_k=self.top_k, min_confidence=self.min_confidence))

    @component.output_types(  # type: ignore[untyped-decorator, unused-ignore]
        answers=list[ExtractedAnswer], candidates=list[ExtractedAnswer], documents=list[Document]
    )
    async def run_async(self, query: str) -> dict[str, Any]:
        """Answer a query without blocking the event loop."""
        return _outputs(
            await self.chatbot().aask(query, top_k=self.top_k, min_confidence=self.min_confidence)
        )


def _outputs(reply: Reply) -> dict[str, Any]:
    answers = [] if reply.answer is None else [reply.answer]
    return {
        "answers": [_extracted(reply.question, answer) for answer in answers],
        "candidates": [_extracted(reply.question, answer) for answer in reply.alternatives],
        "documents": [_passage(passage) for passage in reply.passages],
    }


def _extracted(question: str, answer: Answer) -> ExtractedAnswer:
    span, sentence = answer.span, answer.sentence
    return ExtractedAnswer(
        query=question,
        score=answer.confidence,
        data=answer.text,
        document=Document(content=answer.document.text, meta={"source": answer.document.id}),
        context=answer.document[sentence],
        document_offset=ExtractedAnswer.Span(span.start, span.end),
        context_offset=ExtractedAnswer.Span(span.start - sentence.start, span.end - sentence.start),
        meta={"page": answer.page},
    )


def _passage(passage: Passage) -> Document:
    place = {
        "source": passage.document.id,
        "start": passage.span.start,
        "end": passage.span.end,
        "page": passage.document.page(passage.span.start),
    }
    return Document(content=passage.text, meta=place, score=passage.score)
