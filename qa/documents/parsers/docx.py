"""Word parser: paragraphs, tables, footnotes and endnotes of a .docx file, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from qa.documents.control_characters import NOT_IN_WORD
from qa.documents.document import Document
from qa.documents.parsers.table_rows import cell_text, row_line, spanned_columns
from qa.errors import DocumentError

MAX_PARTS = 10_000
"""The most files in the archive."""

MAX_EXPANDED_BYTES = 64 * 1024 * 1024
"""The most bytes of XML in the archive, unpacked."""

MAX_RATIO = 200
"""The highest compression ratio of a part larger than `SMALL_PART`. XML text compresses ten- to
thirtyfold; only a zip bomb reaches a thousand."""

SMALL_PART = 1024 * 1024

_READ_BYTES = 1024 * 1024  # unpacked at once
_XML = (".xml", ".rels")

_FOOTNOTES, _ENDNOTES = RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES
_PARAGRAPH, _TABLE, _ROW, _CELL, _RUN = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "r"))
_CELL_PROPERTIES, _COLUMN_SPAN = qn("w:tcPr"), qn("w:gridSpan")
_TEXT, _HIDDEN = qn("w:t"), qn("w:vanish")
_CHARACTERS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
# Word adds fallbacks for programs that cannot show the content beside them.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = (qn("w:del"), qn("w:moveFrom"), _FALLBACK)
_VALUE, _OFF = qn("w:val"), ("0", "false", "off")


def docx_document(name: str, data: bytes) -> Document:
    """Extract the text of a Word document, with footnotes and endnotes at the end.

    A paragraph becomes a line, with a blank line after it. A table row becomes a line `| cell | cell |`.
    Hidden text and tracked deletions are left out. The title is that of the document's properties.

    Args:
        name: The id of the document, used in messages too.
        data: The bytes of the file.

    Raises:
        DocumentError: The file unpacks beyond a limit, declares a document type, or contains no text.
        Exception: Of any kind, if the file is damaged or not a Word document.
    """
    document = docx.Document(_unpacked(name, data))
    blocks = [*_blocks(document.element.body), *_footnotes(document.part)]
    text = NOT_IN_WORD.sub("", "".join(blocks)).strip("\n")
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    return Document(name, text, title=_title(document.part.package))


def _unpacked(name: str, data: bytes) -> BytesIO:
    """Return the archive uncompressed and without content other than XML, after checking its limits."""
    copy, total = BytesIO(), 0
    with ZipFile(BytesIO(data)) as packed, ZipFile(copy, "w", ZIP_STORED) as plain:
        parts = packed.infolist()
        if not any(part.filename.startswith("word/") for part in parts):
            raise DocumentError(f"{name!r} is an archive or another kind of document, not a Word document")
        if len(parts) > MAX_PARTS:
            raise DocumentError(f"{name!r} has {len(parts):,} parts and at most {MAX_PARTS:,} can be read")
        for part in parts:
            is_xml = part.filename.lower().endswith(_XML)
            content = _read_part(name, packed, part, MAX_EXPANDED_BYTES - total) if is_xml else b""
            total += len(content)
            plain.writestr(part.filename, content)
    copy.seek(0)
    return copy


def _read_part(name: str, archive: ZipFile, part: ZipInfo, budget: int) -> bytes:
    """Unpack one XML part of at most `budget` bytes. The sizes that the archive declares are not trusted."""
    limit = min(budget, max(SMALL_PART, MAX_RATIO * part.compress_size))
    content = bytearray()
    with archive.open(part) as file:
        while piece := file.read(_READ_BYTES):
            content += piece
            if len(content) > limit:
                raise DocumentError(f"{name!r} unpacks to far too much data: save its text as .txt")
    if b"<!DOCTYPE" in content[:_READ_BYTES]:
        raise DocumentError(f"{name!r} declares a document type, which Word never does: save it again")
    return bytes(content)


def _title(package: Any) -> str | None:
    """Return the title in the document's properties."""
    for relationship in package.rels.values():
        # LibreOffice and Word use different prefixes for the type of this relationship.
        if relationship.reltype.endswith("/metadata/core-properties") and not relationship.is_external:
            properties = parse_xml(relationship.target_part.blob)
            return " ".join((properties.findtext(qn("dc:title")) or "").split()) or None
    return None


def _footnotes(part: Any) -> Iterator[str]:
    """Yield the paragraphs of footnotes and endnotes."""
    for relationship in part.rels.values():
        if relationship.reltype in (_FOOTNOTES, _ENDNOTES) and not relationship.is_external:
            yield from _blocks(parse_xml(relationship.target_part.blob))


def _blocks(parent: Any) -> Iterator[str]:
    """Yield the paragraphs and tables in an element in order, each with the line ends after it."""
    # Walk, since content controls and the like contain paragraphs too.
    for element in _walk(parent, lambda element: element.tag in (_PARAGRAPH, _TABLE)):
        if element.tag == _PARAGRAPH:
            text = _paragraph_text(element).strip()
            if text:
                yield f"{text}\n\n"
        else:
            yield "".join(f"{_row(row)}\n" for row in _direct(element, _ROW, _TABLE)) + "\n"


def _row(row: Any) -> str:
    """Return a table row as a line. A cell that spans columns leaves all but its first empty."""
    cells: list[str] = []
    for cell in _direct(row, _CELL, _ROW):
        cells.append(cell_text("".join(_blocks(cell))))
        span = cell.find(f"{_CELL_PROPERTIES}/{_COLUMN_SPAN}")
        declared = "1" if span is None else span.get(_VALUE, "1")
        cells += [""] * (spanned_columns(int(declared)) - 1 if declared.isdecimal() else 0)
    return row_line(cells)


def _direct(parent: Any, tag: str, container: str) -> list[Any]:
    """Return the `tag` elements whose nearest `container` is `parent`, not one nested in it."""
    return [element for element in parent.iter(tag) if next(element.iterancestors(container)) is parent]


def _paragraph_text(paragraph: Any) -> str:
    """Return the text of a paragraph, followed by that of text boxes anchored in it."""
    text: list[str] = []
    boxes: list[str] = []
    for element in _walk(paragraph, _is_content):
        if element.tag == _TEXT:
            text.append(element.text or "")
        elif element.tag == _PARAGRAPH:
            boxes.append(_paragraph_text(element))
        else:
            text.append(_CHARACTERS.get(element.tag, ""))  # nothing for a hidden run
    return "\n".join(("".join(text), *boxes))


def _is_content(element: Any) -> bool:
    """Return whether an element in a paragraph is read as a whole, or skipped as a whole if it is hidden."""
    return element.tag in (_PARAGRAPH, _TEXT) or element.tag in _CHARACTERS or _is_hidden(element)


def _walk(parent: Any, is_leaf: Callable[[Any], bool]) -> Iterator[Any]:
    """Yield the elements inside `parent` that are leaves, in order. Leaves are not searched."""
    stack = [iter(parent)]  # not recursive, since hostile files are nested deeply
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif is_leaf(element):
            yield element
        elif element.tag not in _SKIPPED:
            stack.append(iter(element))


def _is_hidden(element: Any) -> bool:
    """Return whether an element is a run of hidden text."""
    return element.tag == _RUN and any(mark.get(_VALUE) not in _OFF for mark in element.iter(_HIDDEN))
