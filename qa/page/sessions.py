"""A visitor's own documents: added in one session, seen in no other, gone at its end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from qa.chatbot import Chatbot
from qa.documents import Document, document_name, load_document, text_document
from qa.errors import DocumentError
from qa.index import Documents
from qa.settings import Limits, default_limits


@dataclass(eq=False, slots=True)
class _Visit:
    """One session: its chatbot once it has one, what it added (characters by id), when it was last used."""

    used: float
    chatbot: Chatbot | None = None
    added: dict[str, int] = field(default_factory=dict)
    changing: Lock = field(default_factory=Lock)


class Sessions:
    """Gives each session a chatbot of its own as soon as it differs from the one that all share.

    With `keep`, what is added and removed is added to and removed from the shared chatbot, for
    everyone and for good, and there are no limits but those of a file. Without, a session knows the
    shared documents as they were when it first added or removed one. All methods may be called from
    several threads at once.
    """

    def __init__(
        self,
        chatbot: Chatbot,
        *,
        keep: bool = False,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shared, self.keep = chatbot, keep
        self.limits = default_limits() if limits is None else limits
        self._clock = clock
        self._visits: dict[str, _Visit] = {}
        self._lock = Lock()

    def chatbot(self, session: str) -> Chatbot:
        """The session's own chatbot once it has added or removed something, else the shared one."""
        with self._lock:
            visit = self._find(session)
            return self.shared if visit is None or visit.chatbot is None else visit.chatbot

    def documents(self, session: str) -> Documents:
        """The documents that the session asks, in the order of their ids."""
        return self.chatbot(session).documents

    def added(self, session: str) -> frozenset[str]:
        """The ids of those documents that live in this session only."""
        with self._lock:
            visit = self._find(session)
            return frozenset() if visit is None else frozenset(visit.added)

    def add(self, session: str, source: Path | str, *, name: str | None = None) -> Document:
        """Take in a file (a `Path`) or a text (a `str`); one of the same name is replaced.

        A text without a name is given one that is free.

        Raises:
            DocumentError: it cannot become a document, its name cannot be one, or it is more than
                the session, or all of them together, may hold.
        """
        visit = self._enter(session)
        with visit.changing:
            if self.keep:
                return self.shared.add(source, name=name)
            name = document_name(source, name, self.chatbot(session).documents.ids if name is None else ())
            if isinstance(source, Path):
                document = load_document(source, name=name)
            else:
                document = text_document(source, name=name)
            held = visit.added.get(document.id)
            self._reserve(visit, document)
            try:
                chatbot = self._own_chatbot(visit)
                added = chatbot.add_document(document)
            except BaseException:
                self._count(visit, document.id, held)
                raise
            if added.id != document.id:  # the same text is there already, and what had this name is gone
                self._count(visit, document.id, None)
            visit.chatbot = chatbot
            return added

    def remove(self, session: str, document_id: str) -> None:
        """Take a document out of what the session asks; a shared one stays there for all others.

        Raises:
            CorpusError: there is none of that id.
            DocumentError: too many sessions have a chatbot of their own.
        """
        if self.keep:
            self.shared.remove(document_id)
            return
        visit = self._enter(session)
        with visit.changing:
            chatbot = self._own_chatbot(visit)
            chatbot.remove(document_id)
            visit.chatbot = chatbot
            self._count(visit, document_id, None)

    def end(self, session: str) -> None:
        """Forget all that the session added and removed; one that did neither is no error."""
        with self._lock:
            self._visits.pop(session, None)

    def _find(self, session: str) -> _Visit | None:
        """The session's visit, marked as used; those not used for too long are forgotten first."""
        now = self._clock()
        idle = self.limits.idle_seconds
        for other in [name for name, visit in self._visits.items() if now - visit.used > idle]:
            del self._visits[other]
        visit = self._visits.get(session)
        if visit is not None:
            visit.used = now
        return visit

    def _enter(self, session: str) -> _Visit:
        with self._lock:
            visit = self._find(session)
            if visit is None:
                visit = self._visits[session] = _Visit(self._clock())
            return visit

    def _own_chatbot(self, visit: _Visit) -> Chatbot:
        if visit.chatbot is not None:
            return visit.chatbot
        with self._lock:
            own = sum(other.chatbot is not None for other in self._visits.values())
        if own >= self.limits.sessions:
            raise DocumentError("As many visitors as fit here have documents of their own: try again later")
        return self.shared.fork()

    def _reserve(self, visit: _Visit, document: Document) -> None:
        """Count a document in the place of what has its name, before the work of adding it."""
        limits, name, size = self.limits, document.id, len(document.text)
        with self._lock:
            own = [length for other, length in visit.added.items() if other != name]
            others = [
                length
                for other in self._visits.values()
                if other is not visit
                for length in other.added.values()
            ]
            if len(own) >= limits.documents:
                most = f"the {limits.documents:,} documents that a visitor may add"
                raise DocumentError(f"{name!r} is one more than {most}: remove one first")
            left = limits.characters - sum(own)
            if size > left:
                raise DocumentError(
                    f"{name!r} has {size:,} characters and {left:,} of a visitor's {limits.characters:,} are "
                    "left: remove a document or add less"
                )
            all_characters = size + sum(own) + sum(others)
            if len(own) + len(others) >= limits.all_documents or all_characters > limits.all_characters:
                raise DocumentError(
                    f"{name!r} does not fit beside what other visitors added: try again later"
                )
            visit.added[name] = size

    def _count(self, visit: _Visit, name: str, characters: int | None) -> None:
        with self._lock:
            if characters is None:
                visit.added.pop(name, None)
            else:
                visit.added[name] = characters
