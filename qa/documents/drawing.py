"""Drawing: a page of a PDF as it looks, with a quotation framed on it."""

from __future__ import annotations

from pathlib import Path

from qa.documents.document import Document
from qa.documents.loader import read_file
from qa.documents.sandbox import PagePicture, Sandbox
from qa.documents.span import Span
from qa.settings import DEFAULTS

SECONDS = 10.0
"""The processor time for drawing a page."""

CONTEXT = 300
"""So many characters before and after tell the quotation from the same words elsewhere on its page."""


def page_picture(document: Document, span: Span, path: Path) -> PagePicture:
    """Draw the page on which a quotation begins, in a process of its own, with what of it is on this page.

    Args:
        document: What the parser made of the file.
        span: The quotation.
        path: The file, a PDF.

    Raises:
        DocumentError: The file cannot be read, or exceeds a limit.
        IndexError: The document has no pages.
    """
    data = read_file(path, document.id, DEFAULTS.max_file_bytes)
    number = document.page(span.start)
    if number is None:
        raise IndexError(f"{document.id} has no pages")
    start, end = (*document.pages, len(document.text))[number - 1 : number + 1]
    last = min(span.end, end)
    quote = (
        document.text[max(start, span.start - CONTEXT) : span.start],
        document.text[span.start : last],
        document.text[last : min(end, last + CONTEXT)],
    )
    with Sandbox(seconds=SECONDS) as sandbox:
        return sandbox.quoted_page(document.id, data, number - 1, quote)
