"""PDF parser: the paragraphs of a file, and the offset at which each page begins."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.document import Document
from qa.documents.parsers.english_words import is_english
from qa.documents.parsers.footnotes import mark_footnotes
from qa.documents.parsers.pdf_annotations import annotation_lines
from qa.documents.parsers.pdf_bookmarks import Bookmark, bookmarks
from qa.documents.parsers.pdf_characters import UNKNOWN, page_quarter, turned
from qa.documents.parsers.pdf_layout import reading_order
from qa.documents.parsers.pdf_letters import is_letter_salad
from qa.documents.parsers.pdf_lines import Line, clean, segments
from qa.documents.parsers.pdf_paragraphs import PlacedLine, join_lines
from qa.documents.parsers.pdf_structure import pdf_structure
from qa.documents.parsers.pdf_words import Word, page_words
from qa.documents.parsers.running_heads import drop_running_heads
from qa.errors import DocumentError

MAX_PAGES = 3_000

CHARACTERS_PER_UNKNOWN = 5
"""If more than one in this many characters is not mapped to Unicode, the file is refused."""

_LOCKED = "is locked with a password: save it without one"
_OCR = "run text recognition (OCR) on it"


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF, and what headings and tables can be made of.

    Attributes:
        text: The text.
        title: The title that the file states, an empty text if none.
        pages: The offset at which each page begins.
        lines: The lines with their font size, weight, place and offsets, in the order of the text.
        bookmarks: The outline.
    """

    text: str
    title: str
    pages: tuple[int, ...]
    lines: Sequence[PlacedLine]
    bookmarks: Sequence[Bookmark]


def pdf_document(name: str, data: bytes) -> Document:
    """Extract the text of a PDF, with its pages, title and structure.

    Lines are joined to paragraphs, with a blank line between them. Words and addresses that a line end cuts
    are made whole. Columns are read one after the other, rows of tables as `| cell | cell |`. A paragraph may
    continue on the next page. Page numbers and other running heads are left out, repeated ones but once.

    Args:
        name: The id of the document, used in messages too.
        data: The bytes of the file.

    Raises:
        DocumentError: The file is encrypted, has too many pages, contains no text, perhaps images of it, or
            does not say which letters it shows.
        Exception: Of any kind, if the file is damaged or not a PDF.
    """
    pdf = pdf_text(name, data)
    blocks = pdf_structure(pdf.text, pdf.lines, pdf.bookmarks)
    return Document(name, pdf.text, title=pdf.title or None, pages=pdf.pages, blocks=blocks)


def pdf_text(name: str, data: bytes) -> PdfText:
    """Extract the text of a PDF with its lines and bookmarks; see `pdf_document`."""
    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if api.FPDF_GetLastError() == api.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise DocumentError(f"{name!r} {_LOCKED}") from error
        raise
    with closing(file):
        count = len(file)
        if count > MAX_PAGES:
            raise DocumentError(
                f"{name!r} has {count:,} pages and at most {MAX_PAGES:,} can be read: split it"
            )
        metadata = file.get_metadata_dict()
        is_tex = "tex" in f"{metadata.get('Producer')} {metadata.get('Creator')}".lower()
        title = " ".join(clean(metadata.get("Title") or "", is_tex=is_tex).split())
        if file.get_formtype() != api.FORMTYPE_NONE:
            file.init_forms()
        pages, extras, bounds, has_images = _pages(file, is_tex=is_tex)
        drop_running_heads(pages, bounds, title)
        ordered = [[*reading_order(lines), *extra] for lines, extra in zip(pages, extras, strict=True)]
        mark_footnotes(ordered)
        text, offsets, placed = join_lines(ordered, is_english)
        _check(name, text, has_images=has_images)
        return PdfText(text, title, offsets, placed, bookmarks(file))


def _check(name: str, text: str, *, has_images: bool) -> None:
    """Raise a `DocumentError` if a text is none that can be read."""
    if not text.strip():
        found = f"images but no text: {_OCR}" if has_images else "no text"
        raise DocumentError(f"{name!r} contains {found}")
    if text.count(UNKNOWN) * CHARACTERS_PER_UNKNOWN > len(text):
        raise DocumentError(f"{name!r} does not say which letters it shows: {_OCR}")
    if is_letter_salad(text):
        raise DocumentError(f"{name!r} says other letters than it shows, so its words are none: {_OCR}")


def _pages(
    file: pdfium.PdfDocument, *, is_tex: bool
) -> tuple[list[list[Line]], list[list[Line]], list[tuple[float, float]], bool]:
    """Return the lines of each page, what stands aside of them, the bounds of the page, and about images."""
    pages: list[list[Line]] = []
    extras: list[list[Line]] = []
    bounds: list[tuple[float, float]] = []
    has_images = False
    for page in file:
        with closing(page):
            found = _shown(page_words(page, is_tex=is_tex), page)
            has_images = has_images or (not found and _has_image(page))
            quarter = max(found, key=lambda turn: len(found[turn])) if found else page_quarter(page)
            upright = [word for word in found.get(quarter, ()) if not word.oblique]
            lines = segments(upright, is_tex=is_tex)
            annotations = list(annotation_lines(page, quarter, lines))
            left, bottom, right, top = page.get_bbox()
        pages.append(lines + [line for line in annotations if not line.aside])
        others = [
            [word for word in words if turn != quarter or word.oblique] for turn, words in found.items()
        ]
        extras.append(_asides(others, is_tex=is_tex) + [line for line in annotations if line.aside])
        heights = sorted((turned(left, bottom, quarter)[1], turned(right, top, quarter)[1]))
        bounds.append((heights[0], heights[1]))
    return pages, extras, bounds, has_images


def _shown(found: dict[int, list[Word]], page: pdfium.PdfPage) -> dict[int, list[Word]]:
    """Return the words that a reader sees: those that are drawn, or the recognised ones of a scan."""
    hidden = sum(word.hidden for words in found.values() for word in words)
    if not hidden:
        return found
    drawn = sum(map(len, found.values())) - hidden
    if hidden > 2 * drawn and _has_image(page):
        return found
    return {turn: [w for w in words if not w.hidden] for turn, words in found.items()} if drawn else {}


def _asides(directions: Sequence[Sequence[Word]], *, is_tex: bool) -> list[Line]:
    """Return the lines of words that are turned otherwise than most, in the order of drawing."""
    result: list[Line] = []
    for words in directions:
        oblique = [word for word in words if word.oblique]
        others = reading_order(segments([w for w in words if not w.oblique], is_tex=is_tex))
        if oblique:
            text = clean(" ".join(word.text for word in oblique), is_tex=is_tex)
            first = oblique[0]
            others.append(Line(text, first.left, first.right, first.baseline, first.size))
        for line in others:
            line.aside = True
        result += [line for line in others if line.text]
    return result


def _has_image(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=(api.FPDF_PAGEOBJ_IMAGE,), max_depth=4))
