"""Drawing: pictures of the PDF pages that contain a quotation, with the quotation framed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from qa.documents.document import Document
from qa.documents.loader import read_file
from qa.documents.sandbox import PagePicture, Sandbox
from qa.documents.span import Span
from qa.settings import DEFAULTS

SECONDS = 10.0
"""The limit on processor time for drawing a page."""

CONTEXT = 300
"""This many characters before and after a quotation distinguish it from the same words elsewhere."""

MOST_PAGES = 3
"""The most pages that are drawn, from the first of the quotation."""


@dataclass(frozen=True, slots=True)
class QuotedPage:
    """A page that contains a quotation or a part of it.

    Attributes:
        number: The number of the page, from 1.
        words: The part of the quotation that is on it.
        picture: A picture of the page, with these words framed.
    """

    number: int
    words: str
    picture: PagePicture


def quoted_pages(document: Document, span: Span, path: Path) -> tuple[QuotedPage, ...]:
    """Draw the pages that contain a quotation, in a separate process.

    Args:
        document: The parsed file.
        span: The quotation, which has letters.
        path: The PDF file.

    Raises:
        DocumentError: The file cannot be read, or exceeds a limit.
        IndexError: The document has no pages.
    """
    if not document.pages:
        raise IndexError(f"{document.id} has no pages")
    data = read_file(path, document.id, DEFAULTS.max_file_bytes)
    found: list[QuotedPage] = []
    with Sandbox(seconds=SECONDS) as sandbox:
        # Text before the first page, if any, is on it: see `Document.page`.
        for number, (start, end) in enumerate(
            pairwise((0, *document.pages[1:], len(document.text))), start=1
        ):
            first, last = max(start, span.start), min(end, span.end)
            words = document.text[first:last]
            if words.strip() and len(found) < MOST_PAGES:
                before = document.text[max(start, first - CONTEXT) : first]
                after = document.text[last : min(end, last + CONTEXT)]
                picture = sandbox.quoted_page(document.id, data, number - 1, (before, words, after))
                found.append(QuotedPage(number, words, picture))
    return tuple(found)
