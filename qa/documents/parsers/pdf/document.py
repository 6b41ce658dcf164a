"""PDF parser: the paragraphs of a file, and the offset at which each page begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.document import Document
from qa.documents.formats import OCR_ADVICE
from qa.documents.parsers.pdf.annotations import annotation_lines
from qa.documents.parsers.pdf.bookmarks import Bookmark, bookmarks
from qa.documents.parsers.pdf.characters import UNKNOWN, is_tex_file, page_quarter, turned
from qa.documents.parsers.pdf.english_words import is_english
from qa.documents.parsers.pdf.footnotes import mark_footnotes
from qa.documents.parsers.pdf.grid import Cell, Grid
from qa.documents.parsers.pdf.layout import reading_order
from qa.documents.parsers.pdf.letters import is_letter_salad
from qa.documents.parsers.pdf.lines import Line, clean, segments
from qa.documents.parsers.pdf.paragraphs import PlacedLine, join_lines
from qa.documents.parsers.pdf.ruled_tables import ruled_tables
from qa.documents.parsers.pdf.rules import page_rules
from qa.documents.parsers.pdf.running_heads import drop_running_heads
from qa.documents.parsers.pdf.seen_words import seen_words
from qa.documents.parsers.pdf.structure import pdf_structure
from qa.documents.parsers.pdf.words import Word, page_words
from qa.errors import DocumentError, PictureOfTextError

MAX_PAGES = 3_000

CHARACTERS_PER_UNKNOWN = 5
"""If more than one in this many characters is not mapped to Unicode, the file is refused."""

_LOCKED = "is locked with a password: save it without one"

MAX_NAMED = 10
"""The most pages that a note names."""


@dataclass(frozen=True, slots=True)
class PdfText:
    """The text of a PDF, and what its structure is derived from.

    Attributes:
        text: The text.
        title: The title that the file states, empty if it states none.
        pages: The offset at which each page begins.
        lines: The lines with their font size, weight, place and offsets, in the order of the text.
        bookmarks: The outline.
        notes: Which pages could not be read, or are only pictures.
    """

    text: str
    title: str
    pages: tuple[int, ...]
    lines: Sequence[PlacedLine]
    bookmarks: Sequence[Bookmark]
    notes: tuple[str, ...]


def pdf_document(
    name: str, data: bytes, *, on_progress: Callable[[int, int], None] | None = None
) -> Document:
    """Extract the text of a PDF, with its pages, title and structure.

    Lines are joined into paragraphs, with a blank line between them. Words and addresses that are split at a
    line end are rejoined. Columns are read one after the other, table rows as `| cell | cell |`. A paragraph
    may continue on the next page. Page numbers are left out; other running heads are read once.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.
        on_progress: Called with the number of pages read and of all pages.

    Raises:
        DocumentError: The file is encrypted, has too many pages, contains no text (perhaps images of it), or
            does not map its letters to Unicode.
        Exception: Of any kind, if the file is damaged or not a PDF.
    """
    pdf = pdf_text(name, data, on_progress=on_progress)
    blocks = pdf_structure(pdf.text, pdf.lines, pdf.bookmarks)
    return Document(name, pdf.text, pdf.title or None, pages=pdf.pages, blocks=blocks, notes=pdf.notes)


def pdf_text(name: str, data: bytes, *, on_progress: Callable[[int, int], None] | None = None) -> PdfText:
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
        is_tex = is_tex_file(file)
        title = " ".join(clean(file.get_metadata_value("Title"), is_tex=is_tex).split())
        if file.get_formtype() != api.FORMTYPE_NONE:
            file.init_forms()
        pages = list(_pages(file, on_progress, is_tex=is_tex))
        unread = [number for number, page in enumerate(pages, 1) if page.is_damaged]
        if len(unread) == count:
            raise ValueError("no page can be read")
        drop_running_heads([page.lines for page in pages], [page.bounds for page in pages], title)
        ordered = [[*reading_order(page.lines), *page.aside] for page in pages]
        mark_footnotes(ordered)
        text, offsets, placed = join_lines(ordered, is_english)
        _check(name, text, has_images=any(page.has_only_images for page in pages))
        scanned = [number for number, page in enumerate(pages, 1) if page.has_only_images]
        notes = _note(unread, "could not be read", "could not be read") + _note(
            scanned, "is a picture", "are pictures"
        )
        return PdfText(text, title, offsets, placed, bookmarks(file), notes)


def _note(numbers: Sequence[int], one: str, several: str) -> tuple[str, ...]:
    """Return a note on pages, with `one` or `several` as its predicate; none if there are no pages."""
    if not numbers:
        return ()
    named = [str(number) for number in numbers[:MAX_NAMED]]
    if len(numbers) > MAX_NAMED:
        named.append(f"{len(numbers) - MAX_NAMED} others")
    if len(named) == 1:
        return (f"page {named[0]} {one}",)
    return (f"pages {', '.join(named[:-1])} and {named[-1]} {several}",)


def _check(name: str, text: str, *, has_images: bool) -> None:
    """Raise a `DocumentError` if a text is empty or unreadable."""
    if not text.strip():
        if has_images:
            raise PictureOfTextError(f"{name!r} contains images but no text: {OCR_ADVICE}")
        raise DocumentError(f"{name!r} contains no text")
    if text.count(UNKNOWN) * CHARACTERS_PER_UNKNOWN > len(text):
        raise PictureOfTextError(
            f"{name!r} has no usable text (its fonts do not map to Unicode): {OCR_ADVICE}"
        )
    if is_letter_salad(text):
        raise PictureOfTextError(
            f"{name!r} has no usable text (its fonts map to the wrong letters): {OCR_ADVICE}"
        )


@dataclass(slots=True)
class _Page:
    """The content of a page.

    Attributes:
        lines: Its lines, in drawing order.
        aside: Lines that are set aside: turned ones and notes.
        bounds: The heights of its bottom and top edge.
        has_only_images: Whether it has images but no text.
        is_damaged: Whether it could not be read.
    """

    lines: list[Line] = field(default_factory=list)
    aside: list[Line] = field(default_factory=list)
    bounds: tuple[float, float] = (0.0, 0.0)
    has_only_images: bool = False
    is_damaged: bool = False


def _pages(
    file: pdfium.PdfDocument, on_progress: Callable[[int, int], None] | None, *, is_tex: bool
) -> Iterator[_Page]:
    count = len(file)
    for position in range(count):
        if on_progress is not None:
            on_progress(position, count)
        yield _page(file, position, is_tex=is_tex)


def _page(file: pdfium.PdfDocument, position: int, *, is_tex: bool) -> _Page:
    try:
        page = file[position]
    except pdfium.PdfiumError:
        return _Page(is_damaged=True)
    with closing(page):
        found = _shown(page_words(page, is_tex=is_tex), page)
        quarter = max(found, key=lambda turn: len(found[turn])) if found else page_quarter(page)
        upright = [word for word in found.get(quarter, ()) if not word.oblique]
        lines, asides = _lines(page, quarter, upright, is_tex=is_tex)
        left, bottom, right, top = page.get_bbox()
        has_only_images = not found and _has_image(page)
    others = [[word for word in words if turn != quarter or word.oblique] for turn, words in found.items()]
    heights = sorted((turned(left, bottom, quarter)[1], turned(right, top, quarter)[1]))
    return _Page(
        lines,
        _asides(others, is_tex=is_tex) + asides,
        (heights[0], heights[1]),
        has_only_images,
    )


def _lines(
    page: pdfium.PdfPage, quarter: int, words: Sequence[Word], *, is_tex: bool
) -> tuple[list[Line], list[Line]]:
    """Return the lines of upright words and of form fields, and those of notes.

    Each cell of a ruled table is read by itself.
    """
    grid = Grid(page_rules(page, quarter), words)
    by_cell: dict[Cell | None, list[Word]] = {None: [] if grid else list(words)}
    for word in words if grid else ():
        by_cell.setdefault(grid.cell(word), []).append(word)
    cells = {cell: segments(inside, is_tex=is_tex) for cell, inside in by_cell.items()}
    annotations = list(annotation_lines(page, quarter, [line for lines in cells.values() for line in lines]))
    for line in annotations:
        if not line.aside:
            cells.setdefault(grid.cell(line), []).append(line)
    outside = cells.pop(None)
    tables = ruled_tables({cell: lines for cell, lines in cells.items() if cell is not None})
    return outside + tables, [line for line in annotations if line.aside]


def _shown(found: dict[int, list[Word]], page: pdfium.PdfPage) -> dict[int, list[Word]]:
    """Return the words that readers see: those that are drawn, or the recognised ones of a scan."""
    found = seen_words(page, found)
    hidden = sum(word.hidden for words in found.values() for word in words)
    if not hidden:
        return found
    drawn = sum(map(len, found.values())) - hidden
    if hidden > 2 * drawn and _has_image(page):
        return found
    return {turn: [w for w in words if not w.hidden] for turn, words in found.items()} if drawn else {}


def _asides(directions: Sequence[Sequence[Word]], *, is_tex: bool) -> list[Line]:
    """Return the lines of words that are turned differently from most, in drawing order."""
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
