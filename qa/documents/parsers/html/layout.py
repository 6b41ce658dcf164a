"""Layout of a web page as text: paragraphs, lines and words separated as in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from qa.documents.block import Block, Cell, Kind
from qa.documents.heading_rows import with_headings
from qa.documents.span import Span, strip_span

MAX_HEADING = 300
"""A longer heading, in characters, is a paragraph."""

_WHITE_SPACE = " \t\n\r\f"  # as HTML defines it
_SPACES = re.compile(f"[{_WHITE_SPACE}]+")
_WORD_BREAKS = re.compile("[\xad\u200b]")  # invisible marks of where a word may be broken
_SEPARATORS = ("", " ", "\n", "\n\n")  # from narrow to wide

_PARAGRAPHS = frozenset({
    "html", "body", "main", "article", "section", "header", "footer", "aside", "address", "div", "p",
    "blockquote", "center", "pre", "hr", "form", "fieldset", "legend", "details", "summary",
    "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "dt", "dd", "figure", "figcaption", "table",
    "caption", "menu", "dialog", "hgroup", "search",
})  # fmt: skip
_LINES = frozenset({"li", "tr", "thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
_LINE_END = 20  # characters before raised text that determine its meaning
_LINE_PIECES = 10


class LaidOut(NamedTuple):
    """Text with its blocks and the spans of its links."""

    text: str
    blocks: list[Block]
    links: list[Span]

    def followed_by(self, other: LaidOut) -> LaidOut:
        """Return this text and another one after a blank line."""
        if not self.text or not other.text:
            return self if self.text else other
        start = len(self.text) + 2
        return LaidOut(
            f"{self.text}\n\n{other.text}",
            [*self.blocks, *(block.shift(start) for block in other.blocks)],
            [*self.links, *(link.shift(start) for link in other.links)],
        )


class TextLayout:
    """Writer of laid-out text: one space between words, a blank line between blocks.

    Attributes:
        marker: The prefix of the next text written, such as the bullet of a list item.
        role: Returns a block of the kind to which text written now belongs, with a dummy span.
        length: The number of characters written.
        in_link: Whether text written now is a link.
    """

    def __init__(self, role: Callable[[], Block]) -> None:
        self.marker = ""
        self.role = role
        self.length = 0
        self.in_link = False
        self._links: list[Span] = []
        self._pieces: list[str] = []
        self._separator = ""
        self._blocks: list[_Draft] = []
        self._begins_block = True

    def separate(self, separator: str) -> None:
        """Separate the next text from the previous one. Of several separators, the widest counts."""
        self._separator = max(self._separator, separator, key=_SEPARATORS.index)

    def separate_element(self, tag: str) -> None:
        """Separate an element from its neighbours. Call this before and after the element."""
        if tag in _PARAGRAPHS:
            self.begin_block("\n\n")
        elif tag in _LINES:
            self.begin_block("\n")
        elif tag == "br":
            self.separate("\n")
        elif tag in _CELLS:
            self.separate(" ")

    def begin_block(self, separator: str) -> None:
        """Separate the next text, and make it a new block."""
        self.separate(separator)
        self._begins_block = True

    def write(self, text: str, *, preformatted: bool = False) -> None:
        """Append text. White space is collapsed unless the text is `preformatted`."""
        words = _WORD_BREAKS.sub("", text)
        if not preformatted:
            words = _SPACES.sub(" ", words)
            if words.startswith(" "):
                self.separate(" ")
            words = words.strip(" ")
        if words:
            self._append(self._separator if self._pieces else "")
            if words.strip() and (self._begins_block or not self._blocks):
                self._begins_block = False
                self._blocks.append(_Draft(self.role(), self.length, self.length + len(self.marker)))
            self._append(self.marker)
            start = self.length
            self._append(words)
            if self.in_link:
                self._links.append(Span(start, self.length))
            if self._blocks and not self._begins_block:
                self._blocks[-1].end = self.length
            self._separator = self.marker = ""
        if not preformatted and text and text[-1] in _WHITE_SPACE:
            self.separate(" ")

    def write_beside(self, text: str, with_mark: Callable[[str, str], str]) -> None:
        """Append raised or lowered text.

        Args:
            text: The text.
            with_mark: Given the end of the line and the text, returns them joined.
        """
        words = " ".join(text.split())
        if not words:
            return
        before = "" if self._separator or self.marker or not self._pieces else self._line_end()
        self.write(with_mark(before, words)[len(before) :])

    def _line_end(self) -> str:
        """Return the last characters written."""
        end = ""
        for piece in reversed(self._pieces[-_LINE_PIECES:]):
            end = piece[-_LINE_END:] + end
            if len(end) >= _LINE_END:
                break
        return end[-_LINE_END:].rpartition("\n")[2]

    def write_row(self, line: str, cells: Sequence[Cell], table: int) -> None:
        """Append a row of a table as a line of its own.

        Args:
            line: The line.
            cells: The cells, with spans relative to the line.
            table: A number that identifies the table. Adjacent rows of one table are one block.
        """
        self.separate("\n")
        self._append(self._separator if self._pieces else "")
        self._separator = self.marker = ""
        draft = self._blocks[-1] if self._blocks else None
        if draft is None or draft.role.kind is not Kind.TABLE or draft.table not in (None, table):
            draft = _Draft(replace(self.role(), kind=Kind.TABLE), self.length, self.length)
            self._blocks.append(draft)
        elif draft.table is None:
            draft.caption_end = draft.end
        draft.table = table
        draft.cells += (replace(cell, span=cell.span.shift(self.length)) for cell in cells)
        self._append(line)
        draft.end = self.length
        self.begin_block("\n")

    def end_label(self) -> None:
        """Make the text of the last block a label, and the next text its value."""
        if self._blocks and not self._begins_block:
            self._blocks[-1].label_end = self.length
        self.separate(" ")

    def last_block(self) -> Span | None:
        """Return the span of the last block, None if there is none."""
        return Span(self._blocks[-1].start, self._blocks[-1].end) if self._blocks else None

    def result(self) -> LaidOut:
        """Return everything written, without surrounding line feeds."""
        text = "".join(self._pieces)
        start = len(text) - len(text.lstrip("\n"))
        made = (_block(draft, text) for draft in self._blocks)
        blocks = [block.shift(-start) for block in made if block is not None]
        return LaidOut(text.strip("\n"), blocks, [link.shift(-start) for link in self._links])

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self.length += len(piece)


@dataclass(slots=True)
class _Draft:
    """A block that may still grow.

    Attributes:
        role: A block of its kind.
        start: Where it begins.
        words_start: Where its words begin, after its marker.
        end: Where it ends.
        label_end: Where the label at its beginning ends, 0 if it has none.
        caption_end: Where the caption at its beginning ends, 0 if it has none.
        table: The number of its table, if rows of one were written.
        cells: The cells of the table.
    """

    role: Block
    start: int
    words_start: int
    end: int = 0
    label_end: int = 0
    caption_end: int = 0
    table: int | None = None
    cells: list[Cell] = field(default_factory=list)


def _block(draft: _Draft, text: str) -> Block | None:
    """Return the finished block, None if it has no text."""
    span = strip_span(text, draft.start, draft.end)
    if span is None:
        return None
    kind, content = draft.role.kind, strip_span(text, draft.words_start, draft.end)
    if kind is Kind.TABLE and draft.cells:
        last = max(cell.row for cell in draft.cells)
        cells = [replace(cell, rows=min(cell.rows, last + 1 - cell.row)) for cell in draft.cells]
        cells = with_headings(text, cells)
        caption = strip_span(text, draft.start, draft.caption_end)
        return replace(draft.role, span=span, caption=caption, cells=tuple(cells))
    level = draft.role.level
    if kind is Kind.TABLE or (kind is Kind.HEADING and len(span) > MAX_HEADING):
        kind, level = Kind.PARAGRAPH, 0
    content = None if content == span else content
    block = replace(draft.role, kind=kind, span=span, level=level, content=content)
    if kind is Kind.LABEL and block.label is not None:
        return replace(block, value=block.words)
    if kind is Kind.LABEL:
        return replace(block, label=block.words)
    label, value = (
        strip_span(text, *ends)
        for ends in ((draft.words_start, draft.label_end), (draft.label_end, draft.end))
    )
    if draft.label_end == 0 or label is None or value is None:
        return block
    return replace(block, kind=Kind.LABEL if kind is Kind.PARAGRAPH else kind, label=label, value=value)
