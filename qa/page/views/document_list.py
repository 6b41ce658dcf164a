"""Document list and upload status as HTML."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa.documents import Document
from qa.page.elements import Markup, button, element
from qa.settings import DEFAULTS
from qa.turns import document_kind


@dataclass(frozen=True, slots=True)
class Upload:
    """A file or text that is being added or removed.

    Attributes:
        name: The name to show.
        state: Its state, as the rest of a sentence that begins with the name.
        failed: Whether it ended in failure.
        done: Whether it ended in success.
        can_undo: Whether it is a removal that can be undone for a while.
        number: The number of its arrival; None if there is nothing to stop or dismiss.
        share: The share that is done, from 0 to 1. None if not known.
    """

    name: str
    state: str
    failed: bool = False
    done: bool = False
    can_undo: bool = False
    number: int | None = None
    share: float | None = None


def document_list_html(
    documents: Sequence[Document], session_documents: Collection[str], *, keep: bool
) -> Markup:
    """Return the list of documents, each with buttons that open and remove it.

    Args:
        documents: All documents. The first `Settings.listed_documents` are listed, the rest are counted.
        session_documents: The ids of the documents that only this session has.
        keep: Whether removing a document deletes its file, which needs a second click.
    """
    items = [
        _item_html(document, in_session=document.id in session_documents, keep=keep)
        for document in documents[: DEFAULTS.listed_documents]
    ]
    heading = element(
        "h2", "Documents ", element("span", f"{len(documents):,}", class_="count"), tabindex="-1"
    )
    rest = len(documents) - DEFAULTS.listed_documents
    note = ""
    if rest > 0:
        note = element("p", f"and {rest:,} more", class_="note")
    elif not documents:
        note = element("p", "No documents yet: add some below.", class_="note")
    return heading + element("ul", *items, class_="document-list") + note


def uploads_html(uploads: Sequence[Upload]) -> Markup:
    """Return the status of the latest uploads, with the reasons of failures."""
    if not uploads:
        return Markup("")
    return element("ul", *map(_upload_html, uploads), class_="uploads")


def _upload_html(upload: Upload) -> Markup:
    parts = [element("span", upload.name, class_="name"), " ", element("span", upload.state, class_="state")]
    if upload.can_undo:
        parts += [" ", _undo_html(upload.name)]
    if upload.share is not None:
        parts.append(element("progress", max=100, value=round(100 * upload.share), aria_label="Done so far"))
    if upload.number is not None and not upload.done:
        word = "Dismiss" if upload.failed else "Stop"
        parts.append(button("×", class_="stop", aria_label=f"{word} {upload.name}", data_stop=upload.number))
    kind = "failed" if upload.failed else "done" if upload.done else "busy"
    return element("li", *parts, class_=kind, data_number=upload.number)


def _item_html(document: Document, *, in_session: bool, keep: bool) -> Markup:
    name = document.id if document.title is None else document.title
    facts = [] if document.title is None else [document.id]
    facts += [document_kind(document.id), _extent(document), *document.notes]
    if in_session:
        facts.append("yours")
    remove = "Delete the file" if keep else "Remove"
    return element(
        "li",
        element("input", type="checkbox", checked=True, aria_label=f"Ask {name}", data_asked=document.id),
        button(
            element("span", name, class_="name"),
            element("span", " · ".join(facts), class_="facts"),
            class_="open",
            data_look={"document": document.id},
        ),
        button(
            "×",
            class_="remove",
            aria_label=f"{remove} {document.id}",
            title=remove,
            data_remove=document.id,
            data_confirm=keep,
        ),
        data_added=document.id if in_session else None,
    )


def _extent(document: Document) -> str:
    pages = len(document.pages)
    if pages:
        return "1 page" if pages == 1 else f"{pages:,} pages"
    return f"{len(document.text):,} characters"


def _undo_html(document_id: str) -> Markup:
    name = element("span", f" the removal of {document_id}", class_="unheard")
    return button("Undo", name, class_="link undo", data_restore=document_id)
