"""Reader input: a text to be read, and the places in it where an answer may lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.documents import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_LABEL = 80
"""Maximum number of characters of a heading or name that are read with each cell."""


@dataclass(frozen=True, slots=True, eq=False)
class ReaderInput:
    """A text to be read, and its segments: sentences, cells and values. An answer lies within one of them.

    Text between segments is never part of an answer. All arrays are (segments,).

    Attributes:
        text: What the reader reads.
        starts: Where segments start in `text`, ascending.
        ends: Where they end in `text`.
        offsets: Where they start in the passage.
        is_cell: Whether they are a cell of a table, a label or a value.
    """

    text: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    offsets: NDArray[np.int64]
    is_cell: NDArray[np.bool_]


class InputWriter:
    """Builds a `ReaderInput` from segments of a document and added words.

    Args:
        source: The text of the document.
        passage: The span of the passage.

    Attributes:
        passage: The span of the passage.
        parts: The text written so far, in pieces.
        segments: Start, end, offset in the passage, and whether it is a cell, of each segment.
    """

    def __init__(self, source: str, passage: Span) -> None:
        self._source, self._length = source, 0
        self.passage = passage
        self.parts: list[str] = []
        self.segments: list[tuple[int, int, int, bool]] = []

    def add(self, words: str) -> None:
        """Add words that cannot be part of an answer."""
        self.parts.append(words)
        self._length += len(words)

    def add_segment(self, span: Span, *, is_cell: bool = False) -> None:
        """Add a sentence, cell or value of the passage."""
        offset = span.start - self.passage.start
        self.segments.append((self._length, self._length + len(span), offset, is_cell))
        self.add(self._source[span.start : span.end])

    def add_name(self, span: Span, *, may_answer: bool) -> None:
        """Add a name or a cell: as a segment if it may be an answer, is short and is in the passage."""
        if may_answer and len(span) <= MAX_LABEL and self.passage.contains(span):
            self.add_segment(span, is_cell=True)
        else:
            self.add(one_line(self._source[span.start : span.end]))


def one_line(words: str) -> str:
    """Return the beginning of a heading or name on one line."""
    return " ".join(words[:MAX_LABEL].split())


def as_noun(words: str) -> str:
    """Return a heading as written inside a sentence: "price", but "VAT"."""
    words = one_line(words)
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
