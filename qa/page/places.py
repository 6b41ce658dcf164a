"""Places: what each session holds, and which session is dropped when there is no more room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from qa.chatbot import Chatbot
from qa.documents import Document
from qa.errors import NoRoomError, TooLargeError
from qa.page.document_size import document_size
from qa.page.presence import Presence
from qa.settings import Limits


@dataclass(frozen=True, slots=True)
class Removed:
    """A document that was removed and can be restored for a while.

    Attributes:
        document: The document.
        before: A chatbot over the documents before the removal.
        after: The retriever after the removal. If it has been replaced since, `before` is out of date.
        size: The size that it counts for until it is forgotten.
        is_own: Whether the session had added it.
        time: When it was removed.
    """

    document: Document
    before: Chatbot
    after: object
    size: int
    is_own: bool
    time: float


@dataclass(eq=False, slots=True)
class Place:
    """What a session holds.

    Attributes:
        last_used: When it was last used, by the clock of `Sessions`.
        is_left: Whether its page has been closed since.
        chatbot: Its own chatbot. None until it adds or removes a document.
        added: The size of each document that it added, by id, see `document_size`.
        removed: The document that it removed last.
        files: The file that each document was read from, by id, if there is one.
        changing: Held while a document is added or removed.
        changes: The number of changes in progress. While there are any, the place is not dropped.
    """

    last_used: float
    is_left: bool = False
    chatbot: Chatbot | None = None
    added: dict[str, int] = field(default_factory=dict)
    removed: Removed | None = None
    files: dict[str, Path] = field(default_factory=dict)
    changing: Lock = field(default_factory=Lock)
    changes: int = 0

    @property
    def size(self) -> int:
        """The characters that it counts for."""
        return sum(self.added.values()) + (0 if self.removed is None else self.removed.size)


class Places:
    """The places of all sessions. Callers must hold `lock`, except for the methods that acquire it.

    If all places are taken, or visitors have together added as much as they may, another session is dropped
    to make room: preferably one without an open page, then one of the address that holds most, and among
    these the one idle longest.

    Args:
        limits: What visitors may add.
        presence: The open pages.
    """

    def __init__(self, limits: Limits, presence: Presence) -> None:
        self.limits, self.lock = limits, Lock()
        self._presence = presence
        self._places: dict[str, Place] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Place]:
        return iter(list(self._places.values()))

    def get(self, session: str) -> Place | None:
        """Return the place of a session; None if it has none."""
        return self._places.get(session)

    def new(self, session: str, now: float) -> Place:
        """Give a session a place."""
        place = self._places[session] = Place(now)
        return place

    def drop(self, session: str) -> None:
        """Drop the place of a session, if it has one."""
        self._places.pop(session, None)

    def drop_idle(self, now: float, *, idle_seconds: float, left_seconds: float) -> None:
        """Drop sessions that were idle for too long.

        Args:
            now: The time.
            idle_seconds: How long a session may be idle.
            left_seconds: How long it may be idle once its page is closed.
        """
        for session, place in list(self._places.items()):
            most = min(idle_seconds, left_seconds) if place.is_left else idle_seconds
            if now - place.last_used > most:
                del self._places[session]

    def check_place(self, place: Place) -> None:
        """Make sure that a session may have a chatbot of its own. Acquires the lock.

        Raises:
            NoRoomError: all places are taken by sessions that cannot be dropped.
        """
        with self.lock:
            while sum(other.chatbot is not None for other in self) >= self.limits.sessions:
                if not self._give_way(place):
                    raise NoRoomError("Too many visitors are adding documents here: try again later")

    def reserve(self, place: Place, document: Document) -> None:
        """Count a document before it is added; it replaces one with the same name. Acquires the lock.

        Raises:
            TooLargeError: it exceeds the limits for one visitor.
            NoRoomError: it exceeds the limits for all visitors together.
        """
        limits, name, size = self.limits, document.id, document_size(document)
        with self.lock:
            own_sizes = [length for other_name, length in place.added.items() if other_name != name]
            if len(own_sizes) >= limits.documents:
                most = f"the {limits.documents:,} documents that a visitor may add"
                raise TooLargeError(f"{name!r} is one more than {most}: remove one first")
            left = limits.characters - sum(own_sizes)
            if size > left:
                raise TooLargeError(
                    f"{name!r} counts as {size:,} characters, with its name, title and structure, and "
                    f"{left:,} of a visitor's {limits.characters:,} are left: remove a document or add less"
                )
            while not self._fits([*own_sizes, size], place):
                if not self.forget_removed() and not self._give_way(place):
                    raise NoRoomError(
                        f"{name!r} does not fit beside what other visitors added: try again later"
                    )
            place.added[name] = size

    def set_size(self, place: Place, name: str, size: int | None) -> None:
        """Set the size that a document counts for; None removes it. Acquires the lock."""
        with self.lock:
            if size is None:
                place.added.pop(name, None)
            else:
                place.added[name] = size

    def forget_removed(self, before: float | None = None) -> bool:
        """Forget documents removed before a time, by default all. Return whether there were any."""
        old = [
            place
            for place in self
            if place.removed is not None and (before is None or place.removed.time < before)
        ]
        for place in old:
            place.removed = None
        return bool(old)

    def usage(self) -> dict[str, dict[str, int]]:
        """Return how much is used, and the limits. Acquires the lock."""
        with self.lock:
            places = list(self)
        limits = self.limits
        return {
            "sessions": {
                "used": sum(place.chatbot is not None for place in places),
                "limit": limits.sessions,
            },
            "documents": {"used": sum(len(place.added) for place in places), "limit": limits.all_documents},
            "characters": {"used": sum(place.size for place in places), "limit": limits.all_characters},
        }

    def _fits(self, own_sizes: list[int], place: Place) -> bool:
        """Return whether a session's documents of these sizes fit beside those of the other sessions."""
        others = [other for other in self if other is not place]
        removed = 0 if place.removed is None else place.removed.size
        return (
            sum(len(other.added) for other in others) + len(own_sizes) <= self.limits.all_documents
            and sum(other.size for other in others) + sum(own_sizes) + removed <= self.limits.all_characters
        )

    def _give_way(self, place: Place) -> bool:
        """Drop a session to make room for `place`. Return whether there is one to drop."""
        pages = self._presence.addresses()
        held: Counter[str | None] = Counter()
        for name, other in self._places.items():
            held[pages.get(name)] += 1 + other.size
        names = [
            name
            for name, other in self._places.items()
            if other is not place and other.chatbot is not None and not other.changes
        ]
        if not names:
            return False

        def rank(name: str) -> tuple[bool, int, float]:
            return name in pages, -held[pages.get(name)], self._places[name].last_used

        del self._places[min(names, key=rank)]
        return True
