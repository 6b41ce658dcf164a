"""Sentences of a document with structure: headings, table rows and lines of code are kept separate."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import pairwise
from operator import attrgetter

from qa.documents.block import Block, Kind
from qa.documents.document import Document
from qa.documents.lines import filled_lines
from qa.documents.sentences import MAX_SENTENCE_CHARACTERS, extended, sentence_around, sentences
from qa.documents.span import Span, strip_span


def document_sentences(document: Document, span: Span | None = None) -> list[Span]:
    """Split a document, or a span of it, into sentences.

    A heading, a table row, a line of code, and a label with its value are one sentence each. The marker of a
    list item belongs to its first sentence. A document without blocks is split by `sentences`.
    """
    if span is None:
        span = Span(0, max(1, len(document.text)))
    if not document.blocks:
        return [found.shift(span.start) for found in sentences(document.text[span.start : span.end])]
    result: list[Span] = []
    term: Span | None = None  # a label whose value is in the next block
    for block in document.blocks.overlapping(span):
        found = list(_sentences_of(document.text, block, span))
        if found and block.kind is Kind.LABEL and term is not None and block.label == term:
            found[0] = Span(result.pop().start, found[0].end)
        term = block.label if block.kind is Kind.LABEL and block.value is None and found else None
        result += found
    return result


def sentence_at(document: Document, span: Span) -> Span:
    """Return the shortest run of whole sentences that covers `span`, including white space at its ends."""
    if not document.blocks:
        return sentence_around(document.text, span)
    around = extended(span, [block.span for block in document.blocks.overlapping(span)])
    # The label of a value may be in the previous block.
    first = next(document.blocks.overlapping(around), None)
    if first is not None and first.label is not None and first.kind is Kind.LABEL:
        around = Span(min(around.start, first.label.start), around.end)
    return extended(span, [found for found in document_sentences(document, around) if found.overlaps(span)])


def _sentences_of(text: str, block: Block, span: Span) -> Iterator[Span]:
    """Yield the sentences of a block, clipped to a span."""
    start, end = max(block.span.start, span.start), min(block.span.end, span.end)
    inside = strip_span(text, start, end)
    if inside is None:
        return
    if block.kind is Kind.TABLE:
        for row in _rows(text, block, inside):
            yield from _short(text, row)
    elif block.kind is Kind.CODE:
        for line in filled_lines(text, inside):
            yield from _short(text, line)
    elif block.kind in (Kind.HEADING, Kind.MARKUP):
        yield from _short(text, inside)
    else:
        words = block.words if block.value is None else block.value
        first = max(inside.start, words.start)
        found = [] if first >= inside.end else sentences(text[first : inside.end])
        spans = [sentence.shift(first) for sentence in found]
        if spans:
            spans[0] = Span(inside.start, spans[0].end)
        yield from spans or [inside]


def _short(text: str, span: Span) -> Iterator[Span]:
    """Yield a span, split if it is longer than `MAX_SENTENCE_CHARACTERS`."""
    if len(span) <= MAX_SENTENCE_CHARACTERS:
        yield span
    else:
        yield from (found.shift(span.start) for found in sentences(text[span.start : span.end]))


def _rows(text: str, table: Block, inside: Span) -> Iterator[Span]:
    """Yield the table rows in a span, each with the bars and rules up to the next row."""
    cells = table.cells
    first = max(0, bisect_right(cells, inside.start, key=attrgetter("start")) - 1)
    last = bisect_left(cells, inside.end, key=attrgetter("start"))
    starts = [table.span.start] if first == 0 else []
    row = -1
    for cell in cells[first:last]:
        if cell.row != row:
            starts.append(text.rfind("\n", 0, cell.start) + 1)
            row = cell.row
    edges = [*sorted({max(inside.start, start) for start in starts}), inside.end]
    if edges[0] > inside.start:
        edges.insert(0, inside.start)
    for start, end in pairwise(edges):
        stripped = strip_span(text, start, end) if start < end else None
        if stripped is not None:
            yield stripped
