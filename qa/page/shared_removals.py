"""Shared removals: documents removed for everyone can be restored for a while by whoever removed them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from qa.chatbot import Chatbot
from qa.documents import Document
from qa.errors import CorpusError
from qa.settings import DEFAULTS


@dataclass(frozen=True, slots=True)
class _Removal:
    session: str
    document: Document
    time: float


class SharedRemovals:
    """Removes documents from the shared chatbot, and restores them.

    Args:
        chatbot: The shared chatbot.
        clock: Returns the time in seconds.
    """

    def __init__(self, chatbot: Chatbot, clock: Callable[[], float]) -> None:
        self._chatbot, self._clock = chatbot, clock
        self._removals: dict[str, _Removal] = {}
        self._lock = Lock()

    def remove(self, session: str, document_id: str) -> None:
        """Remove a document. Its file goes to the trash.

        Raises:
            CorpusError: there is no document with that id, or its file cannot be deleted.
        """
        document = self._chatbot.documents.find(document_id)
        self._chatbot.remove(document_id)
        with self._lock:
            self._forget_old()
            if document is not None and session:
                self._removals[document_id] = _Removal(session, document, self._clock())

    def restore(self, session: str, document_id: str) -> Document:
        """Restore a document that the session removed, for up to twice `Settings.undo_seconds`.

        Raises:
            CorpusError: it was removed too long ago or by another session, or another document has its id.
        """
        with self._lock:
            self._forget_old()
            removal = self._removals.get(document_id)
            if removal is None or removal.session != session:
                raise CorpusError(
                    f"{document_id!r} cannot be brought back here any more: `qa restore` lists what is left"
                )
            if self._chatbot.documents.find(document_id) is not None:
                raise CorpusError(f"{document_id!r} cannot be brought back: another has its name now")
            del self._removals[document_id]
        if self._chatbot.path(document_id) is None:  # in memory, without a trash
            return self._chatbot.add_document(removal.document)
        self._chatbot.restore(document_id)
        return removal.document

    def _forget_old(self) -> None:
        oldest = self._clock() - 2 * DEFAULTS.undo_seconds
        self._removals = {name: one for name, one in self._removals.items() if one.time >= oldest}
