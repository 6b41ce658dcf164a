"""What happens on the page: each handler is given what components hold, and gives what they are to hold."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qa.documents import SUFFIXES, Document, document_name
from qa.errors import QAError
from qa.index import Documents
from qa.page.highlight import escape
from qa.page.sessions import Sessions
from qa.page.views.conversation import conversation_html, examples_html, finished
from qa.page.views.document import Track, document_html, evidence_html
from qa.page.views.document_list import Arrival, arrivals_html, document_list_html
from qa.presentation import Feedback, Turn, evidence, passages_read, to_json, to_markdown
from qa.results import Reply
from qa.settings import DEFAULTS
from qa.suggestions import Examples

log = logging.getLogger(__name__)

TRACKS = {"evidence": evidence, "passages": passages_read}


class Handlers:
    """What happens on the page. A `session` is the name of a visit, as `Sessions` knows it.

    Handlers are given and give what their components hold: HTML, and the conversation as a tuple of turns.
    """

    def __init__(self, sessions: Sessions, feedback: Feedback | None) -> None:
        self.sessions, self.feedback, self._examples = sessions, feedback, Examples()
        self._begun: dict[str, int] = {}

    def arrive(self, session: str) -> tuple[str, str, str]:
        """For a page just opened: its session, the documents and the reader."""
        return session, self.document_list(session), self.first(session)

    def leave(self, session: str) -> None:
        """Forget a session, whose page was closed."""
        self.sessions.end(session)
        self._begun.pop(session, None)

    def suggest(self, session: str, turns: tuple[Turn, ...]) -> str:
        """Questions to try on the documents of a session, made where they are not yet: that takes seconds."""
        self._examples.of(self.sessions.chatbot(session), about=self.sessions.added(session))
        return self.examples(session, open=not turns)

    def converse(
        self, question: str | None, turns: tuple[Turn, ...], session: str, bar: float, begun: int = 0
    ) -> Iterator[tuple[Any, ...]]:
        """The question at once; how far it is; what came of it, and its place.

        What is given is for the question if it cannot be asked, the turns, the conversation, the reader,
        the questions to try and the documents. One that was asked before the conversation was last
        `restart`ed is dropped, and so is None; `begun` says how often it had been.
        """
        import gradio as gr

        same = gr.skip()
        if question is None or self._begun.get(session, 0) != begun:
            yield "", same, same, same, same, same
            return
        if not question.strip():
            gr.Info("Type a question about the text first.", title="Nothing asked", duration=4)
            yield "", same, same, same, same, same
            return
        folded = self.examples(session, open=False)
        yield "", same, self.conversation((*turns, Turn(question, "Searching"))), same, folded, same
        outcome: Reply | QAError | str
        try:
            for step in self.sessions.chatbot(session).stream(question, min_confidence=bar):
                if self._begun.get(session, 0) != begun:
                    yield same, same, same, same, same, same  # what is given last Gradio shows once more
                    return
                if isinstance(step, Reply):
                    outcome = step
                else:
                    count = "1 passage" if len(step) == 1 else f"{len(step)} passages"
                    outcome = f"Reading {count}"
                    shown = self.conversation((*turns, Turn(question, outcome)))
                    yield same, same, shown, same, same, same
        except QAError as error:
            outcome = error
        turn = finished(len(turns), Turn(question, outcome), rated=self.feedback is not None)
        turns = (*turns, turn)
        found = evidence(outcome) if isinstance(outcome, Reply) else ()
        opened = evidence_html(Track(len(turns) - 1, "evidence", found), 0) if found else same
        refused = question if isinstance(outcome, QAError) else same
        yield refused, turns, self.conversation(turns), opened, same, self.document_list(session)

    def restart(self, session: str, begun: int = 1) -> tuple[tuple[Turn, ...], str, str, str]:
        """A conversation begun anew, the `begun`th time; for turns, conversation, reader and examples."""
        self._begun[session] = begun
        return (), self.conversation(()), self.first(session), self.examples(session)

    def conversation(self, turns: Sequence[Turn]) -> str:
        """The conversation as HTML."""
        return conversation_html(turns, rated=self.feedback is not None)

    def examples(self, session: str, *, open: bool = True) -> str:
        """Questions to try on the documents of a session, as far as they are made."""
        return examples_html(self._examples.made(self.sessions.chatbot(session)), open=open)

    def look(self, turns: tuple[Turn, ...], session: str, wish: str) -> tuple[Any, Any]:
        """What a button asks to be opened; for the reader and the documents.

        Nothing new where it is no longer there; of a document that is said, and the list is made anew.
        """
        import gradio as gr

        same = gr.skip()
        try:
            wanted = json.loads(wish)
            part = wanted.get("part")
            if "document" in wanted:
                document = self.documents(session).find(wanted["document"])
                if document is None:
                    gr.Info(
                        f"{escape(str(wanted['document']))} is no longer there.", title="Gone", duration=4
                    )
                    return same, self.document_list(session)
                return document_html(document, part=0 if part is None else int(part)), same
            outcome = turns[wanted["turn"]].outcome
            assert isinstance(outcome, Reply)
            track = Track(wanted["turn"], wanted["track"], TRACKS[wanted["track"]](outcome))
            return evidence_html(track, wanted["number"], part=None if part is None else int(part)), same
        except (ValueError, LookupError, TypeError, AttributeError, AssertionError):
            return same, same  # a restarted server knows no turns

    def rate(self, turns: tuple[Turn, ...], wish: str) -> str:
        """Keep what a reader says of a reply; it is given back if it is kept, else nothing is."""
        import gradio as gr

        try:
            said = json.loads(wish)
            outcome = turns[said["turn"]].outcome
            if self.feedback is None or not isinstance(outcome, Reply):
                return ""
            self.feedback.add(str(said["verdict"]), outcome)
        except QAError as error:
            log.warning("%s", error)  # it names a place on this machine, which is no visitor's business
            gr.Warning("What you say cannot be kept here at the moment.", title="Not kept")
            return ""
        except (ValueError, LookupError, TypeError):
            return ""
        return wish

    def add_files(self, files: Sequence[tuple[str, Path]], session: str) -> Iterator[tuple[Any, ...]]:
        """Take in files, given by name and place; for arrivals, documents, box and reader, file by file.

        The box is emptied each time: one that is skipped Gradio makes anew, without the page's `preprocess`.
        """
        import gradio as gr

        same, empty = gr.skip(), None
        arrivals = [Arrival(name, "waits") for name, _ in files]
        yield arrivals_html(arrivals), same, empty, same
        for number, (name, path) in enumerate(files):
            arrivals[number] = Arrival(name, "is being read …")
            yield arrivals_html(arrivals), same, empty, same
            arrivals[number], document = self._add(session, path, name)
            opened = same if document is None else document_html(document)
            yield arrivals_html(arrivals), self.document_list(session), empty, opened

    def add_text(self, text: str, name: str, session: str) -> Iterator[tuple[Any, ...]]:
        """Take in a pasted text; for arrivals, documents, the boxes of text and name, and reader."""
        import gradio as gr

        same = gr.skip()
        name = name.strip()
        shown = name if name else "Pasted text"
        yield arrivals_html([Arrival(shown, "is being read …")]), same, same, same, same
        arrival, document = self._add(session, text, name if name else None, shown=shown)
        if document is None:
            yield arrivals_html([arrival]), same, same, same, same
        else:
            yield arrivals_html([arrival]), self.document_list(session), "", "", document_html(document)

    def discard(self, session: str, document_id: str, read: str) -> tuple[Any, ...]:
        """Take a document away, while that of the id `read` is open; for arrivals, documents and reader."""
        import gradio as gr

        try:
            self.sessions.remove(session, document_id)
        except QAError as error:
            failed = Arrival(document_id, str(error), failed=True)
            return arrivals_html([failed]), self.document_list(session), gr.skip()
        removed = Arrival(document_id, "is removed", done=True)
        opened = self.first(session) if self.documents(session).find(read) is None else gr.skip()
        return arrivals_html([removed]), self.document_list(session), opened

    def export(self, form: str, turns: tuple[Turn, ...]) -> str:
        """The conversation as a file for the browser to save: name, type and text as JSON."""
        if form == "json":
            return json.dumps(
                {"name": "conversation.json", "type": "application/json", "text": to_json(turns)}
            )
        return json.dumps({"name": "conversation.md", "type": "text/markdown", "text": to_markdown(turns)})

    def document_list(self, session: str) -> str:
        """The list of documents."""
        return document_list_html(
            self.documents(session), self.sessions.added(session), kept=self.sessions.keep
        )

    def documents(self, session: str) -> Documents:
        """The documents that a session asks."""
        return self.sessions.documents(session)

    def first(self, session: str) -> str:
        """The first document, unmarked, for the reader."""
        documents = self.documents(session)
        return document_html(documents[0]) if documents else '<p class="note">No document to read.</p>'

    def limits(self) -> str:
        """What may be added, in words."""
        types = ", ".join(SUFFIXES)
        size = (
            f"{types}, up to {DEFAULTS.max_file_bytes // 1024**2} MiB a file, "
            f"{DEFAULTS.max_text_bytes // 1024**2} MiB where it is text or a web page"
        )
        if self.sessions.keep:
            return f"{size}. What you add is kept in the corpus folder, for everyone who uses this page."
        most = self.sessions.limits
        return (
            f"{size}; at most {most.documents:,} documents and {most.characters:,} characters. What you add "
            "is seen by nobody else and gone when you close the page."
        )

    def _add(
        self, session: str, source: Path | str, name: str | None, *, shown: str | None = None
    ) -> tuple[Arrival, Document | None]:
        shown = str(name) if shown is None else shown
        try:
            wanted = None if name is None else document_name(source, name, ())
            former = None if wanted is None else self.documents(session).find(wanted)
            document = self.sessions.add(session, source, name=name)
        except QAError as error:
            return Arrival(shown, str(error).removeprefix(f"{shown!r} "), failed=True), None
        if wanted is not None and document.id != wanted:
            return Arrival(shown, f"is there already, as {document.id}", done=True), document
        replaces = former is not None and former.text != document.text
        state = f"is ready and replaces the former {document.id}" if replaces else "is ready"
        return Arrival(document.id, state, done=True), document
