"""Event handlers of the page: each returns the new values of the components that change."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

from qa.documents import SUFFIXES, Document, document_name
from qa.errors import QAError
from qa.index import Documents
from qa.page.elements import Markup, element, escape
from qa.page.questions import noted
from qa.page.sessions import Sessions
from qa.page.views.conversation import conversation_html, examples_html, finished_turn
from qa.page.views.document import Track, document_html, evidence_html
from qa.page.views.document_list import Upload, document_list_html, uploads_html
from qa.presentation import Feedback, Turn, evidence, passages_read, to_json, to_markdown
from qa.results import Reply
from qa.settings import DEFAULTS
from qa.suggestions import Examples

log = logging.getLogger(__name__)

TRACKS = {"evidence": evidence, "passages": passages_read}
"""The lists of evidence that a reply can be explored by."""

READING = "is being read …"


class Changes(TypedDict, total=False):
    """New values by component. Components that are missing stay as they are.

    The keys are names of `qa.page.layout.Components`, where each is explained.
    """

    session: str
    turns: tuple[Turn, ...]
    conversation: Markup
    document: Markup
    document_list: Markup
    examples: Markup
    uploads: Markup
    files: None
    text: str
    name: str
    rated: str
    exported: str


class Handlers:
    """What happens on the page.

    A `session` is the name under which `Sessions` knows a visitor. `turns` are the conversation so far. An
    `event` is what the browser sends of a click: untrusted JSON. A malformed event changes nothing.

    Args:
        sessions: The documents and chatbots of all visitors.
        feedback: Where verdicts on replies are kept. None if readers are not asked for any.
    """

    def __init__(self, sessions: Sessions, feedback: Feedback | None) -> None:
        self.sessions, self.feedback, self._examples = sessions, feedback, Examples()
        self._conversations: dict[str, int] = {}

    def arrive(self, session: str) -> Changes:
        """Fill a page that was just opened."""
        return {
            "session": session,
            "document_list": self.document_list(session),
            "document": self.first_document(session),
        }

    def leave(self, session: str) -> None:
        """Forget a session whose page was closed."""
        self.sessions.end(session)
        self._conversations.pop(session, None)

    def suggest(self, session: str, turns: tuple[Turn, ...]) -> Changes:
        """Make example questions for the documents of a session, which can take seconds."""
        self._examples.of(self.sessions.chatbot(session), about=self.sessions.added(session))
        return {"examples": self.examples(session, open=not turns)}

    def ask(self, event: Any, turns: tuple[Turn, ...], session: str) -> Iterator[Changes]:
        """Answer a question: show it at once, then the progress, then the reply and its evidence.

        Args:
            event: `question`, `threshold` (the least confidence, 0 to 1) and `conversation`, the number
                of times that the browser has started over. A question from an earlier conversation is
                dropped. With `alone` the question is read without the turns before.
            turns: The conversation so far.
            session: The visitor.
        """
        import gradio as gr

        try:
            question, threshold = str(event["question"]), float(event["threshold"])
            conversation = int(event["conversation"])
        except (LookupError, TypeError, ValueError):
            return
        if not 0 <= threshold <= 1 or not self._is_current(session, conversation):
            return
        if not question.strip():
            gr.Info("Type a question about the text first.", title="Nothing asked", duration=4)
            return
        yield {
            "conversation": self.conversation((*turns, Turn(question, "Searching"))),
            "examples": self.examples(session, open=False),
        }
        outcome: Reply | QAError | str = "Searching"
        try:
            history = (
                ()
                if event.get("alone")
                else [turn.outcome for turn in turns if isinstance(turn.outcome, Reply)]
            )
            chatbot = self.sessions.chatbot(session)
            steps = chatbot.stream(question, min_confidence=threshold, history=history)
            for step in noted(steps, self.sessions):
                if not self._is_current(session, conversation):
                    return
                if isinstance(step, Reply):
                    outcome = step
                else:
                    count = len(step.passages)
                    outcome = "Reading 1 passage" if count == 1 else f"Reading {count} passages"
                    yield {"conversation": self.conversation((*turns, Turn(question, outcome)))}
        except QAError as error:
            outcome = error
        yield self._finish(Turn(question, outcome), turns, session)

    def start_over(self, event: Any, session: str) -> Changes:
        """Begin a new conversation.

        Args:
            event: `conversation`, the number of times that the browser has started over, this included.
            session: The visitor.
        """
        try:
            self._conversations[session] = int(event["conversation"])
        except (LookupError, TypeError, ValueError):
            return {}
        return {
            "turns": (),
            "conversation": self.conversation(()),
            "document": self.first_document(session),
            "examples": self.examples(session),
        }

    def look(self, event: Any, turns: tuple[Turn, ...], session: str) -> Changes:
        """Open what a button names in the document panel.

        If the document was removed, say so and update the list. A restarted server knows no turns and
        changes nothing.

        Args:
            event: `document`, the id of one, or `turn`, `track` and `position` of a piece of evidence; with
                `part` that part of the document.
            turns: The conversation so far.
            session: The visitor.
        """
        import gradio as gr

        try:
            part = None if event.get("part") is None else int(event["part"])
            if "document" in event:
                document = self.documents(session).find(event["document"])
                if document is None:
                    message = escape(str(event["document"])) + " is no longer there."
                    gr.Info(message, title="Gone", duration=4)
                    return {"document_list": self.document_list(session)}
                return {"document": document_html(document, part=0 if part is None else part)}
            reply = turns[event["turn"]].outcome
            if not isinstance(reply, Reply):
                return {}
            track = Track(event["turn"], event["track"], TRACKS[event["track"]](reply))
            return {"document": evidence_html(track, event["position"], part=part)}
        except (LookupError, TypeError, ValueError, AttributeError):
            return {}

    def rate(self, event: Any, turns: tuple[Turn, ...]) -> Changes:
        """Keep a verdict on a reply. `rated` is the event as JSON if it was kept, else empty.

        Args:
            event: `turn`, the number of a turn, and `verdict`.
            turns: The conversation so far.
        """
        import gradio as gr

        try:
            reply = turns[event["turn"]].outcome
            if self.feedback is None or not isinstance(reply, Reply):
                return {"rated": ""}
            self.feedback.add(str(event["verdict"]), reply)
        except QAError as error:
            log.warning("%s", error)  # for the owner alone: it names a path on this machine
            gr.Warning("Your feedback could not be saved.", title="Not saved")
            return {"rated": ""}
        except (LookupError, TypeError):
            return {"rated": ""}
        return {"rated": json.dumps({"turn": event["turn"], "verdict": event["verdict"]})}

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
                "document_list": self.document_list(session),
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
            changes["document_list"] = self.document_list(session)
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
            return {"uploads": uploads_html([upload]), "document_list": self.document_list(session)}
        changes: Changes = {
            "uploads": uploads_html([Upload(document_id, "is removed", done=True)]),
            "document_list": self.document_list(session),
        }
        if self.documents(session).find(open_id) is None:
            changes["document"] = self.first_document(session)
        return changes

    def export_markdown(self, turns: tuple[Turn, ...]) -> Changes:
        """Hand the conversation to the browser as a Markdown file."""
        return _exported("conversation.md", "text/markdown", to_markdown(turns))

    def export_json(self, turns: tuple[Turn, ...]) -> Changes:
        """Hand the conversation to the browser as a JSON file."""
        return _exported("conversation.json", "application/json", to_json(turns))

    def conversation(self, turns: Sequence[Turn]) -> Markup:
        """Return the conversation as HTML."""
        return conversation_html(turns, rated=self.feedback is not None)

    def examples(self, session: str, *, open: bool = True) -> Markup:
        """Return the example questions that `suggest` last made."""
        return examples_html(self._examples.made(self.sessions.chatbot(session)), open=open)

    def document_list(self, session: str) -> Markup:
        """Return the list of documents as HTML."""
        return document_list_html(
            self.documents(session), self.sessions.added(session), keep=self.sessions.keep
        )

    def documents(self, session: str) -> Documents:
        """Return the documents that a session asks."""
        return self.sessions.documents(session)

    def first_document(self, session: str) -> Markup:
        """Return the first document as HTML, with nothing highlighted."""
        documents = self.documents(session)
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
            "add is seen by nobody else and gone when you close the page."
        )

    def _finish(self, turn: Turn, turns: tuple[Turn, ...], session: str) -> Changes:
        """Add a finished turn to the conversation, one for each question, and open its first evidence."""
        new = [turn]
        if isinstance(turn.outcome, Reply) and turn.outcome.more:
            replies = (replace(turn.outcome, more=()), *turn.outcome.more)
            new = [Turn(reply.question, reply) for reply in replies]
        turn_number = len(turns)
        for one in new:
            turns = (*turns, finished_turn(len(turns), one, rated=self.feedback is not None))
        changes: Changes = {
            "turns": turns,
            "conversation": self.conversation(turns),
            "examples": self.examples(session, open=_is_at_a_loss(turn)),
            "document_list": self.document_list(session),  # others may have changed the documents
        }
        found = evidence(turn.outcome) if isinstance(turn.outcome, Reply) else ()
        if found:
            changes["document"] = evidence_html(Track(turn_number, "evidence", found), 0)
        return changes

    def _is_current(self, session: str, conversation: int) -> bool:
        return self._conversations.get(session, 0) == conversation

    def _add(
        self, session: str, source: Path | str, *, name: str | None, label: str
    ) -> tuple[Upload, Document | None]:
        """Add a file or text. Return what to say of it, and the document unless it failed."""
        try:
            document_id = None if name is None else document_name(source, name, ())
            previous = None if document_id is None else self.documents(session).find(document_id)
            document = self.sessions.add(session, source, name=name)
        except QAError as error:
            return Upload(label, str(error).removeprefix(f"{label!r} "), failed=True), None
        if document_id is not None and document.id != document_id:
            return Upload(label, f"is there already, as {document.id}", done=True), document
        if previous is not None and previous.text != document.text:
            return Upload(document.id, f"is ready and replaces the former {document.id}", done=True), document
        return Upload(document.id, "is ready", done=True), document


def _exported(name: str, media_type: str, text: str) -> Changes:
    """Return a file for the browser to save, so that none is left on the server."""
    return {"exported": json.dumps({"name": name, "type": media_type, "text": text})}


def _is_at_a_loss(turn: Turn) -> bool:
    """Whether a visitor said hello, or seems not to know what to ask."""
    remark = turn.outcome.remark if isinstance(turn.outcome, Reply) else None
    return remark is not None and remark.kind in {"greeting", "help", "identity", "nonsense", "command"}
