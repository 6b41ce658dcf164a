"""Event handlers for documents: adding, removing, bringing back, listing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.documents import SUFFIXES, Document, document_name
from qa.errors import QAError
from qa.index import Documents
from qa.page.changes import Changes
from qa.page.elements import Markup, element
from qa.page.sessions import Sessions
from qa.page.views.document import document_html
from qa.page.views.document_list import Upload, document_list_html, uploads_html
from qa.settings import DEFAULTS

READING = "is being read …"

MOST_NAMES = 200
"""Of more documents that a browser misses, only so many are named."""


class DocumentHandlers:
    """What happens to documents. A `session` is the name under which `Sessions` knows a visitor.

    Args:
        sessions: The documents of all visitors.
    """

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    def add_files(self, files: Sequence[tuple[str, Path]], session: str) -> Iterator[Changes]:
        """Add uploaded files one by one, and empty the upload box.

        Args:
            files: The name and the path of each.
            session: The visitor.
        """
        # Empty the box in each step: Gradio rebuilds a component that is skipped, and this one would lose
        # its `preprocess`, see `Components`.
        uploads = [Upload(name, "waits") for name, _ in files]
        yield {"uploads": uploads_html(uploads), "files": None}
        for position, (name, path) in enumerate(files):
            uploads[position] = Upload(name, READING)
            yield {"uploads": uploads_html(uploads), "files": None}
            uploads[position], document = self._add(session, path, name=name, label=name)
            changes: Changes = {
                "uploads": uploads_html(uploads),
                "files": None,
                "document_list": self.list_html(session),
            }
            if document is not None:
                changes["document"] = document_html(document)
            yield changes

    def add_text(self, text: str, name: str, session: str) -> Iterator[Changes]:
        """Add a pasted text, and empty its boxes unless that fails.

        Args:
            text: The text.
            name: Its name; if there is none, one is made.
            session: The visitor.
        """
        name = name.strip()
        label = name if name else "Pasted text"
        yield {"uploads": uploads_html([Upload(label, READING)])}
        upload, document = self._add(session, text, name=name if name else None, label=label)
        changes: Changes = {"uploads": uploads_html([upload])}
        if document is not None:
            changes["document_list"] = self.list_html(session)
            changes["document"] = document_html(document)
            changes["text"] = changes["name"] = ""
        yield changes

    def remove(self, event: Any, session: str) -> Changes:
        """Remove a document.

        Args:
            event: `document`, its id, and `open`, the id of the one that is being read.
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
            return {"uploads": uploads_html([upload]), "document_list": self.list_html(session)}
        removed = Upload(document_id, "is removed", done=True, can_undo=not self.sessions.keep)
        changes: Changes = {
            "uploads": uploads_html([removed]),
            "document_list": self.list_html(session),
        }
        if self.of(session).find(open_id) is None:
            changes["document"] = self.first_html(session)
        return changes

    def restore(self, event: Any, session: str) -> Changes:
        """Bring back the document that was removed last.

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
            return {"uploads": uploads_html([Upload(document_id, str(error), failed=True)])}
        return {
            "uploads": uploads_html([Upload(document_id, "is back", done=True)]),
            "document_list": self.list_html(session),
            "document": document_html(document),
        }

    def missed(self, told: Any, session: str) -> Markup:
        """Return a line for each document that a browser knows of and that is not there.

        Args:
            told: `added` and `adding`: the names of what was there, and of what was being read.
            session: The visitor.
        """
        there = set(self.of(session).ids)
        lines = []
        for key, state in (
            ("added", "is not on the server any more: add it again"),
            ("adding", "was not read to its end: add it again"),
        ):
            names = told.get(key)
            for name in names[:MOST_NAMES] if isinstance(names, list) else []:
                if isinstance(name, str) and name not in there:
                    lines.append(Upload(name[:MOST_NAMES], state, failed=True))
        return uploads_html(lines)

    def of(self, session: str) -> Documents:
        """Return the documents that a session asks."""
        return self.sessions.documents(session)

    def list_html(self, session: str) -> Markup:
        """Return the list of documents as HTML."""
        return document_list_html(self.of(session), self.sessions.added(session), keep=self.sessions.keep)

    def first_html(self, session: str) -> Markup:
        """Return the first document as HTML, with nothing highlighted."""
        documents = self.of(session)
        if not documents:
            return element("p", "No document to read.", class_="note")
        return document_html(documents[0])

    def limits(self) -> str:
        """Return in words what may be added and who will see it."""
        types = ", ".join(SUFFIXES)
        size = (
            f"{types}, up to {DEFAULTS.max_file_bytes // 1024**2} MiB a file, "
            f"{DEFAULTS.max_text_bytes // 1024**2} MiB where it is text or a web page"
        )
        if self.sessions.keep:
            return f"{size}. What you add is kept in the corpus folder, for everyone who uses this page."
        limits = self.sessions.limits
        return (
            f"{size}; at most {limits.documents:,} documents and {limits.characters:,} characters. What you "
            f"add is seen by nobody else and gone {DEFAULTS.left_seconds // 60} minutes after you close the "
            "page."
        )

    def _add(
        self, session: str, source: Path | str, *, name: str | None, label: str
    ) -> tuple[Upload, Document | None]:
        """Add a file or text. Return what to say of it, and the document unless it failed."""
        try:
            document_id = None if name is None else document_name(source, name, ())
            previous = None if document_id is None else self.of(session).find(document_id)
            document = self.sessions.add(session, source, name=name)
        except QAError as error:
            return Upload(label, str(error).removeprefix(f"{label!r} "), failed=True), None
        if document_id is not None and document.id != document_id:
            return Upload(label, f"is there already, as {document.id}", done=True), document
        if previous is not None and previous.text != document.text:
            return Upload(document.id, f"is ready and replaces the former {document.id}", done=True), document
        return Upload(document.id, "is ready", done=True), document
