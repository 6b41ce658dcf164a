"""A Word document becomes a document: its paragraphs and tables, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from qa.documents.control_characters import NOT_IN_WORD
from qa.documents.document import Document
from qa.errors import DocumentError

MAX_PARTS = 10_000
"""The files that its archive may hold."""

MAX_EXPANDED_BYTES = 64 * 1024 * 1024
"""What the parts that hold text may be when unpacked, all together."""

MAX_RATIO = 200
"""So many times its packed size a part may be when unpacked, if it is larger than `SMALL_PART`: text in XML
is packed to a tenth or a thirtieth of its size, and nothing but a trap to a thousandth."""

SMALL_PART = 1024 * 1024

COLUMNS = 50
"""As many at most as one cell is taken to span."""

_STEP = 1024 * 1024
_XML = (".xml", ".rels")

_FOOTNOTES, _ENDNOTES = RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES
_PARAGRAPH, _TABLE, _ROW, _CELL, _RUN = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "r"))
_CELL_FORM, _SPAN = qn("w:tcPr"), qn("w:gridSpan")
_TEXT, _TAB, _HIDDEN = qn("w:t"), qn("w:tab"), qn("w:vanish")
_HYPHEN = qn("w:noBreakHyphen")
_BREAKS = (qn("w:br"), qn("w:cr"))
_SAID = (_PARAGRAPH, _TEXT, _TAB, _HYPHEN, *_BREAKS)  # of what stands in a paragraph
# What Word keeps for programs that cannot show the same thing better, which stands beside it.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = (qn("w:del"), qn("w:moveFrom"), _FALLBACK)
_VALUE, _OFF = qn("w:val"), ("0", "false", "off")


def docx_document(name: str, data: bytes) -> Document:
    """The text of a Word document, footnotes at its end, with the title in its properties.

    A paragraph is a line, with an empty line after it; a row of a table is a line `| cell | cell |`.
    Hidden text and text deleted or moved away under revision are left out.

    Raises:
        DocumentError: it unpacks to more than the limits, declares a document type, or holds no text.
        Exception: of any kind, if it is damaged or no Word document.
    """
    document = docx.Document(_unpacked(name, data))
    blocks = [*_blocks(document.element.body), *_footnotes(document.part)]
    text = NOT_IN_WORD.sub("", "".join(blocks)).strip("\n")
    if not text.strip():
        raise DocumentError(f"{name!r} holds no text: write some in it or take it away")
    return Document(name, text, title=_title(document.part.package))


def _unpacked(name: str, data: bytes) -> BytesIO:
    """The same archive with nothing packed and nothing but XML in it, within the limits.

    Whatever the archive says of the sizes, no more is unpacked than may be.
    """
    copy, total = BytesIO(), 0
    with ZipFile(BytesIO(data)) as packed, ZipFile(copy, "w", ZIP_STORED) as plain:
        parts = packed.infolist()
        if not any(part.filename.startswith("word/") for part in parts):
            raise DocumentError(f"{name!r} is an archive or another kind of document, not one of Word")
        if len(parts) > MAX_PARTS:
            raise DocumentError(f"{name!r} holds {len(parts):,} parts and at most {MAX_PARTS:,} can be read")
        for part in parts:
            content = bytearray()
            if part.filename.lower().endswith(_XML):
                with packed.open(part) as file:
                    while step := file.read(_STEP):
                        content += step
                        if total + len(content) > MAX_EXPANDED_BYTES or (
                            len(content) > max(SMALL_PART, MAX_RATIO * part.compress_size)
                        ):
                            raise DocumentError(
                                f"{name!r} unpacks to far more than a document holds: save its text as .txt"
                            )
                if b"<!DOCTYPE" in content[:_STEP]:
                    raise DocumentError(f"{name!r} declares a document type, as no Word document does")
            total += len(content)
            plain.writestr(part.filename, bytes(content))
    copy.seek(0)
    return copy


def _title(package: Any) -> str | None:
    """What the document's properties call it."""
    for relationship in package.rels.values():
        # LibreOffice names this relationship by another address than Word.
        if relationship.reltype.endswith("/metadata/core-properties") and not relationship.is_external:
            properties = parse_xml(relationship.target_part.blob)
            return " ".join((properties.findtext(qn("dc:title")) or "").split()) or None
    return None


def _footnotes(part: Any) -> Iterator[str]:
    """The paragraphs of the footnotes and endnotes."""
    for relationship in part.rels.values():
        if relationship.reltype in (_FOOTNOTES, _ENDNOTES) and not relationship.is_external:
            yield from _blocks(parse_xml(relationship.target_part.blob))


def _blocks(parent: Any) -> Iterator[str]:
    """The paragraphs and rows in an element, in order, each with the line ends after it."""
    # Content controls and the like hold paragraphs too.
    for element in _walk(parent, lambda element: element.tag in (_PARAGRAPH, _TABLE)):
        if element.tag == _PARAGRAPH:
            words = _words(element).strip()
            if words:
                yield f"{words}\n\n"
        else:
            yield "".join(f"{_line(row)}\n" for row in _own(element, _ROW, _TABLE)) + "\n"


def _line(row: Any) -> str:
    """A table's row as a line, what its cells hold each in one; a cell leaves further columns empty."""
    cells: list[str] = []
    for cell in _own(row, _CELL, _ROW):
        cells.append(" ".join("".join(_blocks(cell)).split()).replace("|", "\\|"))
        span = cell.find(f"{_CELL_FORM}/{_SPAN}")
        wide = "1" if span is None else span.get(_VALUE, "1")
        cells += [""] * (min(COLUMNS, int(wide)) - 1 if wide.isdecimal() else 0)
    return f"| {' | '.join(cells)} |"


def _own(parent: Any, tag: str, within: str) -> list[Any]:
    """The elements of a tag that are the parent's and not of another of its kind inside it."""
    return [element for element in parent.iter(tag) if next(element.iterancestors(within)) is parent]


def _words(paragraph: Any) -> str:
    """What a paragraph says, boxes of text anchored in it after its own words."""
    words: list[str] = []
    boxes: list[str] = []
    for element in _walk(paragraph, lambda element: element.tag in _SAID or _hidden(element)):
        if element.tag == _TEXT:
            words.append(element.text or "")
        elif element.tag == _TAB:
            words.append("\t")
        elif element.tag in _BREAKS:
            words.append("\n")
        elif element.tag == _HYPHEN:
            words.append("-")
        elif element.tag == _PARAGRAPH:
            boxes.append(_words(element))
    return "\n".join(("".join(words), *boxes))


def _walk(parent: Any, whole: Callable[[Any], bool]) -> Iterator[Any]:
    """The elements inside that are taken `whole`, in order; nothing in them or skipped is looked at."""
    stack = [iter(parent)]  # not by recursion, for what arrives may be deep
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif whole(element):
            yield element
        elif element.tag not in _SKIPPED:
            stack.append(iter(element))


def _hidden(element: Any) -> bool:
    """Whether it is a run that is not to be seen."""
    return element.tag == _RUN and any(mark.get(_VALUE) not in _OFF for mark in element.iter(_HIDDEN))
