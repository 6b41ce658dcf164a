"""Text with exact places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open, non-empty stretch of a text: `start` <= place < `end`, in Unicode code points.

    Raises:
        ValueError: not 0 <= start < end.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: {self.start} to {self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def shift(self, by: int) -> Span:
        """The same stretch of a text that begins `by` code points earlier (later, if negative)."""
        return Span(self.start + by, self.end + by)

    def holds(self, other: Span) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one code point."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be cited.

    `id` is its path inside the corpus, with forward slashes. `text` is the file decoded once and
    never changed after, so that a place in it is a place in the file; where a format is not text, it is
    what was extracted from it. `title` and `url` are what the file says of itself, if anything. `pages`
    are the places where its pages begin, in order, empty where it has none.
    """

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    pages: tuple[int, ...] = ()

    def __getitem__(self, span: Span) -> str:
        """The words at `span`.

        Raises:
            IndexError: the span reaches past the end of the text.
        """
        if span.end > len(self.text):
            raise IndexError(f"{self.id} has {len(self.text)} characters, not {span.end}")
        return self.text[span.start : span.end]

    def page(self, place: int) -> int | None:
        """The number, from 1, of the page that holds a place of the text; None where there are no pages."""
        return max(1, bisect_right(self.pages, place)) if self.pages else None


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The stretch without white space round it; None if there is nothing else."""
    words = text[start:end].strip()
    if not words:
        return None
    start += text[start:end].index(words)
    return Span(start, start + len(words))
