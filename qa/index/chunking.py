"""Cutting a document into pieces that a model can read whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.documents import Document, Span, sentences, strip_span
from qa.settings import DEFAULTS

TokenOffsets = Callable[[str], Sequence[tuple[int, int]]]
"""From a text to the half-open place of each of its tokens, in order, without special tokens."""

CHARACTERS_A_TOKEN = 20
"""So many characters weigh as much as a token at least, for some models take an endless word, or control
characters without end, for one token or none."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a document, short enough to be embedded and read whole."""

    document: Document
    span: Span

    @property
    def text(self) -> str:
        """Its words, exactly as the document has them."""
        return self.document[self.span]


def chunk_document(
    document: Document,
    token_offsets: TokenOffsets,
    *,
    size: int = DEFAULTS.chunk_size,
    overlap: int = DEFAULTS.chunk_overlap,
) -> list[Chunk]:
    """Cut a document into chunks of at most `size` tokens, as `token_offsets` counts a chunk's own text.

    Chunks are in order, none inside another, and hold every character that is no white space. A chunk
    is as many whole sentences as fit, and begins with as many of the last ones of the chunk before as
    fit in `overlap` tokens. A sentence of more than `size` tokens is cut into pieces that take the part
    of sentences, so that there too neighbours overlap: between words if it can be, then between tokens.
    A chunk has at most `CHARACTERS_A_TOKEN` characters for each token of `size`.

    Raises:
        ValueError: not 0 <= overlap < size, or a single character is more than `size` tokens.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"not 0 <= overlap < size: an overlap of {overlap}, a size of {size}")
    pieces: list[Span] = []
    weights: list[int] = []
    for sentence in sentences(document.text):
        for piece, weight in _pieces(document, sentence, token_offsets, size, overlap):
            pieces.append(piece)
            weights.append(weight)

    def fits(start: int, end: int) -> bool:
        run = Span(pieces[start].start, pieces[end - 1].end)
        # First the length: what is far too long is not given to the model.
        return len(run) <= size * CHARACTERS_A_TOKEN and len(token_offsets(document[run])) <= size

    chunks: list[Chunk] = []
    start = end = 0
    while end < len(pieces):
        done, end = end, end + 1
        while start < done and not fits(start, end):
            start += 1
        # The tokens of neighbours need not add up (a word cut in two, a space that counts): sums only
        # propose how many pieces to take, and the chunk's own text decides.
        total = sum(weights[start:end])
        while end < len(pieces) and total + weights[end] <= size:
            total += weights[end]
            end += 1
        while end > done + 1 and not fits(start, end):
            end -= 1
        chunks.append(Chunk(document, Span(pieces[start].start, pieces[end - 1].end)))
        start = _overlap_start(weights, start + 1, end, overlap)
    return chunks


def _overlap_start(weights: list[int], first: int, end: int, overlap: int) -> int:
    """The lowest place, `first` to `end`, from which the weights up to `end` are at most `overlap`."""
    start, kept = end, 0
    while start > first and kept + weights[start - 1] <= overlap:
        start -= 1
        kept += weights[start]
    return start


def _pieces(
    document: Document, sentence: Span, token_offsets: TokenOffsets, size: int, overlap: int
) -> Iterator[tuple[Span, int]]:
    """A sentence with its weight; in pieces that fit in `overlap`, if it is longer than `size`."""
    limit = size
    stack = [sentence]
    while stack:
        stretch = stack.pop()
        offsets = token_offsets(document[stretch])
        weight = _weight(stretch, offsets)
        if weight <= limit:
            yield stretch, weight
        elif len(stretch) > 1:
            limit = overlap if overlap > 0 else size
            stack.extend(reversed(_halves(document.text, stretch, offsets)))
        elif weight <= size:
            yield stretch, weight
        else:
            raise ValueError(f"one character is {weight} tokens: more than a size of {size}")


def _weight(stretch: Span, offsets: Sequence[tuple[int, int]]) -> int:
    """Its tokens, and no fewer than its length asks for."""
    return max(len(offsets), math.ceil(len(stretch) / CHARACTERS_A_TOKEN))


def _halves(text: str, stretch: Span, offsets: Sequence[tuple[int, int]]) -> list[Span]:
    """Two parts of a stretch, without the white space between: at the word or token nearest its middle."""
    middle = stretch.start + len(stretch) // 2
    places = [stretch.start + start for start, _ in offsets if 0 < start < len(stretch)]
    words = [place for place in places if text[place - 1].isspace() or text[place].isspace()]
    if words:
        places = words
    place = min(places, key=lambda place: abs(place - middle), default=middle)
    halves = (strip_span(text, stretch.start, place), strip_span(text, place, stretch.end))
    return [half for half in halves if half is not None]
