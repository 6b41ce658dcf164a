"""Rivals: the candidates that are shown beside a guess, and what is said where documents differ."""

from __future__ import annotations

from qa.presentation.citation import page_label
from qa.results import Answer, Citation, Reply
from qa.settings import DEFAULTS

DIFFER = "The documents differ:"


def rivals(reply: Reply) -> tuple[Answer, ...]:
    """Return the best alternatives to a guess; nothing if there is none."""
    return () if reply.perhaps is None else reply.alternatives[: DEFAULTS.rivals]


def dated_place(citation: Citation) -> str:
    """Return the document, the page and the date that it states: "minutes.pdf, page 2, 14 March 2026"."""
    document, date = citation.document, citation.date
    written = None if date is None else f"{date.day} {date:%B %Y}"
    return ", ".join(filter(None, (document.id, page_label(document, citation.span), written)))
