"""Event handlers of the document panel: opening documents and evidence, and drawing pages."""

from __future__ import annotations

from typing import Any

from qa.documents import quoted_pages, suffix_of
from qa.errors import DocumentError
from qa.page.changes import Changes, inform
from qa.page.document_handlers import DocumentHandlers
from qa.page.elements import Markup
from qa.page.views.document import TRACKS, Track, document_html, evidence_html
from qa.page.views.page_picture import no_picture_html, picture_html
from qa.page.visits import Visits
from qa.presentation import Evidence, Turn, evidence, found_again
from qa.results import Reply

MOST_KEPT = 200
"""The most places of a turn that are taken from a browser."""

GONE = "The file itself is no longer on the server."


class ReaderHandlers:
    """Handles the events of the document panel. For `session` and `event`, see `Handlers`.

    Args:
        visits: The conversations.
        documents: Handles documents and their list.
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
        """Open the document or evidence that a button names.

        If the document was removed, inform the visitor and update the list. Also inform the visitor if this
        server does not know the turn and the browser has not kept its places.

        Args:
            event: `document`, a document's id, or `turn`, `track` and `position` of a piece of evidence;
                optionally `part`, the part of the document to show. `kept` has the places of the track as
                the browser keeps them.
            session: The visitor.
        """
        visit = self.visits.of(session)
        try:
            part = None if event.get("part") is None else int(event["part"])
            name = event.get("document")
            if name is None:
                turn, position = event["turn"], event["position"]
                if turn in range(visit.next) and turn not in visit.turns and not event.get("kept"):
                    inform("The server no longer has this place: ask the question again.", "Asked before")
                    return {}
                track = self._track(session, event)
                shown = track.evidence[position].document
        except (LookupError, TypeError, ValueError, AttributeError):  # not an event of our page
            return {}
        if name is not None:
            document = self.documents.of(session).find(str(name))
            if document is None:
                return self._gone(session, f"{name} is no longer there.")
            return {"document": document_html(document, part=0 if part is None else part)}
        if not shown.text:
            return self._gone(session, f"{shown.id} is no longer there, or says something else there now.")
        return {"document": self._html(session, track, position, part)}

    def picture(self, event: Any, session: str) -> Changes:
        """Draw the pages of a piece of evidence, or say why they cannot be drawn.

        Args:
            event: `turn`, `track` and `position` of the evidence, and `kept`, see `look`.
            session: The visitor. Only the visitor's own documents and the shared ones are drawn.
        """
        try:
            track = self._track(session, event)
            one, target = track.evidence[event["position"]], track.target(event["position"])
        except (AttributeError, LookupError, TypeError, ValueError):
            return {}
        path = self.documents.sessions.file(session, one.document)
        if path is None or not _has_pictures(one):
            return {"picture": no_picture_html(target, GONE)}
        try:
            pages = quoted_pages(one.document, one.span, path)
        except DocumentError as error:
            return {"picture": no_picture_html(target, f"This page cannot be drawn: {error}")}
        return {"picture": picture_html(target, one, pages)}

    def _track(self, session: str, event: Any) -> Track:
        """Return the list of evidence that an event names.

        If this server does not know the turn, the list is made from the places that the browser kept.

        Raises:
            AttributeError, LookupError, TypeError, ValueError: there is no such list.
        """
        turn, name = event["turn"], event["track"]
        if not isinstance(turn, int):
            raise TypeError("it is no number of a turn")
        known = self.visits.of(session).turns.get(turn)
        if known is None:
            documents = self.documents.of(session)
            kept = event["kept"][:MOST_KEPT]
            return Track(turn, name, tuple(found_again(one, documents) for one in kept))
        if not isinstance(known.outcome, Reply):
            raise LookupError("it has no reply")
        return Track(turn, name, TRACKS[name](known.outcome))

    def _gone(self, session: str, words: str) -> Changes:
        inform(words, "Gone")
        return self.documents.lists(session)

    def _html(self, session: str, track: Track, position: int, part: int | None = None) -> Markup:
        one = track.evidence[position]
        drawn = _has_pictures(one) and self.documents.sessions.file(session, one.document) is not None
        return evidence_html(track, position, part=part, drawn=drawn)


def _has_pictures(one: Evidence) -> bool:
    is_pdf = bool(one.document.pages) and suffix_of(one.document.id) == ".pdf"
    return is_pdf and bool(one.document[one.span].strip())
