"""Word parser: paragraphs, tables, footnotes and endnotes of a .docx file, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from qa.documents.blocks import Block, Kind
from qa.documents.control_characters import NOT_IN_WORD
from qa.documents.document import Document
from qa.documents.parsers.docx_styles import WordStyles
from qa.documents.parsers.docx_tables import WordTable
from qa.documents.parsers.table_rows import cell_text
from qa.documents.span import Span
from qa.documents.structure import structure
from qa.documents.tables import with_headings
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
_TEXT, _HIDDEN, _BOLD = qn("w:t"), qn("w:vanish"), qn("w:b")
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
    writer = _Writer(WordStyles(document.part))
    writer.write(document.element.body)
    for notes in _footnotes(document.part):
        writer.write(notes, in_notes=True)
    text, blocks = writer.result()
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    title = _title(document.part.package)
    return Document(name, text, title=title, blocks=structure(text, blocks))


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


def _footnotes(part: Any) -> Iterator[Any]:
    """Yield the elements that hold footnotes and endnotes."""
    for relationship in part.rels.values():
        if relationship.reltype in (_FOOTNOTES, _ENDNOTES) and not relationship.is_external:
            yield parse_xml(relationship.target_part.blob)


class _Writer:
    """Writes paragraphs and tables as text, with their blocks."""

    def __init__(self, styles: WordStyles) -> None:
        self._styles = styles
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []

    def result(self) -> tuple[str, list[Block]]:
        """Return all that was written, and its blocks."""
        # Every paragraph and table is stripped, so nothing is in front of the first.
        blocks = [
            replace(block, kind=Kind.PARAGRAPH) if block.kind is Kind.TABLE and not block.cells else block
            for block in self._blocks
        ]
        return "".join(self._pieces).rstrip("\n"), blocks

    def write(self, parent: Any, *, in_notes: bool = False) -> None:
        """Write the paragraphs and tables in an element, in order."""
        for element in _elements(parent):
            if element.tag == _TABLE:
                self._write_table(element)
                continue
            words = _clean(_paragraph_text(element)).strip()
            if not words:
                continue
            role = self._styles.role(element)
            mark = "" if in_notes else role.mark
            span = Span(self._length, self._length + len(mark) + len(words))
            content = Span(span.start + len(mark), span.end) if mark else None
            kind = Kind.FOOTNOTE if in_notes else role.kind
            self._blocks.append(Block(kind, span, role.level, content))
            self._append(f"{mark}{words}\n\n")

    def _write_table(self, table: Any) -> None:
        grid = WordTable()
        lines: list[str] = []
        length = 0
        for row in _direct(table, _ROW, _TABLE):
            cells = [(cell, _cell_words(cell)) for cell in _direct(row, _CELL, _ROW)]
            lines.append(grid.add_row(row, cells, start=length))
            length += len(lines[-1]) + 1
        found = grid.cells(_is_bold)
        if found:
            if not any(cell.is_heading for cell in found):
                found = with_headings("\n".join(lines), found)
            block = Block(Kind.TABLE, Span(0, length - 1), cells=tuple(found)).shift(self._length)
            caption = self._caption()
            if caption is not None:
                block = replace(block, span=Span(caption.start, block.span.end), caption=caption)
            self._blocks.append(block)
        self._append("".join(f"{line}\n" for line in lines) + "\n")

    def _caption(self) -> Span | None:
        """Return the paragraph before a table if it is a caption, and make it a part of the table."""
        if self._blocks and self._blocks[-1].kind is Kind.TABLE and not self._blocks[-1].cells:
            return self._blocks.pop().span
        return None

    def _append(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)


def _elements(parent: Any) -> Iterator[Any]:
    """Yield the paragraphs and tables in an element, those in content controls and the like too."""
    return _walk(parent, lambda element: element.tag in (_PARAGRAPH, _TABLE))


def _clean(text: str) -> str:
    return NOT_IN_WORD.sub("", text)


def _cell_words(cell: Any) -> str:
    """Return the text of a cell on one line; a table inside it has bars."""
    inner = _Writer(WordStyles(None))
    inner.write(cell)
    return cell_text(inner.result()[0])


def _is_bold(cell: Any) -> bool:
    """Return whether all words of a cell are bold."""
    runs = [run for run in cell.iter(_RUN) if any((text.text or "").strip() for text in run.iter(_TEXT))]
    return bool(runs) and all(any(mark.get(_VALUE) not in _OFF for mark in run.iter(_BOLD)) for run in runs)


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
