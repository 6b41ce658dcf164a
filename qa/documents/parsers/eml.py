"""E-mail parser: who wrote to whom when about what, and the text of an .eml file."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from qa.documents.control_characters import valid_text
from qa.documents.document import Document
from qa.documents.parsers.html import html_document
from qa.errors import DocumentError

_HEADERS = ("Subject", "From", "To", "Cc", "Date")


def eml_document(name: str, data: bytes) -> Document:
    """Extract the text of an e-mail after its headers; attachments are named, not read.

    Args:
        name: The id of the document, used in messages too.
        data: The bytes of the file.

    Raises:
        DocumentError: There is neither a known header nor a text.
        Exception: Of any kind, if the file is damaged.
    """
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    headers = [
        f"{key}: {value}" for key in _HEADERS if (value := " ".join(str(message.get(key) or "").split()))
    ]
    if not headers:
        raise DocumentError(f"{name!r} is not an e-mail, whatever its name says: save it again")
    attachments = [f"Attachment: {file}" for file in _attachments(message)]
    blocks = ["\n".join([*headers, *attachments]), _body(name, message)]
    text = valid_text("\n\n".join(block for block in blocks if block.strip()))
    title = " ".join(str(message.get("Subject") or "").split())
    return Document(name, text, title=title or None)


def _body(name: str, message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = part.get_content()
    if part.get_content_subtype() != "html":
        return str(content).replace("\r\n", "\n").strip("\n")
    try:
        return html_document(name, f'<meta charset="utf-8">{content}'.encode(), is_whole=True).text
    except DocumentError:  # a page without text
        return ""


def _attachments(message: EmailMessage) -> Iterator[str]:
    for part in message.iter_attachments():
        file = " ".join((part.get_filename() or "").split())
        if file:
            yield file
