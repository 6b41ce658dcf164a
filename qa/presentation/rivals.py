"""Rivals: the candidates that are shown beside a guess, and the wording where documents differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from qa.documents import in_heading
from qa.presentation.citation import page_label
from qa.results import Answer, Citation, Reply
from qa.settings import DEFAULTS

DIFFER = "The documents differ:"


def rivals(reply: Reply) -> tuple[Answer, ...]:
    """Return the best alternatives to a guess, each from a different sentence; none if there is no guess.

    Headings, and alternatives less confident than `Settings.least_rival`, are left out.
    """
    return tuple(islice(_rivals(reply), DEFAULTS.rivals))


def _rivals(reply: Reply) -> Iterator[Answer]:
    if reply.perhaps is None:
        return
    shown = {_sentence(one) for one in (reply.perhaps, *reply.perhaps.evidence)}
    for one in reply.alternatives:
        if one.confidence < DEFAULTS.least_rival or in_heading(one.document, one.span):
            continue
        if _sentence(one) in shown:
            continue
        shown.add(_sentence(one))
        yield one


def _sentence(citation: Citation) -> str:
    return " ".join(citation.document[citation.sentence].casefold().split())


def dated_place(citation: Citation) -> str:
    """Return the document, the page and the document's date: "minutes.pdf, page 2, 14 March 2026"."""
    document, date = citation.document, citation.date
    written = None if date is None else f"{date.day} {date:%B %Y}"
    return ", ".join(filter(None, (document.id, page_label(document, citation.span), written)))
