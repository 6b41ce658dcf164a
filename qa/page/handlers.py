"""Event handlers of the conversation: each returns the new values of the components that change."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from qa.errors import QAError
from qa.page.changes import Changes, inform
from qa.page.document_handlers import DocumentHandlers
from qa.page.elements import Markup
from qa.page.questions import checked, noted
from qa.page.reader_handlers import ReaderHandlers
from qa.page.sessions import Sessions
from qa.page.views.turns import ShownTurn, examples_html, latest_html, row_of
from qa.page.visits import Visit, Visits
from qa.presentation import Feedback, Turn
from qa.results import Reply
from qa.suggestions import Examples, offered

log = logging.getLogger(__name__)

MOST_EXAMPLES, MOST_RELATED = 5, 3
"""The most questions to try, and the most related questions after an answer."""


class Handlers:
    """Handles the events of the conversation.

    A `session` is the name under which `Sessions` and `Visits` know a visitor. An `event` is the untrusted
    JSON that the browser sends for a click. A malformed event changes nothing.

    Args:
        sessions: The documents and chatbots of all visitors.
        feedback: Where verdicts on replies are stored. None if readers are not asked for any.
    """

    def __init__(self, sessions: Sessions, feedback: Feedback | None) -> None:
        self.sessions, self.feedback, self._examples = sessions, feedback, Examples()
        self.visits, self.documents = Visits(sessions), DocumentHandlers(sessions)
        self.reader = ReaderHandlers(self.visits, self.documents)

    def arrive(self, told: str, page: str) -> Changes:
        """Fill a page that was just opened.

        Args:
            told: The state that the browser kept, as JSON, see `Visits.arrive` and
                `DocumentHandlers.welcome_back`.
            page: The name of the page.
        """
        try:
            kept = json.loads(told)
        except ValueError:
            kept = {}
        kept = kept if isinstance(kept, dict) else {}
        visit, is_known = self.visits.arrive(page, kept)
        session, shown = visit.token, kept.get("next")
        unseen = [
            ShownTurn(turn, number)
            for number, turn in visit.turns.items()
            if not isinstance(shown, int) or number >= shown
        ]
        known = {
            "token": session,
            "known": is_known,
            "conversation": visit.conversation,
            "finished": list(visit.finished),
            "turns": [row_of(turn, rated=self.feedback is not None) for turn in unseen],
        }
        return {
            "session": session,
            "visit": json.dumps(known),
            **self.documents.lists(session),
            "document": self.documents.first_html(session),
            "uploads": self.documents.welcome_back(kept, session),
        }

    def leave(self, page: str) -> None:
        """Note that a page was closed."""
        self.visits.leave(page)

    def suggest(self, session: str) -> Changes:
        """Make example questions for the documents of a session, which can take seconds."""
        self._examples.of(self.sessions.chatbot(session), about=self.sessions.added(session))
        return {"examples": self.examples(session, open=not self.visits.of(session).next)}

    def ask(self, event: Any, session: str) -> Iterator[Changes]:
        """Answer a question: show it at once, then the progress, then the reply and its evidence.

        Args:
            event: `question`, `threshold` (the lowest confidence, 0 to 1), `asked` (the browser's id of this
                question) and `conversation` (how often the browser has started over). A question from an
                earlier conversation is dropped. With `alone`, the question is read without the previous
                turns. `unasked` has the ids of the documents to leave out.
            session: The visitor.
        """
        try:
            question, threshold = str(event["question"]), float(event["threshold"])
            conversation, asked = int(event["conversation"]), str(event.get("asked", ""))
            unasked = {str(one) for one in event.get("unasked") or ()}
        except (LookupError, TypeError, ValueError, AttributeError):
            return
        visit = self.visits.of(session)
        if not 0 <= threshold <= 1 or not visit.follows(conversation):
            return
        if not question.strip():
            inform("Type a question about the text first.", "Nothing asked")
            return
        number = visit.next

        def progress(words: str) -> Changes:
            # Repeat the previous turn: if both updates come together, the browser sees only the second.
            former = [ShownTurn(visit.turns[number - 1], number - 1)] if number - 1 in visit.turns else []
            return {"latest": self._latest(visit, *former, ShownTurn(Turn(question, words), number, asked))}

        yield {**progress("Searching"), "examples": self.examples(session, open=False)}
        outcome: Reply | QAError | str = "Searching"
        try:
            history = () if event.get("alone") else visit.history()
            chatbot = self.sessions.chatbot(session)
            steps = chatbot.stream(
                question,
                min_confidence=threshold,
                history=history,
                documents=checked(chatbot.documents.ids, unasked),
            )
            for step in noted(steps, self.sessions):
                if visit.conversation != conversation:
                    return
                if isinstance(step, Reply):
                    outcome = step
                else:
                    count = len(step.passages)
                    yield progress("Reading 1 passage" if count == 1 else f"Reading {count} passages")
        except QAError as error:
            outcome = error
        yield self._finish(Turn(question, outcome), visit, asked)

    def start_over(self, event: Any, session: str) -> Changes:
        """Begin a new conversation, or with `undo` go back to the previous one.

        Args:
            event: `conversation`, how often the browser has started over, including this time.
            session: The visitor.
        """
        try:
            conversation, undo = int(event["conversation"]), bool(event.get("undo"))
        except (LookupError, TypeError, ValueError, AttributeError):
            return {}
        visit = self.visits.of(session)
        if undo:
            visit.undo(conversation)
            return {}
        visit.start_over(conversation)
        return {"document": self.documents.first_html(session), "examples": self.examples(session)}

    def rate(self, event: Any, session: str) -> Changes:
        """Store a verdict on a reply. `rated` is the event as JSON if it was stored, else empty.

        Args:
            event: `turn`, the number of a turn, and `verdict`.
            session: The visitor.
        """
        import gradio as gr

        try:
            reply = self.visits.of(session).turns[event["turn"]].outcome
            if self.feedback is None or not isinstance(reply, Reply):
                return {"rated": ""}
            self.feedback.add(str(event["verdict"]), reply)
        except QAError as error:
            log.warning("%s", error)  # only for the owner: it names a path on this machine
            gr.Warning("Your feedback could not be saved.", title="Not saved")
            return {"rated": ""}
        except (LookupError, TypeError):
            return {"rated": ""}
        return {"rated": json.dumps({"turn": event["turn"], "verdict": event["verdict"]})}

    def examples(self, session: str, *, open: bool = True) -> Markup:
        """Return questions from the latest `suggest`: after an answer, those related to it."""
        visit, made = self.visits.of(session), self._examples.made(self.sessions.chatbot(session))
        asked, answer = visit.asked(), visit.answer()
        related = () if answer is None else offered(made, asked, count=MOST_RELATED, near=answer)
        if related:
            return examples_html(related, open=True, title="Related questions")
        return examples_html(offered(made, asked, count=MOST_EXAMPLES), open=open)

    def _latest(self, visit: Visit, *turns: ShownTurn) -> Markup:
        return latest_html(turns, visit.conversation, rated=self.feedback is not None)

    def _finish(self, turn: Turn, visit: Visit, asked: str) -> Changes:
        """Add a finished turn to the conversation, one per question typed, and open its first evidence."""
        new = [turn]
        if isinstance(turn.outcome, Reply) and turn.outcome.more:
            replies = (replace(turn.outcome, more=()), *turn.outcome.more)
            new = [Turn(reply.question, reply) for reply in replies]
        shown = [ShownTurn(one, visit.add(one, asked), asked) for one in new]
        changes: Changes = {
            "latest": self._latest(visit, *shown),
            "examples": self.examples(visit.token, open=_is_at_a_loss(turn)),
            **self.documents.lists(visit.token),  # other visitors may have changed the shared documents
        }
        return {**changes, **self.reader.first(visit.token, shown[0].number, turn)}


def _is_at_a_loss(turn: Turn) -> bool:
    """Whether the visitor said hello, or does not seem to know what to ask."""
    remark = turn.outcome.remark if isinstance(turn.outcome, Reply) else None
    return remark is not None and remark.kind in {"greeting", "help", "identity", "nonsense", "command"}
