"""Article of a long web page, separated from menus, lists of links and notices with trafilatura."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from qa.documents.block import Block, Kind
from qa.documents.parsers.html.links import MAX_LINK_SHARE
from qa.documents.parsers.html.words import lower_words
from qa.documents.span import Span

MIN_WORDS = 150
"""A shorter page is read as a whole."""

MAX_MARKUP = 3_000_000
"""The most characters of markup that are passed to the library."""

MIN_SHARE = 0.3
"""The result of the library is used if it has at least this share of the words."""

PROSE_WORDS = 30
"""A block of at least this many words is kept whatever the library says, unless it is mostly links."""

MAX_GAP = 3
"""At most this many pieces between two kept blocks are kept too."""

MAX_COMPARED = 2_000
"""On pages with more blocks, the library skips its second extraction, which takes quadratic time."""

SENTENCE_WORDS = 5
"""A paragraph of at least this many words that ends like a sentence is one."""

_PIECE = 6  # words in a row that a block must share with the article


def article_only(
    markup: str, text: str, blocks: Sequence[Block], links: Sequence[Span]
) -> tuple[str, list[Block]]:
    """Return the text and the blocks of a page, without those outside its article.

    The blocks that the library finds are kept, and so are prose, labels with values, short gaps between kept
    blocks, and sentences right after a kept block, but not lists of links. The first heading and headings of
    level 1 are always kept.

    Args:
        markup: The page.
        text: The text of the whole page.
        blocks: The blocks of the text, in order.
        links: The spans of the links in the text, in order.
    """
    words = [lower_words(text[block.span.start : block.span.end]) for block in blocks]
    total = sum(map(len, words))
    if total < MIN_WORDS or len(markup) > MAX_MARKUP:
        return text, list(blocks)
    found = _found(markup, words)
    if sum(len(own) for own, is_found in zip(words, found, strict=True) if is_found) < MIN_SHARE * total:
        return text, list(blocks)
    headline = next((number for number, block in enumerate(blocks) if block.kind is Kind.HEADING), -1)
    shares = _link_shares(blocks, links)
    kept = [
        found[number]
        or number == headline
        or (block.kind is Kind.HEADING and block.level == 1)
        or (shares[number] < MAX_LINK_SHARE and len(words[number]) >= PROSE_WORDS)
        or block.label is not None
        for number, block in enumerate(blocks)
    ]
    for start, end in _gaps(kept):
        if start > 0 and end < len(blocks) and _pieces(blocks[start:end]) <= MAX_GAP:
            kept[start:end] = [share < MAX_LINK_SHARE for share in shares[start:end]]
    for number, block in enumerate(blocks):
        if number and kept[number - 1] and not shares[number] and _is_sentence(text, block):
            kept[number] = True
    return _cut(text, blocks, [block for block, is_kept in zip(blocks, kept, strict=True) if is_kept])


def _gaps(kept: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the runs of blocks that are not kept: the first, and the one after the last."""
    edges = [number for number, pair in enumerate(pairwise([True, *kept, True])) if pair[0] != pair[1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _pieces(blocks: Sequence[Block]) -> int:
    """Count the paragraphs, headings, lists and so on in blocks; consecutive items are one list."""
    paragraphs = sum(block.kind in (Kind.PARAGRAPH, Kind.HEADING) for block in blocks)
    kinds = [kind for kind, _ in groupby(block.kind for block in blocks)]
    return paragraphs + sum(kind not in (Kind.PARAGRAPH, Kind.HEADING) for kind in kinds)


def _is_sentence(text: str, block: Block) -> bool:
    words = text[block.span.start : block.span.end]
    return len(lower_words(words)) >= SENTENCE_WORDS and words.endswith((".", "!", "?")) and "©" not in words


def _found(markup: str, words: Sequence[Sequence[str]]) -> list[bool]:
    """Return for each block whether its words are in the article that the library finds."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        article = trafilatura.extract(
            markup,
            favor_recall=True,
            include_comments=False,
            include_tables=True,
            fast=len(words) > MAX_COMPARED,
        )
    except Exception:  # of any kind, on markup that is not a page: everything is kept then
        article = None
    found = f" {' '.join(lower_words(article or ''))} "
    known = set(found.split())
    return [_is_in(own, found, known) for own in words]


def _is_in(words: Sequence[str], article: str, known: set[str]) -> bool:
    if not words or f" {' '.join(words)} " in article:
        return bool(words)
    if len(words) < 8 or sum(word in known for word in words) < 0.95 * len(words):
        return False
    pieces = range(0, len(words) - _PIECE + 1, _PIECE)
    return any(f" {' '.join(words[start : start + _PIECE])} " in article for start in pieces)


def _link_shares(blocks: Sequence[Block], links: Sequence[Span]) -> list[float]:
    """Return the share of each block that is links, 0 to 1."""
    shares = []
    number = 0
    for block in blocks:
        while number < len(links) and links[number].end <= block.span.start:
            number += 1
        characters, position = 0, number
        while position < len(links) and links[position].start < block.span.end:
            start, end = (
                max(links[position].start, block.span.start),
                min(links[position].end, block.span.end),
            )
            characters += max(0, end - start)
            position += 1
        shares.append(characters / max(1, len(block.span)))
    return shares


def _cut(text: str, blocks: Sequence[Block], kept: Sequence[Block]) -> tuple[str, list[Block]]:
    """Return the text of the kept blocks, with the separator before each, and these blocks moved."""
    starts = {
        block.span.start: (blocks[number - 1].span.end if number else 0)
        for number, block in enumerate(blocks)
    }
    pieces: list[str] = []
    made: list[Block] = []
    length = 0
    moved: dict[int, int] = {}
    for block in kept:
        gap = text[starts[block.span.start] : block.span.start] if pieces else ""
        by = length + len(gap) - block.span.start
        moved[block.span.start] = by
        shifted = block.shift(by)
        if block.label is not None and block.label.start < block.span.start:
            name = next((start for start in reversed(moved) if start <= block.label.start), None)
            label = None if name is None else block.label.shift(moved[name])
            shifted = replace(shifted, label=label)
        made.append(shifted)
        pieces += [gap, text[block.span.start : block.span.end]]
        length += len(gap) + len(block.span)
    return "".join(pieces), made
