"""A stretch of a text."""

from __future__ import annotations

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


def strip_span(text: str, start: int, end: int) -> Span | None:
    """The stretch without white space round it; None if there is nothing else."""
    words = text[start:end].strip()
    if not words:
        return None
    start += text[start:end].index(words)
    return Span(start, start + len(words))
