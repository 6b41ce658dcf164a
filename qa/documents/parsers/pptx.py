"""Presentation parser: the slides of a .pptx file as pages, with their tables and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER

from qa.documents.block import Kind
from qa.documents.document import Document
from qa.documents.parsers.joined_text import JoinedText
from qa.documents.parsers.raised_text import with_lowered, with_raised
from qa.documents.parsers.table_rows import cell_text, row_line
from qa.documents.parsers.zip_parts import ZipParts
from qa.errors import DocumentError

MAX_DEPTH = 20
"""How deeply groups may be nested."""


_LISTS = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)


def pptx_document(name: str, data: bytes) -> Document:
    """Extract the text of a presentation. Each slide is a page; hidden slides are left out.

    Text boxes are read from top to bottom, table rows as `| cell | cell |`, and notes after their slide.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.

    Raises:
        DocumentError: The file unpacks beyond a limit, declares entities, or contains no text.
        Exception: Of any kind, if the file is damaged or not a presentation.
    """
    presentation = Presentation(ZipParts(name, data).xml_archive())
    joined, pages = JoinedText(), []
    for slide in presentation.slides:
        before, start = joined.length, joined.next_start
        if slide._element.get("show") != "0":
            _add_slide(joined, slide)
        pages.append(start if joined.length > before else before)
    if not joined.text:
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    title = " ".join((presentation.core_properties.title or "").split())
    return Document(name, joined.text, title=title or None, pages=tuple(pages), blocks=joined.structure())


def _add_slide(joined: JoinedText, slide: Any) -> None:
    """Add the paragraphs and tables of a slide and of its notes. The title of a slide is a heading."""
    title = slide.shapes.title
    _add_shapes(joined, slide.shapes, None if title is None else title.shape_id, 0)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for words, _ in _paragraphs(slide.notes_slide.notes_text_frame):
            joined.add(words)


def _add_shapes(joined: JoinedText, shapes: Iterable[Any], title: int | None, depth: int) -> None:
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        if hasattr(shape, "shapes"):
            if depth < MAX_DEPTH:
                _add_shapes(joined, shape.shapes, title, depth + 1)
        elif shape.has_text_frame:
            _add_text(joined, shape, is_title=shape.shape_id == title)
        elif getattr(shape, "has_table", False):
            rows = [
                row_line(
                    [
                        cell_text("\n".join(words for words, _ in _paragraphs(cell.text_frame)))
                        for cell in row.cells
                    ]
                )
                for row in shape.table.rows
            ]
            joined.add_table(rows, head=1 if shape.table.first_row and len(rows) > 1 else 0)


def _add_text(joined: JoinedText, shape: Any, *, is_title: bool) -> None:
    """Add the paragraphs of a shape. Several in the main text of a slide are list items."""
    paragraphs = list(_paragraphs(shape.text_frame))
    is_body = shape.is_placeholder and shape.placeholder_format.type in _LISTS
    for words, level in paragraphs:
        if is_title:
            joined.add(words, Kind.HEADING, 1)
        elif is_body and len(paragraphs) > 1:
            joined.add(words, Kind.ITEM, 1 + level)
        else:
            joined.add(words)


def _paragraphs(frame: Any) -> Iterator[tuple[str, int]]:
    """Yield the text of each paragraph, and its indentation level."""
    for paragraph in frame.paragraphs:
        text = ""
        for element in paragraph._p.iterchildren():
            if element.tag.endswith("}br"):
                text += "\n"
            words = "".join(part.text or "" for part in element.iter("{*}t"))
            properties = element.find("{*}rPr")
            if properties is not None and properties.get("strike", "noStrike") != "noStrike":
                continue
            baseline = int(properties.get("baseline", "0")) if properties is not None else 0
            if baseline > 0:
                text = with_raised(text, words)
            else:
                text = with_lowered(text, words) if baseline < 0 else text + words
        if text.strip():
            yield text.strip(), paragraph.level
