"""Span: a stretch of a text, given by its offsets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open, non-empty stretch of a text. Spans sort by their start, then by their end.

    Attributes:
        start: The offset of the first character, in Unicode code points.
        end: The offset after the last character.

    Raises:
        ValueError: Not 0 <= start < end.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: {self.start} to {self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def shift(self, by: int) -> Span:
        """Return the span moved by `by` characters, to the left if it is negative.

        Raises:
            ValueError: The span would begin before the text.
        """
        return Span(self.start + by, self.end + by)

    def contains(self, other: Span) -> bool:
        """Return whether `other` lies completely inside this span."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Return whether the spans share at least one character."""
        return self.start < other.end and other.start < self.end


def strip_span(text: str, start: int, end: int) -> Span | None:
    """Return the span of `text[start:end]` without white space at its ends, None if nothing is left."""
    stripped = text[start:end].strip()
    if not stripped:
        return None
    start += text[start:end].index(stripped)
    return Span(start, start + len(stripped))
