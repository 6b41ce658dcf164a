"""Text to sentences with exact places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import segment

from qa.documents.span import Span, strip_span

LONGEST_SENTENCE = 2000
"""In characters. The splitter's time grows with the square of what it is given at once."""

# The splitter panics at some spaces outside ASCII; each is as much a space, and as long, as an ASCII one.
_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")

# A line by how it begins: one that stands alone (heading, rule, code fence, table row), a list item, or
# a number, which may also be a wrapped "on May / 12. He left": it is an item only inside a list.
_LINE = re.compile(
    r"[ \t]*(?:"
    r"(?P<alone>\#{1,6}[ \t]|([-=*_])\2{2,}\s*\Z|`{3}|~{3}|\|)"
    r"|(?P<item>[-*+•][ \t]|1[.)][ \t])"
    r"|(?P<number>\d{1,3}[.)][ \t])"
    r")"
)
_MARKER = re.compile(r"[ \t]*((?:(?:\#{1,6}|[-*+•]|\d{1,3}[.)])[ \t]{1,8}){1,2})")


def sentences(text: str) -> list[Span]:
    """The sentences of a text: in order, apart, without white space round them.

    Every character that is no white space is in exactly one. A blank line ends a sentence, and so does
    the line break before or after a Markdown heading and before a list item, whose mark belongs to its
    first sentence. A row of a table is one. A sentence of more than `LONGEST_SENTENCE` characters is cut,
    between words if it can be. Time grows in line with the text.
    """
    return [sentence for block in _blocks(text) for sentence in _sentences_in(text, block)]


def sentence_around(text: str, span: Span) -> Span:
    """The smallest run of whole sentences that holds `span`, and what white space `span` itself holds."""
    run = [
        sentence
        for block in _blocks(text)
        if block.overlaps(span)
        for sentence in _sentences_in(text, block)
        if sentence.overlaps(span)
    ]
    if not run:
        return span
    return Span(min(span.start, run[0].start), max(span.end, run[-1].end))


def _blocks(text: str) -> Iterator[Span]:
    """The stretches of a text in which no sentence can reach past the end: paragraphs, headings, items."""
    start = place = 0
    listed = alone = False
    for line in text.splitlines(keepends=True):
        blank = line.isspace()
        opening = _LINE.match(line)
        kind = None if opening is None else opening.lastgroup
        item = kind == "item" or (listed and kind == "number")
        if blank or alone or item or kind == "alone":
            if start < place:
                yield Span(start, place)
            start = place + len(line) if blank else place
        alone = blank or kind == "alone"
        listed = not alone and (listed or item)
        place += len(line)
    if start < place:
        yield Span(start, place)


def _sentences_in(text: str, block: Span) -> Iterator[Span]:
    """The sentences of one block; none reaches out of it."""
    row = strip_span(text, block.start, block.end)
    if row is not None and text[row.start] == "|" and len(row) <= LONGEST_SENTENCE:
        yield row
        return
    marker = _MARKER.match(text, block.start, block.end)
    start, place = (block.start, block.start) if marker is None else marker.span(1)
    while place < block.end:
        window = _WIDE_SPACE.sub(" ", text[place : min(block.end, start + LONGEST_SENTENCE)])
        lengths = [len(piece) for piece in segment("en", window)]
        if place + len(window) < block.end:
            # The last piece may go on past the window: it is seen again from its beginning.
            lengths = lengths[:-1] if len(lengths) > 1 else [_word_end(window)]
        for length in lengths:
            place += length
            sentence = strip_span(text, start, place)
            if sentence is not None:
                yield sentence
            start = place
    sentence = strip_span(text, start, place)
    if sentence is not None:
        yield sentence


def _word_end(window: str) -> int:
    """Where the last word that is surely whole ends, white space after it included; or the window's end."""
    if window[-1].isspace():
        return len(window)
    words = window.rsplit(maxsplit=1)
    return len(window) - len(words[-1]) if len(words) > 1 else len(window)
