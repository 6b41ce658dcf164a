"""E-mail parser: the main headers and the text of an .eml file."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from qa.documents.document import Document
from qa.documents.parsers.html import html_document
from qa.documents.parsers.joined_text import JoinedText
from qa.errors import DocumentError

_HEADERS = ("Subject", "From", "To", "Cc", "Date")


def eml_document(name: str, data: bytes) -> Document:
    """Extract the main headers and the text of an e-mail; attachments are named, not read.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.

    Raises:
        DocumentError: The file has none of these headers.
        Exception: Of any kind, if the file is damaged.
    """
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    headers = [
        f"{key}: {value}" for key in _HEADERS if (value := " ".join(str(message.get(key) or "").split()))
    ]
    if not headers:
        raise DocumentError(f"{name!r} is not an e-mail, despite its name: save it again")
    attachments = [f"Attachment: {file}" for file in _attachments(message)]
    joined = JoinedText()
    joined.add("\n".join([*headers, *attachments]))
    body = _body(name, message)
    joined.add_text(body.text, body.blocks)
    title = " ".join(str(message.get("Subject") or "").split())
    return Document(name, joined.text, title=title or None, blocks=joined.structure())


def _body(name: str, message: EmailMessage) -> Document:
    """Return the text of an e-mail, with its blocks if it is a web page."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return Document(name, "")
    content = part.get_content()
    if part.get_content_subtype() != "html":
        return Document(name, str(content).replace("\r\n", "\n"))
    try:
        return html_document(name, f'<meta charset="utf-8">{content}'.encode(), is_whole=True)
    except DocumentError:  # a page without text
        return Document(name, "")


def _attachments(message: EmailMessage) -> Iterator[str]:
    for part in message.iter_attachments():
        file = " ".join((part.get_filename() or "").split())
        if file:
            yield file
