"""Sessions: documents that one visitor adds or removes, invisible to others and temporary."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qa.chatbot import Chatbot
from qa.documents import Document, document_name, text_document
from qa.errors import CorpusError, DocumentError
from qa.index import Documents
from qa.page.document_size import check_length
from qa.page.places import Place, Places, Removed
from qa.page.presence import Presence
from qa.page.progress import Progress, WatchedEmbedder
from qa.page.shared_removals import SharedRemovals
from qa.settings import DEFAULTS, Limits, default_limits


class Sessions:
    """Gives a session a chatbot of its own as soon as it adds or removes a document.

    From then on, changes to the shared documents no longer reach that session. All methods are thread-safe.
    A session is identified by a name; without one ("") there are only the shared documents, and they cannot
    be changed. See `Places` for which session is dropped if there is no room.

    Args:
        chatbot: The shared chatbot.
        keep: If true, documents are added to and removed from the shared chatbot, permanently and for
            everyone. Only the limits of a file apply.
        limits: What visitors may add; by default, the limits that suit this machine.
        presence: The open pages.
        replied: Called for each question that a client asked, with the outcome of the reply ("error" if
            there is none) and the seconds that it took.
        clock: Returns the time in seconds.
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
        self.presence = Presence() if presence is None else presence
        self.replied, self._clock = replied, clock
        self._places = Places(self.limits, self.presence)
        self._shared_removals = SharedRemovals(chatbot, clock)

    def chatbot(self, session: str) -> Chatbot:
        """Return the session's own chatbot if it has one, else the shared one."""
        with self._places.lock:
            place = self._find(session)
            return self.shared if place is None or place.chatbot is None else place.chatbot

    def documents(self, session: str) -> Documents:
        """Return the documents that the session's questions are answered from, in the order of their ids."""
        return self.chatbot(session).documents

    def added(self, session: str) -> frozenset[str]:
        """Return the ids of the documents that only this session has."""
        with self._places.lock:
            place = self._find(session)
            return frozenset() if place is None else frozenset(place.added)

    def has_added(self, session: str) -> bool:
        """Return whether a session has documents of its own. This does not count as using it."""
        with self._places.lock:
            place = self._places.get(session)
            return place is not None and bool(place.added)

    def add(
        self,
        session: str,
        source: Path | str,
        *,
        name: str | None = None,
        progress: Progress | None = None,
    ) -> Document:
        """Add a file or a text. A document with the same name is replaced.

        Args:
            session: The session.
            source: A file (a `Path`) or a text (a `str`).
            name: The document's id, by default the file's name, or an unused one for a text.
            progress: Notes the progress, and can stop it. Not used with `keep`.

        Returns:
            The document, or an existing one with the same text.

        Raises:
            StoppedError: adding it was stopped.
            DocumentError: the source cannot become a document, the name is invalid, or it is more than
                the session, or all sessions together, may hold.
        """
        if self.keep:
            return self.shared.add(source, name=name)
        with self._change(session) as place:
            name = document_name(source, name, self.chatbot(session).documents.ids if name is None else ())
            check_length(source, name, self.limits.characters)
            if isinstance(source, Path):
                document = (Progress() if progress is None else progress).read(source, name)
            else:
                document = text_document(source, name=name)
            added = self._add(place, document, progress)
            files = {one: path for one, path in place.files.items() if one in place.added and one != name}
            place.files = {**files, name: source} if isinstance(source, Path) else files
            return added

    def file(self, session: str, document: Document) -> Path | None:
        """Return the file of one of the session's documents.

        Returns:
            None if the document has changed or is gone, was not a file, or the file is gone: uploads are
            deleted after a while.
        """
        if self.documents(session).find(document.id) != document:
            return None
        with self._places.lock:
            place = self._find(session)
            is_own = place is not None and document.id in place.added
            path = place.files.get(document.id) if place is not None and is_own else None
        if not is_own:
            path = self.shared.path(document.id)
        return path if path is not None and path.is_file() else None

    def remove(self, session: str, document_id: str) -> None:
        """Remove a document from this session. Others still have it if it is shared. See `restore`.

        Raises:
            CorpusError: there is no document with that id.
            NoRoomError: too many sessions have a chatbot of their own.
        """
        if self.keep:
            self._shared_removals.remove(session, document_id)
            return
        with self._change(session) as place:
            chatbot = self._own_chatbot(place)
            before, document = chatbot.fork(), chatbot.documents.find(document_id)
            chatbot.remove(document_id)
            assert document is not None
            place.chatbot = chatbot
            size = place.added.get(document_id, 0)
            self._places.set_size(place, document_id, None)
            after = chatbot.retriever
            place.removed = Removed(document, before, after, size, size > 0, self._clock())

    def restore(self, session: str, document_id: str) -> Document:
        """Restore the document that the session removed last, for up to twice `Settings.undo_seconds`.

        Raises:
            CorpusError: it is not the document removed last, it was removed too long ago, or it was shared
                and another has its name now.
            TooLargeError: there is no room for it any more, see `add`.
        """
        if self.keep:
            return self._shared_removals.restore(session, document_id)
        with self._change(session) as place:
            removed = place.removed
            too_old = removed is not None and self._clock() - removed.time > 2 * DEFAULTS.undo_seconds
            if removed is None or removed.document.id != document_id or too_old:
                raise CorpusError(f"{document_id!r} cannot be brought back any more: add it again")
            place.removed = None
            if place.chatbot is None or place.chatbot.retriever is not removed.after:
                return self._add(place, removed.document)
            if removed.is_own:  # nothing was added since, so it still fits the session's own limits
                self._places.reserve(place, removed.document)
            place.chatbot = removed.before
            return removed.document

    def leave(self, session: str) -> None:
        """Note that the page of a session was closed. Its documents are kept for a while."""
        with self._places.lock:
            place = self._find(session)
            if place is not None:
                place.is_left = True

    def come_back(self, session: str) -> None:
        """Note that the session has an open page again."""
        with self._places.lock:
            place = self._find(session)
            if place is not None:
                place.is_left = False

    def end(self, session: str) -> None:
        """Forget everything that the session added or removed, if anything."""
        with self._places.lock:
            self._places.drop(session)

    def usage(self) -> dict[str, dict[str, int]]:
        """Return how much all visitors together have added, and the limits."""
        return self._places.usage()

    def _find(self, session: str) -> Place | None:
        """Return the session's place, marked as used, or None. First drop places that were idle too long."""
        now = self._clock()
        self._places.drop_idle(now, idle_seconds=self.limits.idle_seconds, left_seconds=DEFAULTS.left_seconds)
        self._places.forget_removed(now - 2 * DEFAULTS.undo_seconds)
        place = self._places.get(session)
        if place is not None:
            place.last_used = now
        return place

    @contextmanager
    def _change(self, session: str) -> Iterator[Place]:
        """Yield the session's place for a change, one at a time. Drop it if it is unused afterwards."""
        if not session:
            raise DocumentError("The page is not ready to take documents: load it again")
        with self._places.lock:
            place = self._find(session)
            if place is None:
                place = self._places.new(session, self._clock())
            place.changes += 1
        try:
            with place.changing:
                yield place
        finally:
            with self._places.lock:
                place.changes -= 1
                if place.chatbot is None and not place.changes and self._places.get(session) is place:
                    self._places.drop(session)

    def _add(self, place: Place, document: Document, progress: Progress | None = None) -> Document:
        previous_size = place.added.get(document.id)
        self._places.reserve(place, document)
        try:
            chatbot = self._own_chatbot(place)
            embedder = chatbot.embedder
            if progress is not None:
                embedder = WatchedEmbedder(embedder, document, progress)
            added = chatbot.add_document(document, embedder=embedder)
        except BaseException:
            self._places.set_size(place, document.id, previous_size)
            raise
        if added.id != document.id:  # another document has the same text; the one with this name is gone
            self._places.set_size(place, document.id, None)
        place.chatbot = chatbot
        return added

    def _own_chatbot(self, place: Place) -> Chatbot:
        if place.chatbot is not None:
            return place.chatbot
        self._places.check_place(place)
        return self.shared.fork()
