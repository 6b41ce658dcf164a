"""Conversation: a chatbot and the turns so far, so that follow-ups are understood."""

from __future__ import annotations

from collections.abc import Collection

from qa.chatbot import Chatbot
from qa.results import Reply
from qa.settings import DEFAULTS


class Conversation:
    """A conversation with a chatbot, in which follow-up questions are understood.

    Args:
        chatbot: The chatbot that answers.
        top_k: As for `Chatbot.ask`.
        min_confidence: As for `Chatbot.ask`.
        documents: As for `Chatbot.ask`.

    Attributes:
        replies: The replies so far, oldest first.
    """

    def __init__(
        self,
        chatbot: Chatbot,
        *,
        top_k: int = DEFAULTS.top_k,
        min_confidence: float = DEFAULTS.min_confidence,
        documents: Collection[str] | None = None,
    ) -> None:
        self.chatbot, self.replies = chatbot, list[Reply]()
        self._top_k, self._min_confidence, self._documents = top_k, min_confidence, documents

    def ask(self, question: str, *, as_typed: bool = False) -> Reply:
        """Answer a question, which may be a follow-up, and remember the reply.

        Args:
            question: The question.
            as_typed: Whether to read the question as typed, ignoring the earlier turns.

        Raises:
            QuestionError: as `Chatbot.ask`.
            CorpusError: as `Chatbot.ask`.
            ValueError: as `Chatbot.ask`.
        """
        reply = self.chatbot.ask(
            question,
            top_k=self._top_k,
            min_confidence=self._min_confidence,
            history=() if as_typed else self.replies,
            documents=self._documents,
        )
        self.replies.append(reply)
        return reply

    def start_over(self) -> None:
        """Forget the turns so far."""
        self.replies.clear()
