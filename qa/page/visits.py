"""Visits: the conversation of each visitor, kept while the page is open and for a while after."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from qa.dialogue import Exchange
from qa.errors import QuestionError
from qa.page.api import exchanges
from qa.page.sessions import Sessions
from qa.presentation import Turn
from qa.results import Answer, Reply
from qa.settings import DEFAULTS

MOST_TURNS = 200
"""In longer conversations, the server forgets the oldest turns. The browser still shows them."""

MOST_NUMBER = 100_000
"""The highest number accepted from a browser. No real conversation has that many turns."""

OVERTAKEN_SECONDS, LOOK_SECONDS = 2.0, 0.05
"""How long a question waits for the start of its new conversation, and how often it checks."""


@dataclass(eq=False, slots=True)
class Visit:
    """The conversation of one visitor.

    Attributes:
        token: The name of the visitor's session. Only the visitor's browser holds it.
        turns: The turns by number, from 0. After a restart of the server the first ones are missing.
        next: The number of the next turn.
        before: The exchanges before the first turn here, as sent by the browser.
        conversation: How often the visitor has started over. Questions from an earlier conversation are
            dropped.
        former: The previous conversation, for undo: its `turns`, `next` and `before`.
        finished: The browser's ids of the latest finished questions.
        last_used: When the visitor last came, left or asked.
        is_left: Whether the page has been closed since.
    """

    token: str
    turns: dict[int, Turn] = field(default_factory=dict)
    next: int = 0
    before: list[Exchange] = field(default_factory=list)
    conversation: int = 0
    former: tuple[dict[int, Turn], int, list[Exchange]] | None = None
    finished: deque[str] = field(default_factory=lambda: deque(maxlen=DEFAULTS.queue_size))
    last_used: float = 0.0
    is_left: bool = False

    def add(self, turn: Turn, asked: str = "") -> int:
        """Add a finished turn and return its number. `asked` is the browser's id of the question."""
        self.finished.append(asked)
        number, self.next = self.next, self.next + 1
        self.turns[number] = turn
        if len(self.turns) > MOST_TURNS:
            del self.turns[min(self.turns)]
        return number

    def history(self) -> list[Reply | Exchange]:
        """Return the replies and exchanges so far, the latest last."""
        replies = (turn.outcome for turn in self.turns.values())
        return [*self.before, *(outcome for outcome in replies if isinstance(outcome, Reply))]

    def asked(self) -> list[str]:
        """Return the questions so far."""
        return [*(one.question for one in self.before), *(turn.question for turn in self.turns.values())]

    def answer(self) -> Answer | None:
        """Return the answer of the last turn, if it has one."""
        last = self.turns.get(self.next - 1)
        return last.outcome.answer if last is not None and isinstance(last.outcome, Reply) else None

    def follows(self, conversation: int) -> bool:
        """Return whether a question from a conversation belongs to the current one.

        The first question of a conversation may overtake the event that starts it, and then waits for it.
        """
        end = time.monotonic() + OVERTAKEN_SECONDS
        while self.conversation < conversation and time.monotonic() < end:
            time.sleep(LOOK_SECONDS)
        return self.conversation == conversation

    def start_over(self, conversation: int) -> None:
        """Begin a new conversation."""
        self.former = self.turns, self.next, self.before
        self.turns, self.next, self.before, self.conversation = {}, 0, [], conversation

    def undo(self, conversation: int) -> None:
        """Go back to the previous conversation, if there is one."""
        if self.former is not None:
            self.turns, self.next, self.before = self.former
            self.former, self.conversation = None, conversation


class Visits:
    """The visits of all visitors. Its methods are thread-safe.

    Tokens are made here and cannot be guessed. An unknown token, whether from before a restart or from an
    attacker, is replaced by a new one, so that nobody can choose the name of a session.

    Args:
        sessions: The documents of the visitors, by token.
        clock: Returns the time in seconds.
    """

    def __init__(self, sessions: Sessions, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions, self._clock = sessions, clock
        self._visits: dict[str, Visit] = {}
        self._lock = Lock()

    def arrive(self, page: str, told: Mapping[str, Any]) -> tuple[Visit, bool]:
        """Return the visit that a page shows, and whether it was known.

        Args:
            page: The name of the page.
            told: The state that the browser kept: `token`, `next` (the number of the next turn),
                `conversation` and `history`, see `qa.page.api.exchanges`. All of it is untrusted, and may be
                missing.
        """
        token = told.get("token")
        with self._lock:
            self._drop_idle()
            known = self._visits.get(token) if isinstance(token, str) else None
            visit = Visit(f"visit-{secrets.token_urlsafe(24)}") if known is None else known
            self._visits[visit.token] = visit
            visit.last_used, visit.is_left = self._clock(), False
            self._make_room()
        if known is None:
            visit.conversation = _number(told.get("conversation"))
            try:
                visit.before = exchanges(told.get("history"))
            except QuestionError:
                visit.before = []
        if _number(told.get("conversation")) == visit.conversation:
            visit.next = max(visit.next, _number(told.get("next")))
        self._sessions.presence.shows(page, visit.token)
        self._sessions.come_back(visit.token)
        return visit, known is not None

    def of(self, token: str) -> Visit:
        """Return a visit; an empty one if it was forgotten, or if the page is still loading."""
        with self._lock:
            visit = self._visits.get(token)
            if visit is None:
                visit = Visit(token)
                if not token:
                    return visit
                self._visits[token] = visit
            visit.last_used = self._clock()
            self._make_room()
            return visit

    def leave(self, page: str) -> None:
        """Note that a page was closed. Without a visit (a Gradio client), its session ends at once."""
        token = self._sessions.presence.closed(page)
        if token is None:  # another page shows it too
            return
        with self._lock:
            visit = self._visits.get(token)
            if visit is not None:
                visit.last_used, visit.is_left = self._clock(), True
        if visit is None:
            self._sessions.end(token)
        else:
            self._sessions.leave(token)

    def _drop_idle(self) -> None:
        now = self._clock()
        for token, visit in list(self._visits.items()):
            idle = DEFAULTS.left_seconds if visit.is_left else self._sessions.limits.idle_seconds
            if now - visit.last_used > idle:
                del self._visits[token]

    def _make_room(self) -> None:
        """Drop visits while there are too many: first empty ones, then those whose page was closed."""

        def loss(visit: Visit) -> tuple[bool, bool, float]:
            has_something = bool(visit.turns) or self._sessions.has_added(visit.token)
            return has_something, not visit.is_left, visit.last_used

        while len(self._visits) > DEFAULTS.remembered_sessions:
            del self._visits[min(self._visits.values(), key=loss).token]


def _number(value: object) -> int:
    """Return a number from a browser; 0 if it is not a valid one."""
    return value if type(value) is int and 0 <= value <= MOST_NUMBER else 0
