"""Lines of a text with their offsets."""

from __future__ import annotations

from collections.abc import Iterator

from qa.documents.span import Span, strip_span


def lines_of(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, str]]:
    """Yield the offset of each line of `text[start:end]`, and the line with its line ending."""
    for line in text[start:end].splitlines(keepends=True):
        yield start, line
        start += len(line)


def filled_lines(text: str, span: Span) -> Iterator[Span]:
    """Yield the lines of a span that are not blank, without white space at their ends."""
    for offset, line in lines_of(text, span.start, span.end):
        stripped = strip_span(text, offset, offset + len(line))
        if stripped is not None:
            yield stripped
