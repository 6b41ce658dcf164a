"""Paragraphs of a document: the text between blank lines that is not in another block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qa.documents.block import Block, Kind
from qa.documents.lines import lines_of
from qa.documents.span import strip_span


def complete(text: str, blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks in order, with paragraphs for all other text, split at blank lines.

    A block that overlaps an earlier one is dropped.
    """
    found: list[Block] = []
    end = 0
    for block in sorted(blocks, key=lambda block: block.span):
        if block.span.start >= end:
            found += _paragraphs(text, end, block.span.start)
            found.append(block)
            end = block.span.end
    return [*found, *_paragraphs(text, end, len(text))]


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    """Yield a paragraph for each stretch without a blank line."""
    first = start
    for offset, line in lines_of(text, start, end):
        if line.isspace():
            yield from _paragraph(text, first, offset)
            first = offset + len(line)
    yield from _paragraph(text, first, end)


def _paragraph(text: str, start: int, end: int) -> Iterator[Block]:
    span = strip_span(text, start, end)
    if span is not None:
        yield Block(Kind.PARAGRAPH, span)
