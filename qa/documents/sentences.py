"""Sentence splitter with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sentencex import segment

from qa.documents.lines import lines_of
from qa.documents.span import Span, strip_span

MAX_SENTENCE_CHARACTERS = 2000
"""A longer sentence is cut, since the splitter takes time quadratic in its input."""

# The splitter panics at some spaces outside ASCII. Replacing each with an ASCII space keeps the offsets.
_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")

# The beginnings of lines that do not continue a paragraph: single-line blocks (heading, rule, code fence,
# table row), list items, and numbers. A number begins an item only inside a list, since it may also
# begin a wrapped line: "on May / 12. He left".
_LINE = re.compile(
    r"[ \t]*(?:"
    r"(?P<alone>\#{1,6}[ \t]|([-=*_])\2{2,}\s*\Z|`{3}|~{3}|\|)"
    r"|(?P<item>[-*+•][ \t]|1[.)][ \t])"
    r"|(?P<number>\d{1,3}[.)][ \t])"
    r")"
)
_MARKER = re.compile(r"[ \t]*((?:(?:\#{1,6}|[-*+•]|\d{1,3}[.)])[ \t]{1,8}){1,2})")


def sentences(text: str) -> list[Span]:
    """Split a text into sentences, in order, without overlaps or white space at their ends.

    Every character other than white space is in exactly one sentence. A sentence ends at a blank line, at the
    line break before or after a Markdown heading, and before a list item. The marker of a heading or item
    belongs to its first sentence. A table row is one sentence. A sentence longer than
    `MAX_SENTENCE_CHARACTERS` is cut, between words if possible. The time is linear in the length of the text.
    """
    return [sentence for block in _blocks(text) for sentence in _sentences_in(text, block)]


def sentence_around(text: str, span: Span) -> Span:
    """Return the shortest run of whole sentences that covers `span`, including white space at its ends."""
    run = [
        sentence
        for block in _blocks(text)
        if block.overlaps(span)
        for sentence in _sentences_in(text, block)
        if sentence.overlaps(span)
    ]
    return extended(span, run)


def extended(span: Span, run: Sequence[Span]) -> Span:
    """Return the shortest span that contains `span` and all spans of `run`, which are in order."""
    if not run:
        return span
    return Span(min(span.start, run[0].start), max(span.end, run[-1].end))


def _blocks(text: str) -> Iterator[Span]:
    """Yield the paragraphs, headings, list items and other blocks. No sentence crosses their boundaries."""
    start = 0
    in_list = after_single = False  # after a single-line block
    for offset, line in lines_of(text):
        is_blank = line.isspace()
        opening = _LINE.match(line)
        kind = None if opening is None else opening.lastgroup
        is_item = kind == "item" or (in_list and kind == "number")
        is_single = is_blank or kind == "alone"
        # This line begins a block, so the previous one ends.
        if is_single or is_item or after_single:
            if start < offset:
                yield Span(start, offset)
            start = offset + len(line) if is_blank else offset
        in_list = not is_single and (in_list or is_item)
        after_single = is_single
    if start < len(text):
        yield Span(start, len(text))


def _sentences_in(text: str, block: Span) -> Iterator[Span]:
    """Yield the sentences of a block."""
    row = strip_span(text, block.start, block.end)
    if row is not None and text[row.start] == "|" and len(row) <= MAX_SENTENCE_CHARACTERS:
        yield row
        return
    # The splitter would take the stop in "1. Open it." for the end of a sentence: begin after the marker.
    marker = _MARKER.match(text, block.start, block.end)
    start, offset = (block.start, block.start) if marker is None else marker.span(1)
    while offset < block.end:
        window = _WIDE_SPACE.sub(" ", text[offset : min(block.end, start + MAX_SENTENCE_CHARACTERS)])
        lengths = [len(piece) for piece in segment("en", window)]
        if offset + len(window) < block.end:
            # The last piece may continue after the window: split it again at the start of the next one.
            lengths = lengths[:-1] if len(lengths) > 1 else [_word_end(window)]
        for length in lengths:
            offset += length
            sentence = strip_span(text, start, offset)
            if sentence is not None:
                yield sentence
            start = offset
    sentence = strip_span(text, start, offset)
    if sentence is not None:
        yield sentence


def _word_end(window: str) -> int:
    """Return where to cut a window: before its last word, which may continue, unless it is the only one."""
    if window[-1].isspace():
        return len(window)
    words = window.rsplit(maxsplit=1)
    return len(window) - len(words[-1]) if len(words) > 1 else len(window)
