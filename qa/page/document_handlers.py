"""Event handlers for documents: adding, removing, restoring, listing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from qa.documents import document_name
from qa.errors import QAError
from qa.index import Documents
from qa.page.arrivals import Arrival, Arrivals
from qa.page.changes import Changes
from qa.page.elements import Markup, element
from qa.page.sessions import Sessions
from qa.page.views.document import document_html
from qa.page.views.document_list import Upload, document_list_html, uploads_html
from qa.page.views.welcome import welcome_html

log = logging.getLogger(__name__)

MOST_AT_ONCE = 4
"""Number of documents that are read at once; each page adds one at a time."""

NOT_READY = "was dropped before the page had loaded: add it again"

PROGRESS_SECONDS = 0.5
"""Interval between two progress updates."""

MOST_NAMES = 200
"""The most names of missing documents that are taken from a browser."""

MOST_CHARACTERS = 200
"""Longer names from a browser are cut."""


class DocumentHandlers:
    """Handles events about documents. A `session` is the name under which `Sessions` knows a visitor.

    Args:
        sessions: The documents of all visitors.
    """

    def __init__(self, sessions: Sessions) -> None:
        self.sessions, self.arrivals = sessions, Arrivals()
        # Documents are read outside the page's events, so that reading survives a reload of the page.
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="adding")

    def take_files(self, files: Sequence[tuple[str, Path]], session: str) -> Changes:
        """Queue uploaded files, show them at once, and empty the upload box.

        Args:
            files: The name and the path of each file.
            session: The visitor.
        """
        if not session:  # the page is still loading: without a session, everybody would see the files
            lines = [Upload(name, NOT_READY, failed=True) for name, _ in files]
            return {"uploads": uploads_html(lines), "files": None}
        self.arrivals.take(session, [(name, path, name) for name, path in files])
        return {"uploads": self.uploads_html(session), "files": None}

    def add_waiting(self, session: str) -> Iterator[Changes]:
        """Add the waiting files and texts one after another, and show their progress."""
        while (found := self.arrivals.next(session)) is not None:
            arrival, is_new = found
            if is_new:
                self._threads.submit(self._add, session, arrival)
            shown = None
            while not arrival.result.done():
                if (words := arrival.progress.words()) != shown:
                    shown = words
                    yield {"uploads": self.uploads_html(session)}
                wait([arrival.result], PROGRESS_SECONDS)
            changes: Changes = {
                "uploads": self.uploads_html(session),
                **self.lists(session),
            }
            document = arrival.result.result()
            if document is not None:
                changes["document"] = document_html(document)
            yield changes

    def add_text(self, text: str, name: str, session: str) -> Iterator[Changes]:
        """Add a pasted text, and empty its boxes on success.

        Args:
            text: The text.
            name: Its name; if empty, one is made up.
            session: The visitor.
        """
        name = name.strip()
        label = name if name else "Pasted text"
        if not session:
            yield {"uploads": uploads_html([Upload(label, NOT_READY, failed=True)])}
            return
        (arrival,) = self.arrivals.take(session, [(label, text, name if name else None)])
        yield from self.add_waiting(session)
        if arrival.state == "done":
            yield {"text": "", "name": ""}

    def stop(self, event: Any, session: str) -> Changes:
        """Stop adding a file, or dismiss its line.

        Args:
            event: `number`, the number of an arrival.
            session: The visitor.
        """
        try:
            self.arrivals.stop(session, int(event["number"]))
        except (LookupError, TypeError, ValueError):
            return {}
        return {"uploads": self.uploads_html(session)}

    def remove(self, event: Any, session: str) -> Changes:
        """Remove a document.

        Args:
            event: `document`, its id, and `open`, the id of the document in the reader.
            session: The visitor.
        """
        try:
            document_id, open_id = str(event["document"]), str(event["open"])
        except (LookupError, TypeError):
            return {}
        try:
            self.sessions.remove(session, document_id)
        except QAError as error:
            upload = Upload(document_id, str(error), failed=True)
            return {
                "uploads": self.uploads_html(session, upload),
                **self.lists(session),
            }
        removed = Upload(document_id, "is removed", done=True, can_undo=True)
        changes: Changes = {
            "uploads": self.uploads_html(session, removed),
            **self.lists(session),
        }
        if self.of(session).find(open_id) is None:
            changes["document"] = self.first_html(session)
        return changes

    def restore(self, event: Any, session: str) -> Changes:
        """Restore the document that was removed last.

        Args:
            event: `document`, its id.
            session: The visitor.
        """
        try:
            document_id = str(event["document"])
        except (LookupError, TypeError):
            return {}
        try:
            document = self.sessions.restore(session, document_id)
        except QAError as error:
            upload = Upload(document_id, str(error), failed=True)
            return {"uploads": self.uploads_html(session, upload)}
        return {
            "uploads": self.uploads_html(session, Upload(document_id, "is back", done=True)),
            **self.lists(session),
            "document": document_html(document),
        }

    def welcome_back(self, told: Any, session: str) -> Markup:
        """Return the upload status, with a line for each document that the browser knows but the server lost.

        Args:
            told: `added` and `adding`: the names of the documents that had been added, and of those that were
                being read.
            session: The visitor.
        """
        self.arrivals.forget_done(session)  # the page showed them before it was reloaded
        there = {*self.of(session).ids, *(arrival.name for arrival in self.arrivals.all(session))}
        lines = []
        for key, state in (
            ("added", "is not on the server any more: add it again"),
            ("adding", "was not read completely: add it again"),
        ):
            names = told.get(key)
            for name in names[:MOST_NAMES] if isinstance(names, list) else []:
                if isinstance(name, str) and name not in there:
                    lines.append(Upload(name[:MOST_CHARACTERS], state, failed=True))
        return self.uploads_html(session, *lines)

    def uploads_html(self, session: str, *lines: Upload) -> Markup:
        """Return the upload status: a line for each arrival, then the given lines."""
        return uploads_html([*map(_line, self.arrivals.all(session)), *lines])

    def of(self, session: str) -> Documents:
        """Return the documents that a session's questions are answered from."""
        return self.sessions.documents(session)

    def lists(self, session: str) -> Changes:
        """Return the parts of the page that depend on the documents: their list and the welcome."""
        return {"document_list": self.list_html(session), "welcome": self.welcome_html(session)}

    def list_html(self, session: str) -> Markup:
        """Return the list of documents as HTML."""
        return document_list_html(self.of(session), self.sessions.added(session), keep=self.sessions.keep)

    def welcome_html(self, session: str) -> Markup:
        """Return the text that is shown before the first question."""
        return welcome_html(len(self.of(session)), len(self.sessions.added(session)))

    def first_html(self, session: str) -> Markup:
        """Return the first document as HTML, with nothing highlighted."""
        documents = self.of(session)
        if not documents:
            return element("p", "No document to read.", class_="note")
        return document_html(documents[0])

    def _add(self, session: str, arrival: Arrival) -> None:
        """Add a file or text, and set the arrival's state and result."""
        document, source, name = None, arrival.source, arrival.id
        try:
            document_id = None if name is None else document_name(source, name, ())
            previous = None if document_id is None else self.of(session).find(document_id)
            document = self.sessions.add(session, source, name=name, progress=arrival.progress)
            if document_id is not None and document.id != document_id:
                arrival.words = f"is there already, as {document.id}"
            elif previous is not None and previous.text != document.text:
                arrival.words = f"is ready and replaces the former {document.id}"
            else:
                arrival.words = "is ready"
            arrival.name = arrival.name if document_id not in {None, document.id} else document.id
            arrival.state = "done"
        except QAError as error:
            arrival.words, arrival.state = str(error).removeprefix(f"{arrival.name!r} "), "failed"
        except BaseException:
            arrival.words, arrival.state = "could not be read: the server had an error", "failed"
            log.exception("%s", arrival.name)
        finally:
            arrival.source = ""
            arrival.result.set_result(document)


def _line(arrival: Arrival) -> Upload:
    """Return the line to show for an arrival."""
    words = {"waiting": "is waiting", "reading": arrival.progress.words()}.get(arrival.state, arrival.words)
    return Upload(
        arrival.name,
        words,
        failed=arrival.state == "failed",
        done=arrival.state == "done",
        number=arrival.number,
        share=arrival.progress.share if arrival.state == "reading" else None,
    )
