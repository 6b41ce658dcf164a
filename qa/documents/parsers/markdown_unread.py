"""Parts of a Markdown text that are not read: struck-out words, comments, footnote marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from qa.documents.block import Block, Kind
from qa.documents.parsers.raised_text import with_raised
from qa.documents.span import Span, strip_span

MAX_STRUCK = 5000
"""The most characters of struck-out words or of a comment."""

_DIVIDED = (Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTATION)
_CODE = r"(?P<fence>`+)(?!`).+?(?<!`)(?P=fence)(?!`)"
_UNREAD = re.compile(
    rf"\\.|{_CODE}"
    rf"|(?P<struck>(?<!~)~~(?=[^\s~])(?:(?!\n[ \t]*\n)[^`]){{1,{MAX_STRUCK}}}?(?<=\S)~~(?!~)"
    rf"|<(?P<tag>s|del|strike)>.{{0,{MAX_STRUCK}}}?</(?P=tag)>|<!--.{{0,{MAX_STRUCK}}}?-->)"
    r"|(?P<note>\[\^[^\]\s]{1,40}\](?!:))|<sup>(?P<raised>[^<\n]{1,8})</sup>",
    re.I | re.S,
)


def without_unread(text: str, block: Block) -> Iterator[Block]:
    """Split a block: yield the parts that are read, and as markup those that are not.

    Args:
        text: The text.
        block: One of its blocks. A table loses its struck-out cells.
    """
    if block.kind is Kind.TABLE:
        cells = (cell for cell in block.cells if not _is_unread(text[cell.span.start : cell.span.end]))
        yield replace(block, cells=tuple(cells))
        return
    start, kind = block.span.start, block.kind
    words = block.words
    if kind in _DIVIDED:
        for span in _unread(text, words):
            before = strip_span(text, start, span.start)
            if before is not None and before.end > words.start:
                yield _part(text, block, kind, before, words)
                kind = Kind.PARAGRAPH if kind is Kind.ITEM else kind
                before = None
            yield Block(Kind.MARKUP, span if before is None else Span(before.start, span.end), block.level)
            start = span.end
    if start == block.span.start:
        yield block
        return
    rest = strip_span(text, start, block.span.end)
    if rest is not None:
        yield _part(text, block, kind, rest, words)


def _part(text: str, block: Block, kind: Kind, span: Span, words: Span) -> Block:
    content = strip_span(text, max(span.start, words.start), max(span.end, words.start))
    return Block(kind, span, block.level, None if content in (None, span) else content)


def _unread(text: str, span: Span) -> Iterator[Span]:
    for match in _UNREAD.finditer(text, span.start, span.end):
        before = text[span.start : match.start()][-20:]
        if match["struck"] or match["note"] or _is_mark(before, match["raised"]):
            yield Span(*match.span())


def _is_mark(before: str, raised: str | None) -> bool:
    """Return whether raised words are a footnote mark."""
    return raised is not None and with_raised(before, raised)[len(before) :].startswith(" ")


def _is_unread(words: str) -> bool:
    match = _UNREAD.fullmatch(words)
    return match is not None and match["struck"] is not None
