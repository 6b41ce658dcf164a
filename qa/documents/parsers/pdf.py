"""PDF parser: the paragraphs of a file, and the offset at which each page begins."""

from __future__ import annotations

from io import BytesIO

from pypdf import PageObject, PdfReader

from qa.documents.document import Document
from qa.documents.parsers.pdf_lines import clean, page_lines
from qa.documents.parsers.pdf_paragraphs import join_lines
from qa.documents.parsers.running_heads import drop_running_heads
from qa.errors import DocumentError

MAX_PAGES = 3_000

CHARACTERS_PER_UNKNOWN = 5
"""If more than one in this many characters is not mapped to Unicode, the file is refused."""


def pdf_document(name: str, data: bytes) -> Document:
    """Extract the text of a PDF, with its pages and title.

    Lines are joined to paragraphs, with a blank line between them. Words hyphenated at a line end are made
    whole. A paragraph may continue on the next page. Page numbers and other running heads are left out.

    Args:
        name: The id of the document, used in messages too.
        data: The bytes of the file.

    Raises:
        DocumentError: The file is encrypted, has too many pages, or contains no text, perhaps images of it.
        Exception: Of any kind, if the file is damaged or not a PDF.
    """
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(f"{name!r} is locked with a password: save it without one")
    pages = reader.pages
    if len(pages) > MAX_PAGES:
        raise DocumentError(
            f"{name!r} has {len(pages):,} pages and at most {MAX_PAGES:,} can be read: split it"
        )
    metadata = reader.metadata
    is_tex = metadata is not None and "tex" in f"{metadata.producer} {metadata.creator}".lower()
    stated_title = None if metadata is None else metadata.title
    title = clean(stated_title, is_tex=is_tex) if isinstance(stated_title, str) else ""
    lines = [page_lines(page, is_tex=is_tex) for page in pages]
    drop_running_heads(lines, title)
    text, page_offsets = join_lines(lines)
    if not text.strip():
        has_images = any(_has_image(page) for page in pages)
        found = "images but no text: run text recognition (OCR) on it" if has_images else "no text"
        raise DocumentError(f"{name!r} contains {found}")
    if text.count("\N{REPLACEMENT CHARACTER}") * CHARACTERS_PER_UNKNOWN > len(text):
        raise DocumentError(f"{name!r} does not say which letters it shows: run text recognition (OCR) on it")
    return Document(name, text, title=title or None, pages=page_offsets)


def _has_image(page: PageObject) -> bool:
    resources = page.get("/Resources")
    objects = None if resources is None else resources.get_object().get("/XObject")
    items = [] if objects is None else [item.get_object() for item in objects.get_object().values()]
    return any(item is not None and item.get("/Subtype") == "/Image" for item in items)
