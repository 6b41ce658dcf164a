"""E-book parser: the chapters of an .epub file in reading order, each read as a web page."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from qa.documents.document import Document
from qa.documents.parsers.html import html_document
from qa.documents.parsers.joined_text import JoinedText
from qa.documents.parsers.zip_parts import ZipParts
from qa.errors import DocumentError

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"  # only in protected books
_PAGE_TYPES = ("application/xhtml+xml", "text/html")


def epub_document(name: str, data: bytes) -> Document:
    """Extract the text of an e-book: its chapters in reading order, with a blank line between them.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.

    Raises:
        DocumentError: The book is protected, unpacks beyond a limit, or contains no text.
        Exception: Of any kind, if the file is damaged or not an e-book.
    """
    parts = ZipParts(name, data)
    if _RIGHTS in parts.names:
        raise DocumentError(f"{name!r} is protected against copying: save it without protection")
    package = parts.xml(_CONTAINER).find(".//{*}rootfile").get("full-path")
    book = parts.xml(package)
    joined = JoinedText()
    for path in _chapters(book, posixpath.dirname(package)):
        if path in parts.names:
            content = parts.read(path)
            try:
                chapter = html_document(name, content, is_whole=True)
            except DocumentError:  # a cover, for example, has no text
                continue
            joined.add_text(chapter.text, chapter.blocks)
    if not joined.text:
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    title = " ".join((book.findtext(".//{http://purl.org/dc/elements/1.1/}title") or "").split())
    return Document(name, joined.text, title=title or None, blocks=joined.structure())


def _chapters(book: Any, folder: str) -> Iterator[str]:
    """Yield the paths of the chapters in reading order, without the table of contents."""
    items = {item.get("id"): item for item in book.iterfind(".//{*}manifest/{*}item")}
    for reference in book.iterfind(".//{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGE_TYPES:
            continue
        if "nav" not in (item.get("properties") or "").split():
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
