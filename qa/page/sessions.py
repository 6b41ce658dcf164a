"""Sessions: documents that one visitor adds or removes, unseen by others and gone at the end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from qa.chatbot import Chatbot
from qa.documents import TEXT_SUFFIXES, Document, document_name, load_document, suffix_of, text_document
from qa.errors import NoRoomError, TooLargeError
from qa.index import Documents
from qa.page.presence import Presence
from qa.settings import Limits, default_limits

MAX_CHARACTER_BYTES = 4
"""Of a character, in any encoding."""

PARAGRAPH_BYTES = 48
"""Of the structure of a text that is one paragraph."""


@dataclass(eq=False, slots=True)
class _Visit:
    """A session.

    Attributes:
        last_used: When it was last used, by the clock of `Sessions`.
        chatbot: Its own chatbot. None as long as it has neither added nor removed a document.
        added: The size of each document that it added, by id, see `_size`.
        changing: Held while a document is added or removed.
        changes: How many changes have begun and not ended. Meanwhile it does not give way.
    """

    last_used: float
    chatbot: Chatbot | None = None
    added: dict[str, int] = field(default_factory=dict)
    changing: Lock = field(default_factory=Lock)
    changes: int = 0


class Sessions:
    """Gives a session a chatbot of its own as soon as it adds or removes a document.

    From then on, changes of the shared documents no longer reach that session. All methods may be called
    from several threads at once.

    If all places are taken, or all that visitors may add together, a session gives way to the one that adds:
    one without an open page, else one of the address that holds most, and of these the one idle longest.

    Args:
        chatbot: The shared chatbot.
        keep: If true, documents are added to and removed from the shared chatbot, for everyone and for
            good. Only the limits of a file apply.
        limits: What visitors may add, by default what suits this machine.
        presence: The open pages.
        replied: Is told of each question that a client asked: the outcome of the reply, "error" if there is
            none, and the seconds that it took.
        clock: The time in seconds.
    """

    def __init__(
        self,
        chatbot: Chatbot,
        *,
        keep: bool = False,
        limits: Limits | None = None,
        presence: Presence | None = None,
        replied: Callable[[str, float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.shared, self.keep = chatbot, keep
        self.limits = default_limits() if limits is None else limits
        self._presence = Presence() if presence is None else presence
        self.replied, self._clock = replied, clock
        self._visits: dict[str, _Visit] = {}
        self._lock = Lock()

    def chatbot(self, session: str) -> Chatbot:
        """Return the session's own chatbot if it has one, else the shared one."""
        with self._lock:
            visit = self._find(session)
            return self.shared if visit is None or visit.chatbot is None else visit.chatbot

    def documents(self, session: str) -> Documents:
        """Return the documents that the session asks, in the order of their ids."""
        return self.chatbot(session).documents

    def added(self, session: str) -> frozenset[str]:
        """Return the ids of the documents that only this session has."""
        with self._lock:
            visit = self._find(session)
            return frozenset() if visit is None else frozenset(visit.added)

    def add(self, session: str, source: Path | str, *, name: str | None = None) -> Document:
        """Add a file or a text. A document of the same name is replaced.

        Args:
            session: The session.
            source: A file (a `Path`) or a text (a `str`).
            name: The document's id, by default the file's name, or an unused one for a text.

        Returns:
            The document, or the one that has the same text already.

        Raises:
            DocumentError: the source cannot become a document, the name is invalid, or it is more than
                the session, or all sessions together, may hold.
        """
        if self.keep:
            return self.shared.add(source, name=name)
        with self._change(session) as visit:
            name = document_name(source, name, self.chatbot(session).documents.ids if name is None else ())
            _check_length(source, name, self.limits.characters)
            if isinstance(source, Path):
                document = load_document(source, name=name)
            else:
                document = text_document(source, name=name)
            previous_size = visit.added.get(document.id)
            self._reserve(visit, document)
            try:
                chatbot = self._own_chatbot(visit)
                added = chatbot.add_document(document)
            except BaseException:
                self._set_size(visit, document.id, previous_size)
                raise
            if added.id != document.id:  # another document has the same text; the one of this name is gone
                self._set_size(visit, document.id, None)
            visit.chatbot = chatbot
            return added

    def remove(self, session: str, document_id: str) -> None:
        """Remove a document from this session. A shared one stays for all others.

        Raises:
            CorpusError: there is no document of that id.
            NoRoomError: too many sessions have a chatbot of their own.
        """
        if self.keep:
            self.shared.remove(document_id)
            return
        with self._change(session) as visit:
            chatbot = self._own_chatbot(visit)
            chatbot.remove(document_id)
            visit.chatbot = chatbot
            self._set_size(visit, document_id, None)

    def end(self, session: str) -> None:
        """Forget all that the session added and removed. It need not have done either."""
        with self._lock:
            self._visits.pop(session, None)

    def usage(self) -> dict[str, dict[str, int]]:
        """Return how much visitors have added, and how much they may, all together."""
        with self._lock:
            visits = list(self._visits.values())
            sizes = [size for visit in visits for size in visit.added.values()]
            places = sum(visit.chatbot is not None for visit in visits)
        limits = self.limits
        return {
            "sessions": {"used": places, "limit": limits.sessions},
            "documents": {"used": len(sizes), "limit": limits.all_documents},
            "characters": {"used": sum(sizes), "limit": limits.all_characters},
        }

    def _find(self, session: str) -> _Visit | None:
        """Return the session, marked as used, or None. First forget those that were idle for too long."""
        now = self._clock()
        idle = self.limits.idle_seconds
        for name in [name for name, visit in self._visits.items() if now - visit.last_used > idle]:
            del self._visits[name]
        visit = self._visits.get(session)
        if visit is not None:
            visit.last_used = now
        return visit

    @contextmanager
    def _change(self, session: str) -> Iterator[_Visit]:
        """Give the visit to a change, one after another. If it then has nothing of its own, forget it."""
        with self._lock:
            visit = self._find(session)
            if visit is None:
                visit = self._visits[session] = _Visit(self._clock())
            visit.changes += 1
        try:
            with visit.changing:
                yield visit
        finally:
            with self._lock:
                visit.changes -= 1
                if visit.chatbot is None and not visit.changes and self._visits.get(session) is visit:
                    del self._visits[session]

    def _own_chatbot(self, visit: _Visit) -> Chatbot:
        if visit.chatbot is not None:
            return visit.chatbot
        with self._lock:
            while sum(other.chatbot is not None for other in self._visits.values()) >= self.limits.sessions:
                if not self._give_way(visit):
                    raise NoRoomError("Too many visitors are adding documents here: try again later")
        return self.shared.fork()

    def _give_way(self, visit: _Visit) -> bool:
        """Forget the session that gives way to `visit`. Return whether there is one."""
        pages = self._presence.addresses()
        held: Counter[str | None] = Counter()
        for name, other in self._visits.items():
            held[pages.get(name)] += 1 + sum(other.added.values())
        names = [
            name
            for name, other in self._visits.items()
            if other is not visit and other.chatbot is not None and not other.changes
        ]
        if not names:
            return False

        def rank(name: str) -> tuple[bool, int, float]:
            return name in pages, -held[pages.get(name)], self._visits[name].last_used

        del self._visits[min(names, key=rank)]
        return True

    def _reserve(self, visit: _Visit, document: Document) -> None:
        """Count a document against the limits before the work of adding it. It replaces one of its name.

        Raises:
            TooLargeError: it does not fit into what a visitor may add.
            NoRoomError: it does not fit beside what the others added.
        """
        limits, name, size = self.limits, document.id, _size(document)
        with self._lock:
            own_sizes = [length for other_name, length in visit.added.items() if other_name != name]
            if len(own_sizes) >= limits.documents:
                most = f"the {limits.documents:,} documents that a visitor may add"
                raise TooLargeError(f"{name!r} is one more than {most}: remove one first")
            left = limits.characters - sum(own_sizes)
            if size > left:
                raise TooLargeError(
                    f"{name!r} counts as {size:,} characters, with its name, title and structure, and "
                    f"{left:,} of a visitor's {limits.characters:,} are left: remove a document or add less"
                )
            while not self._fits([*own_sizes, size], visit):
                if not self._give_way(visit):
                    raise NoRoomError(
                        f"{name!r} does not fit beside what other visitors added: try again later"
                    )
            visit.added[name] = size

    def _fits(self, own_sizes: list[int], visit: _Visit) -> bool:
        """Return whether these sizes of a session's documents fit beside those of the others."""
        sizes = [
            size for other in self._visits.values() if other is not visit for size in other.added.values()
        ]
        return (
            len(sizes) + len(own_sizes) <= self.limits.all_documents
            and sum(sizes) + sum(own_sizes) <= self.limits.all_characters
        )

    def _set_size(self, visit: _Visit, name: str, size: int | None) -> None:
        """Set what a document counts for. None if it is not there."""
        with self._lock:
            if size is None:
                visit.added.pop(name, None)
            else:
                visit.added[name] = size


def _size(document: Document) -> int:
    """Return how many characters a document keeps in memory.

    The offset of a page counts as 8, a byte of its structure as one, without that of the one paragraph which
    every document has.
    """
    texts = (document.text, document.id, document.title or "", document.url or "")
    structure = max(0, len(document.blocks.data) - PARAGRAPH_BYTES)
    return sum(map(len, texts)) + 8 * len(document.pages) + structure


def _check_length(source: Path | str, name: str, limit: int) -> None:
    """Refuse what cannot fit before the work of reading it.

    Raises:
        TooLargeError: it is too long, whatever its encoding is.
    """
    if isinstance(source, str):
        is_too_long = len(source) > limit
    else:
        is_too_long = suffix_of(name) in TEXT_SUFFIXES and source.stat().st_size > MAX_CHARACTER_BYTES * limit
    if is_too_long:
        raise TooLargeError(
            f"{name!r} is longer than the {limit:,} characters that a visitor may add: add less"
        )
