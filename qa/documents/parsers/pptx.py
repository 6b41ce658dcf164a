"""Presentation parser: the slides of a .pptx file as pages, with their tables and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from pptx import Presentation

from qa.documents.control_characters import valid_text
from qa.documents.document import Document
from qa.documents.parsers.raised_text import with_lowered, with_raised
from qa.documents.parsers.table_rows import cell_text, row_line
from qa.documents.parsers.zip_parts import ZipParts
from qa.errors import DocumentError

MAX_DEPTH = 20
"""The deepest groups inside groups."""


def pptx_document(name: str, data: bytes) -> Document:
    """Extract the text of a presentation. Each slide is a page; hidden slides are left out.

    Text boxes are read from top to bottom, a table row as `| cell | cell |`, the notes after the slide.

    Args:
        name: The id of the document, used in messages too.
        data: The bytes of the file.

    Raises:
        DocumentError: The file unpacks beyond a limit, declares entities, or contains no text.
        Exception: Of any kind, if the file is damaged or not a presentation.
    """
    parts = ZipParts(name, data)
    for path in sorted(parts.names):
        if path.lower().endswith((".xml", ".rels")):
            parts.read_xml(path)  # raises if it is too much, or declares entities
    presentation = Presentation(BytesIO(data))
    text, pages = "", []
    for slide in presentation.slides:
        blocks = [] if slide._element.get("show") == "0" else list(_slide_blocks(slide))
        words = valid_text("\n\n".join(blocks)).strip("\n")
        text += "\n\n" if text and words else ""
        pages.append(len(text))
        text += words
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    title = " ".join((presentation.core_properties.title or "").split())
    return Document(name, text, title=title or None, pages=tuple(pages))


def _slide_blocks(slide: Any) -> Iterator[str]:
    """Yield the paragraphs and tables of a slide and of its notes."""
    yield from _shape_blocks(slide.shapes, 0)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from _paragraphs(slide.notes_slide.notes_text_frame)


def _shape_blocks(shapes: Iterable[Any], depth: int) -> Iterator[str]:
    for shape in sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0)):
        if hasattr(shape, "shapes"):
            if depth < MAX_DEPTH:
                yield from _shape_blocks(shape.shapes, depth + 1)
        elif shape.has_text_frame:
            yield from _paragraphs(shape.text_frame)
        elif getattr(shape, "has_table", False):
            rows = (
                [cell_text("\n".join(_paragraphs(cell.text_frame))) for cell in row.cells]
                for row in shape.table.rows
            )
            yield "\n".join(row_line(row) for row in rows)


def _paragraphs(frame: Any) -> Iterator[str]:
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
            yield text.strip()
