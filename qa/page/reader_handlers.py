"""Event handlers of the document panel: what is opened in it, and pictures of pages."""

from __future__ import annotations

from typing import Any

from qa.documents import page_picture, suffix_of
from qa.errors import DocumentError
from qa.page.changes import Changes, inform
from qa.page.document_handlers import DocumentHandlers
from qa.page.elements import Markup
from qa.page.views.document import Track, document_html, evidence_html
from qa.page.views.page_picture import no_picture_html, picture_html
from qa.page.visits import Visits
from qa.presentation import Evidence, Turn, evidence, passages_read
from qa.results import Reply

TRACKS = {"evidence": evidence, "passages": passages_read}
"""The lists of evidence that a reply can be explored by."""

GONE = "The file itself is no longer on the server."


class ReaderHandlers:
    """What happens in the document panel. A `session` and an `event` are what they are for `Handlers`.

    Args:
        visits: The conversations.
        documents: The documents, and their list.
    """

    def __init__(self, visits: Visits, documents: DocumentHandlers) -> None:
        self.visits, self.documents = visits, documents

    def first(self, session: str, number: int, turn: Turn) -> Changes:
        """Open the first evidence of a turn, if it has any."""
        found = evidence(turn.outcome) if isinstance(turn.outcome, Reply) else ()
        if not found:
            return {}
        return {"document": self._html(session, Track(number, "evidence", found), 0)}

    def look(self, event: Any, session: str) -> Changes:
        """Open what a button names in the document panel.

        If the document was removed, say so and update the list. So it is said of a turn that a restarted
        server does not know.

        Args:
            event: `document`, the id of one, or `turn`, `track` and `position` of a piece of evidence; with
                `part` that part of the document.
            session: The visitor.
        """
        try:
            part = None if event.get("part") is None else int(event["part"])
            if "document" in event:
                document = self.documents.of(session).find(event["document"])
                if document is None:
                    inform(f"{event['document']} is no longer there.", "Gone")
                    return self.documents.lists(session)
                return {"document": document_html(document, part=0 if part is None else part)}
            visit = self.visits.of(session)
            if event["turn"] in range(visit.next) and event["turn"] not in visit.turns:
                inform("The server no longer has this place: ask the question again.", "Asked before")
                return {}
            return {"document": self._html(session, self._track(session, event), event["position"], part)}
        except (LookupError, TypeError, ValueError, AttributeError):
            return {}

    def picture(self, event: Any, session: str) -> Changes:
        """Draw the page of a piece of evidence, or say why it cannot be drawn.

        Args:
            event: `turn`, `track` and `position` of the evidence.
            session: The visitor, whose own documents alone are drawn, and those of all.
        """
        try:
            track = self._track(session, event)
            one, target = track.evidence[event["position"]], track.target(event["position"])
        except (LookupError, TypeError):
            return {}
        path = self.documents.sessions.file(session, one.document)
        if path is None or not _has_pictures(one):
            return {"picture": no_picture_html(target, GONE)}
        try:
            picture = page_picture(one.document, one.span, path)
        except DocumentError as error:
            return {"picture": no_picture_html(target, f"This page cannot be drawn: {error}")}
        return {"picture": picture_html(target, one, picture)}

    def _track(self, session: str, event: Any) -> Track:
        """Return the list of evidence that an event names.

        Raises:
            LookupError: There is none.
        """
        reply = self.visits.of(session).turns[event["turn"]].outcome
        if not isinstance(reply, Reply):
            raise LookupError("it has no reply")
        return Track(event["turn"], event["track"], TRACKS[event["track"]](reply))

    def _html(self, session: str, track: Track, position: int, part: int | None = None) -> Markup:
        one = track.evidence[position]
        drawn = _has_pictures(one) and self.documents.sessions.file(session, one.document) is not None
        return evidence_html(track, position, part=part, drawn=drawn)


def _has_pictures(one: Evidence) -> bool:
    return bool(one.document.pages) and suffix_of(one.document.id) == ".pdf"
