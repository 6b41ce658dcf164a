"""OpenDocument parser: headings, paragraphs, tables and notes of an .odt file, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qa.documents.block import Kind
from qa.documents.document import Document
from qa.documents.parsers.joined_text import JoinedText
from qa.documents.parsers.raised_text import with_lowered, with_raised
from qa.documents.parsers.table_rows import cell_text, row_line, spanned_columns
from qa.documents.parsers.zip_parts import ZipParts
from qa.errors import DocumentError

MAX_SPACES = 100
"""The most spaces that one element may represent, whatever the file says."""

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_HEADING = f"{_TEXT}h"
_PARAGRAPHS = (f"{_TEXT}p", _HEADING)
_SKIPPED = (f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}note-citation", f"{_OFFICE}forms")
_RAISED, _LOWERED, _STRUCK = 1, -1, 0


def odt_document(name: str, data: bytes) -> Document:
    """Extract the text of an OpenDocument text, with its notes at the end.

    A paragraph becomes a line, with a blank line after it. A table row becomes a line `| cell | cell |`.
    Struck-out and deleted text is left out; a raised mark is separated from the word before it.

    Args:
        name: The id of the document, also used in messages.
        data: The bytes of the file.

    Raises:
        DocumentError: The file is locked, unpacks beyond a limit, or contains no text.
        Exception: Of any kind, if the file is damaged or not an OpenDocument text.
    """
    parts = ZipParts(name, data)
    if b"encryption-data" in parts.read("META-INF/manifest.xml"):
        raise DocumentError(f"{name!r} is locked with a password: save it without one")
    content = parts.xml("content.xml")
    reader = _Reader(_styles(content))
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    joined = JoinedText()
    for part in reader.parts(body):
        if part.rows:
            joined.add_table(part.rows, head=part.level)
        else:
            joined.add(part.words, part.kind, part.level)
    for note in reader.notes:
        joined.add(note)
    if not joined.text:
        raise DocumentError(f"{name!r} contains no text: add some or remove it")
    title = ""
    if "meta.xml" in parts.names:
        title = parts.xml("meta.xml").findtext(".//{http://purl.org/dc/elements/1.1/}title") or ""
    return Document(name, joined.text, title=" ".join(title.split()) or None, blocks=joined.structure())


def _styles(content: Any) -> dict[str, int]:
    """Return the names of the styles whose text is raised, lowered or struck out."""
    found: dict[str, int] = {}
    for style in content.iter(f"{_STYLE}style"):
        for properties in style.iter(f"{_STYLE}text-properties"):
            position = properties.get(f"{_STYLE}text-position", "")
            if properties.get(f"{_STYLE}text-line-through-style", "none") != "none":
                found[style.get(f"{_STYLE}name", "")] = _STRUCK
            elif position.startswith("super") or (position[:1].isdigit() and not position.startswith("0")):
                found[style.get(f"{_STYLE}name", "")] = _RAISED
            elif position.startswith(("sub", "-")):
                found[style.get(f"{_STYLE}name", "")] = _LOWERED
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph or table.

    Attributes:
        words: The text of a paragraph.
        kind: Heading, item or paragraph.
        level: The outline level of a heading, the depth of an item, the number of heading rows of a table.
        rows: The rows of a table as lines.
    """

    words: str
    kind: Kind = Kind.PARAGRAPH
    level: int = 0
    rows: tuple[str, ...] = ()


