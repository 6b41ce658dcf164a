"""Parts of a document, each of a kind, joined to its text with its structure."""

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
    """A text that grows by parts, with a blank line between them.

    Attributes:
        length: The characters so far.
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
        """Add a heading, paragraph or item, without white space around it; nothing if it is empty."""
        words = valid_text(words).strip()
        block = Block(kind, Span(0, max(1, len(words))), level)
        has_words = kind in (Kind.HEADING, Kind.ITEM)
        # A paragraph is found in the text: it may hold labels, or a blank line.
        self._append(words, [replace(block, content=block.span)] if has_words else [])

    def add_table(self, lines: Sequence[str], *, head: int = 0) -> None:
        """Add a table.

        Args:
            lines: Its rows, see `row_line`.
            head: How many of the first rows are marked as headings. If none, the cells decide.
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
        """Add a text with its blocks, without blank lines around it. Without blocks it may be any text."""
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
