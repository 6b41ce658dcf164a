"""Document list and upload status as HTML."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from qa.documents import Document
from qa.page.elements import Markup, button, element
from qa.settings import DEFAULTS


@dataclass(frozen=True, slots=True)
class Upload:
    """A file or text that is being added or removed.

    Attributes:
        name: The name to show.
        state: What to say of it, as the rest of a sentence that begins with the name.
        failed: Whether that is the end, and a bad one.
        done: Whether that is the end, and a good one.
        can_undo: Whether it is a removal that can be undone for a while.
    """

    name: str
    state: str
    failed: bool = False
    done: bool = False
    can_undo: bool = False


def document_list_html(
    documents: Sequence[Document], session_documents: Collection[str], *, keep: bool
) -> Markup:
    """Return the list of documents, each with buttons that open and remove it.

    Args:
        documents: All documents. The first `Settings.listed_documents` are listed, the rest is counted.
        session_documents: The ids of those that only this session has.
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
    """Return what became of the latest uploads, and why those that failed did."""
    if not uploads:
        return Markup("")
    items = [
        element(
            "li",
            element("span", upload.name, class_="name"),
            " ",
            element("span", upload.state, class_="state"),
            _undo_html(upload.name) if upload.can_undo else "",
            class_="failed" if upload.failed else "done" if upload.done else "busy",
        )
        for upload in uploads
    ]
    return element("ul", *items, class_="uploads")


def _item_html(document: Document, *, in_session: bool, keep: bool) -> Markup:
    lines = [element("span", document.id, class_="name")]
    if document.title is not None:
        lines.append(element("span", document.title, class_="title"))
    lines += [element("span", note, class_="title") for note in document.notes]
    if in_session:
        lines.append(element("span", "yours, in this session", class_="yours"))
    remove = "Delete the file" if keep else "Remove"
    return element(
        "li",
        button(*lines, class_="open", data_look={"document": document.id}),
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


def _undo_html(document_id: str) -> Markup:
    name = element("span", f" the removal of {document_id}", class_="unheard")
    return button("Undo", name, class_="link undo", data_restore=document_id)
