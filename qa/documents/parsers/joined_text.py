"""Joined text: parts of known kinds become the text of a document and its structure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qa.documents.block import Block, Kind
from qa.documents.blocks import Blocks
from qa.documents.control_characters import valid_text
from qa.documents.heading_rows import with_headings
from qa.documents.parsers.bar_tables import bar_table
from qa.documents.parsers.plain_text import structure_around
from qa.documents.span import Span


class JoinedText:
    """A text that is built from parts, with a blank line between them.

    Attributes:
        length: The number of characters so far.
    """

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[str] = []
        self._blocks: list[Block] = []

    @property
    def next_start(self) -> int:
        """Where the next part will begin."""
        return self.length + 2 if self._parts else 0

    @property
    def text(self) -> str:
        """The parts, with a blank line between them."""
        return "\n\n".join(self._parts)

    def add(self, words: str, kind: Kind = Kind.PARAGRAPH, level: int = 0) -> None:
        """Add a heading, paragraph or item, stripped of white space. An empty one is ignored."""
        words = valid_text(words).strip()
        block = Block(kind, Span(0, max(1, len(words))), level)
        has_words = kind in (Kind.HEADING, Kind.ITEM)
        # Paragraphs are found in the text later: they may contain labels or blank lines.
        self._append(words, [replace(block, content=block.span)] if has_words else [])

    def add_table(self, lines: Sequence[str], *, head: int = 0) -> None:
        """Add a table.

        Args:
            lines: Its rows, see `row_line`.
            head: How many of the first rows are marked as headings. If 0, the content of the cells decides.
        """
        text = valid_text("\n".join(lines))
        spans, start = [], 0
        for line in text.split("\n"):
            if line:
                spans.append(Span(start, start + len(line)))
            start += len(line) + 1
        table = bar_table(text, spans) if spans else None
        if table is not None and head:
            cells = [replace(cell, is_heading=cell.row < head) for cell in table.cells]
            table = replace(table, cells=tuple(with_headings(text, cells)))
        self._append(text, [] if table is None else [table])

    def add_text(self, text: str, blocks: Iterable[Block] = ()) -> None:
        """Add a text with its blocks, without blank lines around it. Without blocks, they are found later."""
        blocks = list(blocks)
        text = text if blocks else valid_text(text)
        stripped = text.strip("\n")
        lost = len(text) - len(text.lstrip("\n"))
        self._append(stripped, [block.shift(-lost) for block in blocks] if lost else blocks)

    def structure(self) -> Blocks:
        """Return the structure of the text."""
        return structure_around(self.text, self._blocks)

    def _append(self, text: str, blocks: Iterable[Block]) -> None:
        if not text.strip():
            return
        start = self.next_start
        self._parts.append(text)
        self._blocks += (block.shift(start) for block in blocks)
        self.length = start + len(text)
