"""Bookmarks of a PDF: the entries of its outline."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pypdfium2 as pdfium

from qa.documents.parsers.pdf.lines import clean

MAX_BOOKMARKS, MAX_BOOKMARK_DEPTH = 5_000, 8
"""Further entries of the outline are not read."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline of a PDF.

    Attributes:
        title: Its words.
        level: Its depth, from 0.
        page: The index of the page that it leads to, from 0; None if unknown.
    """

    title: str
    level: int
    page: int | None


def bookmarks(file: pdfium.PdfDocument) -> list[Bookmark]:
    """Return the entries of the outline, with their depth and page."""
    result = []
    for entry in islice(file.get_toc(max_depth=MAX_BOOKMARK_DEPTH), MAX_BOOKMARKS):
        title = clean(entry.get_title() or "", is_tex=False)
        destination = entry.get_dest()
        page = None if destination is None else destination.get_index()
        if title:
            result.append(Bookmark(title, entry.level, page))
    return result
