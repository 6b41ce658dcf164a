"""The documents as HTML: which there are, what came of those that were added, and what may be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa.documents import Document
from qa.page.highlight import attribute, escape, request
from qa.settings import DEFAULTS


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file or text that somebody adds: how far it is, and whether that is the end, good or bad."""

    name: str
    state: str
    failed: bool = False
    done: bool = False


def document_list_html(documents: Sequence[Document], own: Collection[str], *, kept: bool) -> str:
    """The list of documents, each to be opened and removed; those of ids in `own` are the visitor's.

    With `kept`, removing one deletes its file, so it must be asked for twice.
    """
    items = "".join(
        _item_html(document, document.id in own, kept) for document in documents[: DEFAULTS.listed_documents]
    )
    rest = len(documents) - DEFAULTS.listed_documents
    more = f'<p class="note">and {rest:,} more</p>' if rest > 0 else ""
    none = "" if documents else '<p class="note">No documents yet: add some below.</p>'
    return (
        f'<h2 tabindex="-1">Documents <span class="count">{len(documents):,}</span></h2>'
        f'<ul class="shelf">{items}</ul>{more}{none}'
    )


def arrivals_html(arrivals: Sequence[Arrival]) -> str:
    """What became of what was added last; why, where it failed."""
    if not arrivals:
        return ""
    items = "".join(
        f'<li class="{"failed" if one.failed else "done" if one.done else "busy"}">'
        f'<span class="name">{escape(one.name)}</span> <span class="state">{escape(one.state)}</span></li>'
        for one in arrivals
    )
    return f'<ul class="arrivals">{items}</ul>'


def _item_html(document: Document, own: bool, kept: bool) -> str:
    title = "" if document.title is None else f'<span class="of">{escape(document.title)}</span>'
    yours = '<span class="yours">yours, in this session</span>' if own else ""
    name = attribute(document.id)
    remove = "Delete the file" if kept else "Remove"
    return (
        f'<li><button type="button" class="open" data-look="{request(document=document.id)}">'
        f'<span class="name">{escape(document.id)}</span>{title}{yours}</button>'
        f'<button type="button" class="remove" aria-label="{remove} {name}" title="{remove}" '
        f'data-twice="{int(kept)}" data-remove="{name}">×</button></li>'
    )
