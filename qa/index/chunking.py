"""Chunking: cutting a document into overlapping runs of sentences that a model can read whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.documents import Document, Span, document_sentences, strip_span
from qa.settings import DEFAULTS

TokenOffsets = Callable[[str], Sequence[tuple[int, int]]]
"""Returns the half-open offsets of each token of a text, in order, without special tokens."""

CHARACTERS_PER_TOKEN = 20
"""Every stretch of this many characters counts as at least one token: some tokenizers turn a very long word,
or a long run of control characters, into one token or none."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document that is short enough to be embedded and read whole."""

    document: Document
    span: Span

    @property
    def text(self) -> str:
        """The text at the span."""
        return self.document[self.span]


def chunk_document(
    document: Document,
    token_offsets: TokenOffsets,
    *,
    size: int = DEFAULTS.chunk_size,
    overlap: int = DEFAULTS.chunk_overlap,
) -> list[Chunk]:
    """Cut a document into chunks of whole sentences.

    A chunk takes as many sentences of one section as fit. A heading starts a new chunk, unless only headings
    precede it in the section. Table rows count as sentences. A chunk repeats as many of the last sentences of
    the previous chunk as fit in `overlap`. A sentence longer than `size` is cut into pieces, between words if
    possible and otherwise between tokens; the pieces are then treated as sentences.

    Args:
        document: The document.
        token_offsets: The tokenizer. It is applied to each chunk's own text.
        size: Maximum number of tokens in a chunk. A chunk also has at most `CHARACTERS_PER_TOKEN` characters
            per token of this limit.
        overlap: Maximum number of tokens shared by neighbouring chunks.

    Returns:
        Chunks in document order, none inside another. Every non-whitespace character is in at least one.

    Raises:
        ValueError: Not 0 <= overlap < size, or a single character has more than `size` tokens.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"not 0 <= overlap < size: overlap {overlap}, size {size}")
    if not document.text:
        return []
    chunks: list[Chunk] = []
    for section in _sections(document):
        weighed = [
            piece
            for sentence in section
            for piece in _pieces(document, sentence, token_offsets, size, overlap)
        ]
        pieces, weights = [piece for piece, _ in weighed], [weight for _, weight in weighed]
        chunks += _chunks(document, pieces, weights, token_offsets, size, overlap)
    return chunks


def _sections(document: Document) -> Iterator[list[Span]]:
    """Yield the sentences of each section. Consecutive headings start a single section."""
    starts = {heading.span.start for heading in document.blocks.headings}
    section: list[Span] = []
    has_body = False
    for sentence in document_sentences(document):
        is_heading = sentence.start in starts
        if is_heading and has_body:
            yield section
            section = []
        has_body = not is_heading
        section.append(sentence)
    if section:
        yield section


def _chunks(
    document: Document,
    pieces: Sequence[Span],
    weights: Sequence[int],
    token_offsets: TokenOffsets,
    size: int,
    overlap: int,
) -> list[Chunk]:
    """Return the chunks of one section, see `chunk_document`; `weights` are the pieces' token counts."""

    def fits(start: int, end: int) -> bool:
        span = Span(pieces[start].start, pieces[end - 1].end)
        # Check the length first: tokenizing a span that is far too long would be slow.
        return len(span) <= size * CHARACTERS_PER_TOKEN and len(token_offsets(document[span])) <= size

    chunks: list[Chunk] = []
    start = end = 0
    while end < len(pieces):
        # Take the next piece, and drop overlapping pieces until it fits.
        previous_end, end = end, end + 1
        while start < previous_end and not fits(start, end):
            start += 1
        # Add pieces while the sum of their weights fits. The joined text may have more tokens than its pieces
        # (a space may be a token), so then drop pieces until the text itself fits.
        total = sum(weights[start:end])
        while end < len(pieces) and total + weights[end] <= size:
            total += weights[end]
            end += 1
        while end > previous_end + 1 and not fits(start, end):
            end -= 1
        chunks.append(Chunk(document, Span(pieces[start].start, pieces[end - 1].end)))
        start = _overlap_start(weights, start + 1, end, overlap)
    return chunks


def _overlap_start(weights: Sequence[int], first: int, end: int, overlap: int) -> int:
    """Return the lowest start, `first` to `end`, with sum(weights[start:end]) <= overlap."""
    start, total = end, 0
    while start > first and total + weights[start - 1] <= overlap:
        start -= 1
        total += weights[start]
    return start


def _pieces(
    document: Document, sentence: Span, token_offsets: TokenOffsets, size: int, overlap: int
) -> Iterator[tuple[Span, int]]:
    """Yield a sentence with its weight or, if it is longer than `size`, pieces that fit in `overlap`."""
    limit = size
    stack = [sentence]
    while stack:
        span = stack.pop()
        offsets = token_offsets(document[span])
        weight = max(len(offsets), math.ceil(len(span) / CHARACTERS_PER_TOKEN))
        if weight <= limit:
            yield span, weight
        elif len(span) > 1:
            limit = overlap if overlap > 0 else size
            stack.extend(reversed(_halves(document.text, span, offsets)))
        elif weight <= size:
            yield span, weight
        else:
            raise ValueError(f"one character has {weight} tokens, more than the chunk size of {size}")


def _halves(text: str, span: Span, offsets: Sequence[tuple[int, int]]) -> list[Span]:
    """Cut a span at the word boundary nearest its middle, or else the token boundary.

    White space at the cut is left out. If there is no boundary, the cut is in the middle.
    """
    middle = span.start + len(span) // 2
    cuts = [span.start + start for start, _ in offsets if 0 < start < len(span)]
    word_cuts = [cut for cut in cuts if text[cut - 1].isspace() or text[cut].isspace()]
    cut = min(word_cuts or cuts, key=lambda cut: abs(cut - middle), default=middle)
    halves = (strip_span(text, span.start, cut), strip_span(text, cut, span.end))
    return [half for half in halves if half is not None]