class _Reader:
    """Reads elements, and collects the notes in them."""

    def __init__(self, styles: dict[str, int]) -> None:
        self._styles = styles
        self.notes: list[str] = []

    def parts(self, parent: Any) -> Iterator[_Part]:
        """Yield the paragraphs and tables in an element."""
        # Not recursive, since hostile files may be nested deeply. Each entry: the remaining children, the
        # depth of lists, whether the next paragraph begins an item.
        stack: list[list[Any]] = [[iter(parent), 0, False]]
        while stack:
            children, depth, begins_item = stack[-1]
            element = next(children, None)
            if element is None:
                stack.pop()
            elif element.tag in _PARAGRAPHS:
                stack[-1][2] = False
                words = self._paragraph(element).strip()
                if not words:
                    continue
                if element.tag == _HEADING:
                    yield _Part(words, Kind.HEADING, _number(element, f"{_TEXT}outline-level", 1))
                elif begins_item:
                    yield _Part(words, Kind.ITEM, depth)
                else:
                    yield _Part(words)
            elif element.tag == f"{_TABLE}table":
                rows = tuple(self._rows(element))
                head = element.find(f"{_TABLE}table-header-rows")
                if rows:
                    marked = 0 if head is None else len(head.findall(f"{_TABLE}table-row"))
                    yield _Part("", level=marked if marked < len(rows) else 0, rows=rows)
            elif element.tag not in _SKIPPED:
                is_list, is_item = element.tag == f"{_TEXT}list", element.tag == f"{_TEXT}list-item"
                stack.append([iter(element), depth + is_list, is_item])

    def texts(self, parent: Any) -> Iterator[str]:
        """Yield the text of each paragraph and table in an element."""
        for part in self.parts(parent):
            yield part.words if not part.rows else "\n".join(part.rows)

    def _rows(self, table: Any) -> Iterator[str]:
        for row in table.iter(f"{_TABLE}table-row"):
            if next(row.iterancestors(f"{_TABLE}table")) is not table:
                continue
            cells: list[str] = []
            for cell in row:
                if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                    continue
                declared = cell.get(f"{_TABLE}number-columns-repeated", "1")
                text = cell_text("\n".join(self.texts(cell)))
                cells += [text] * spanned_columns(int(declared) if declared.isdecimal() else 1)
            if any(cells):
                yield row_line(cells)

    def _paragraph(self, paragraph: Any) -> str:
        """Return the text of a paragraph, followed by that of the text boxes anchored in it."""
        text = paragraph.text or ""
        boxes: list[str] = []
        # Each entry: the remaining children, the text after the element, whether its own is raised, lowered
        # or struck out.
        stack: list[tuple[Any, str, int | None]] = [(iter(paragraph), "", None)]
        while stack:
            children, tail, _ = stack[-1]
            element = next(children, None)
            if element is None:
                stack.pop()
                position = next((entry[2] for entry in reversed(stack) if entry[2] is not None), None)
                text = _added(text, tail, position)
                continue
            after = element.tail or ""
            position = next((entry[2] for entry in reversed(stack) if entry[2] is not None), None)
            tag = element.tag
            if tag == f"{_TEXT}note":
                body = element.find(f"{_TEXT}note-body")
                self.notes += [] if body is None else self.texts(body)
                text = _added(text, after, position)
            elif tag in _SKIPPED or not isinstance(tag, str):
                text = _added(text, after, position)
            elif tag == f"{_TABLE}table" or tag in _PARAGRAPHS:  # in a text box
                boxes += self.texts([element])
                text = _added(text, after, position)
            else:
                own = (
                    self._styles.get(element.get(f"{_TEXT}style-name", "")) if tag == f"{_TEXT}span" else None
                )
                position = position if own is None else own
                text = _added(text, _characters(element) + (element.text or ""), position)
                stack.append((iter(element), after, own))
        return "\n".join((text, *(box.strip() for box in boxes)))


def _number(element: Any, name: str, default: int) -> int:
    """Return an attribute that is a number, at least 1."""
    declared = element.get(name, "")
    return max(1, int(declared)) if declared.isdecimal() and len(declared) < 3 else default


def _characters(element: Any) -> str:
    """Return the characters that an element represents."""
    if element.tag == f"{_TEXT}s":
        count = element.get(f"{_TEXT}c", "1")
        return " " * min(MAX_SPACES, int(count) if count.isdecimal() else 1)
    return {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}.get(element.tag, "")


def _added(text: str, more: str, position: int | None) -> str:
    """Append text, which may be raised, lowered or struck out."""
    if not more or position == _STRUCK:
        return text
    if position == _RAISED:
        return with_raised(text, more)
    return with_lowered(text, more) if position == _LOWERED else text + more
