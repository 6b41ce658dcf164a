"""Word parser: paragraphs, tables, footnotes and endnotes of a .docx file, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from qa.documents.block import Block, Kind
from qa.documents.control_characters import NOT_IN_WORD
from qa.documents.document import Document
from qa.documents.heading_rows import with_headings
from qa.documents.parsers.docx.margins import Margins
from qa.documents.parsers.docx.runs import paragraph_text, walk
from qa.documents.parsers.docx.styles import WordStyles
from qa.documents.parsers.docx.tables import WordTable
from qa.documents.parsers.docx.toggles import is_on
from qa.documents.parsers.table_rows import cell_text
from qa.documents.parsers.zip_parts import ZipParts
from qa.documents.span import Span
from qa.documents.structure import structure
from qa.errors import DocumentError

_OPEN_XML = b"http://schemas.openxmlformats.org/"

# The names that strict documents and templates use, and those of ordinary documents.
_OTHER_NAMES = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", _OPEN_XML + b"wordprocessingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        _OPEN_XML + b"officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", _OPEN_XML + b"officeDocument/2006/math"),
    (b"wordprocessingml.template.main+xml", b"wordprocessingml.document.main+xml"),
)

_FOOTNOTES, _ENDNOTES = RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES
_PARAGRAPH, _TABLE, _ROW, _CELL, _RUN = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "r"))
_TEXT, _BOLD = qn("w:t"), qn("w:b")
_DELETED_ROW = f"{qn('w:trPr')}/{qn('w:del')}"
_DELETED_MARKS = tuple(
    f"{qn('w:pPr')}/{qn('w:rPr')}/{qn(tag)}" for tag in ("w:del", "w:moveFrom", "w:vanish")
)


def docx_document(name: str, data: bytes) -> Document:
    """Extract the text of a Word document or template.

    Page headers come first; footers, footnotes and endnotes come last. A paragraph becomes a line, with a
    blank line after it. A table row becomes a line `| cell | cell |`. Raised text is separated from the word
    before it, unless it is an exponent. Check boxes become ☒ or ☐. Hidden, struck-out and deleted text is
    left out, and so are the placeholders of content controls. The title is that in the document's properties.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.

    Raises:
        DocumentError: The file unpacks beyond a limit, declares entities, or contains no text.
        Exception: Of any kind, if the file is damaged or not a Word document.
    """
    parts = ZipParts(name, data)
    if not any(path.startswith("word/") for path in parts.names):
        raise DocumentError(f"{name!r} is an archive or another kind of document, not a Word document")
    document = docx.Document(parts.xml_archive(_ordinary))
    writer = _Writer(WordStyles(document.part))
    body = document.element.body
    margins = Margins(document.part, body)
    for header in margins.headers:
        writer.write(header, is_read=margins.is_read)
    writer.write(body)
    for footer in margins.footers:
        writer.write(footer, is_read=margins.is_read)
    for notes in _footnotes(document.part):
        writer.write(notes, in_notes=True)
    text, blocks = writer.result()
    if not text.strip():
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    title = _title(document.part.package)
    return Document(name, text, title=title, blocks=structure(text, blocks))


def _ordinary(content: bytes) -> bytes:
    """Return a part with the names of ordinary documents."""
    for other, own in _OTHER_NAMES:
        content = content.replace(other, own)
    return content


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

    def write(
        self, parent: Any, *, in_notes: bool = False, is_read: Callable[[Any, str], bool] | None = None
    ) -> None:
        """Write the paragraphs and tables in an element, in order.

        Args:
            parent: The element.
            in_notes: Whether it holds footnotes.
            is_read: Returns whether a paragraph with these words is read. By default all are.
        """
        for element in _elements(parent):
            if element.tag == _TABLE:
                self._write_table(element)
                continue
            words = _clean(paragraph_text(element)).strip()
            if is_read is not None and not is_read(element, words):
                continue
            if not words:
                if not _is_mark_unread(element):
                    self._styles.role(element)  # empty items are numbered too
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
            if row.find(_DELETED_ROW) is not None:
                continue
            cells = [(cell, _cell_words(cell)) for cell in _direct(row, _CELL, _ROW)]
            lines.append(grid.add_row(row, cells, start=length))
            length += len(lines[-1]) + 1
        found = grid.cells(_is_bold)
        if found:
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


def _is_mark_unread(paragraph: Any) -> bool:
    """Return whether the paragraph mark is deleted or hidden."""
    return any(paragraph.find(path) is not None for path in _DELETED_MARKS)


def _elements(parent: Any) -> Iterator[Any]:
    """Yield the paragraphs and tables in an element, including those in content controls and the like."""
    return walk(parent, lambda element: element.tag in (_PARAGRAPH, _TABLE))


def _clean(text: str) -> str:
    return NOT_IN_WORD.sub("", text)


def _cell_words(cell: Any) -> str:
    """Return the text of a cell on one line, including that of nested tables."""
    inner = _Writer(WordStyles(None))
    inner.write(cell)
    return cell_text(inner.result()[0])


def _is_bold(cell: Any) -> bool:
    """Return whether all words of a cell are bold."""
    runs = [run for run in cell.iter(_RUN) if any((text.text or "").strip() for text in run.iter(_TEXT))]
    return bool(runs) and all(any(map(is_on, run.iter(_BOLD))) for run in runs)


def _direct(parent: Any, tag: str, container: str) -> list[Any]:
    """Return the `tag` elements whose nearest `container` is `parent`, not one nested in it."""
    return [element for element in parent.iter(tag) if next(element.iterancestors(container)) is parent]
