"""Questions from clients: answered from their session's documents, and recorded with outcome and time."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence

from qa.dialogue import Exchange
from qa.errors import QuestionError
from qa.page.sessions import Sessions
from qa.results import Reply, Retrieved
from qa.settings import DEFAULTS


def ask(
    sessions: Sessions,
    session: str,
    question: str,
    *,
    top_k: int = DEFAULTS.top_k,
    min_confidence: float = DEFAULTS.min_confidence,
    history: Sequence[Reply | Exchange] = (),
    documents: Collection[str] | None = None,
) -> Reply:
    """Answer a question as `Chatbot.ask` does, from the documents of a session.

    Raises:
        QAError: as `Chatbot.ask`.
    """
    chatbot = sessions.chatbot(session)
    steps = chatbot.stream(
        question, top_k=top_k, min_confidence=min_confidence, history=history, documents=documents
    )
    return next(step for step in noted(steps, sessions) if isinstance(step, Reply))


def noted(steps: Iterator[Retrieved | Reply], sessions: Sessions) -> Iterator[Retrieved | Reply]:
    """Yield the steps of `Chatbot.stream`, and report the outcome and duration to `sessions.replied`."""
    begin = time.perf_counter()

    def note(outcome: str) -> None:
        if sessions.replied is not None:
            sessions.replied(outcome, time.perf_counter() - begin)

    try:
        for step in steps:
            if isinstance(step, Reply):
                note(step.outcome)
            yield step
    except Exception:
        note("error")
        raise


def checked(ids: Sequence[str], unasked: set[str]) -> list[str] | None:
    """Return the ids of the selected documents, None for all.

    Raises:
        QuestionError: none is selected.
    """
    asked = [one for one in ids if one not in unasked]
    if ids and not asked:
        raise QuestionError("No document is selected: tick at least one in the list.")
    return None if len(asked) == len(ids) else asked
