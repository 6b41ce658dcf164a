"""Block: a stretch of a document of one kind, such as a heading, an item or a table with its cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from qa.documents.span import Span


class Kind(IntEnum):
    """What a block is. The numbers are stored in index folders."""

    PARAGRAPH = 0
    HEADING = 1
    ITEM = 2
    LABEL = 3
    TABLE = 4
    QUOTATION = 5
    CODE = 6
    FOOTNOTE = 7
    MARKUP = 8  # invisible to readers: rules, comments, link definitions


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table that contains text.

    Attributes:
        span: Its text, without the surrounding bars.
        row: Its first row, counted from 0.
        column: Its first column, counted from 0.
        rows: How many rows it spans.
        columns: How many columns it spans.
        is_heading: Whether it is the heading of a row or a column.
    """

    span: Span
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    is_heading: bool = False

    @property
    def start(self) -> int:
        """The offset at which its text begins."""
        return self.span.start


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document of one kind. Blocks do not overlap.

    Attributes:
        kind: What it is.
        span: The whole block, including marks such as `##` and `3.`.
        level: The level of a heading, from 1 (outermost). For other blocks, the depth of the lists around
            them.
        content: The span without marks. None if there are no marks, or only marks.
        label: The name of the value, such as `Price` in `Price: 3 crowns`. It may be in an earlier block.
        value: What follows the label.
        caption: The caption of a table.
        cells: The cells of a table, in order of their rows.
    """

    kind: Kind
    span: Span
    level: int = 0
    content: Span | None = None
    label: Span | None = None
    value: Span | None = None
    caption: Span | None = None
    cells: tuple[Cell, ...] = ()

    @property
    def words(self) -> Span:
        """The content, or all of the block if it has no marks."""
        return self.span if self.content is None else self.content

    def shift(self, by: int) -> Block:
        """Return the block moved by `by` characters."""

        def moved(span: Span | None) -> Span | None:
            return None if span is None else span.shift(by)

        return replace(
            self,
            span=self.span.shift(by),
            content=moved(self.content),
            label=moved(self.label),
            value=moved(self.value),
            caption=moved(self.caption),
            cells=tuple(replace(cell, span=cell.span.shift(by)) for cell in self.cells),
        )
