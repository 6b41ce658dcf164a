"""Plain text: headings, lists, bar tables and quotations, recognised by how they are typed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from qa.documents.block import Block, Kind
from qa.documents.blocks import Blocks
from qa.documents.lines import lines_of
from qa.documents.parsers.bar_tables import bar_table
from qa.documents.span import Span, strip_span
from qa.documents.structure import structure

MAX_HEADING = 80
"""The most characters of a heading."""

_UNDERLINE = re.compile(r"([=\-~^*#])\1{2,}")
_RULE = re.compile(r"([-=*_~#])(?:[ \t]?\1){2,}")
_NUMBERED = re.compile(
    r"(?:(?P<number>\d{1,3}(?:\.\d{1,3}){0,4})\.?|(?P<word>Chapter|Section|Part|Article|Appendix|Annex)"
    r"[ \t]+(?:\d{1,3}|[IVXLC]{1,6}|[A-Z])[.:]?|§[ \t]*\d{1,3}\.?)(?P<gap>[ \t]+)(?=[^\W\d_])"
)
_END = re.compile(r"[.!?;:,…]$")
_ITEM = re.compile(
    r"(?:(?P<bullet>[-+*•‣◦▪·])|\(?(?P<number>\d{1,3})[.)]|\(?(?P<letter>[a-z]|[ivx]{2,5})\))[ \t]+(?=\S)"
)
_MARKS = re.compile(r"[().\s]")
_LETTER = re.compile(r"[^\W\d_]")


def structure_around(text: str, known: Sequence[Block]) -> Blocks:
    """Return the structure of a text: the blocks that a parser knows, and the rest as in a plain text.

    If the parser knows any heading, there are no others.

    Args:
        text: The text.
        known: Blocks that do not overlap, in order.
    """
    has_headings = any(block.kind is Kind.HEADING for block in known)
    starts = [block.span.start for block in known]
    found = []
    for block in marked_blocks(text):
        before = bisect_left(starts, block.span.end) - 1
        is_known = before >= 0 and known[before].span.overlaps(block.span)
        if not is_known and not (has_headings and block.kind is Kind.HEADING):
            found.append(block)
    return structure(text, [*known, *found])


@dataclass(frozen=True, slots=True)
class _Line:
    """A line stripped of white space, and its indentation."""

    span: Span
    words: str
    indent: int


def plain_text_blocks(text: str) -> Blocks:
    """Return the structure of a plain text, see `marked_blocks`."""
    return structure(text, marked_blocks(text))


def marked_blocks(text: str) -> list[Block]:
    """Return the blocks that are marked in a plain text: headings, items, tables, quotations and rules.

    Headings are underlined, numbered lines on their own, or lines in capitals at the head of a paragraph.
    Items begin with a bullet, or with the next number or letter of their list. Table rows begin with a bar,
    lines of quotations with `>`.
    """
    blocks: list[Block] = []
    paragraphs = list(_paragraphs(text))
    for number, lines in enumerate(paragraphs):
        following = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
        blocks += _Paragraph(text, lines, following, blocks).blocks()
    return blocks


def _paragraphs(text: str) -> Iterator[list[_Line]]:
    """Yield the lines between blank lines."""
    paragraph: list[_Line] = []
    for offset, line in lines_of(text):
        span = strip_span(text, offset, offset + len(line))
        if span is not None:
            paragraph.append(_Line(span, text[span.start : span.end], span.start - offset))
        elif paragraph:
            yield paragraph
            paragraph = []
    if paragraph:
        yield paragraph


class _Paragraph:
    """The lines between two blank lines, while their blocks are found."""

    def __init__(
        self, text: str, lines: Sequence[_Line], following: Sequence[_Line] | None, before: Sequence[Block]
    ) -> None:
        self._text, self._lines, self._following, self._before = text, lines, following, before
        self._indents: list[int] = []  # of the open lists
        self._previous = ""  # the number or letter of the previous item

    def blocks(self) -> list[Block]:
        """Return the blocks."""
        found: list[Block] = []
        at = 0
        if self._before and self._before[-1].kind is Kind.ITEM:  # a list may continue after a blank line
            item = self._before[-1]
            assert item.content is not None
            self._previous = _MARKS.sub("", self._text[item.span.start : item.content.start])
        while at < len(self._lines):
            made, used = self._next(at, found)
            found.append(made)
            at += used
        return found

    def _next(self, at: int, found: Sequence[Block]) -> tuple[Block, int]:
        """Return the block that begins at a line, and how many lines it has."""
        line, rest = self._lines[at], self._lines[at:]
        is_head = not found or all(block.kind is Kind.HEADING for block in found)
        if line.words.startswith("|"):
            rows = self._run(at, "|")
            table = bar_table(self._text, [row.span for row in rows])
            if table is not None:
                return table, len(rows)
        if line.words.startswith(">"):
            quoted = self._run(at, ">")
            return Block(Kind.QUOTATION, Span(line.span.start, quoted[-1].span.end)), len(quoted)
        if _RULE.fullmatch(line.words):
            return Block(Kind.MARKUP, line.span), 1
        if is_head and len(rest) > 1 and _underlines(line.words, rest[1].words):
            level = 1 if rest[1].words[0] in "=#*" else 2
            return Block(Kind.HEADING, Span(line.span.start, rest[1].span.end), level, line.span), 2
        if is_head and (level := self._heading_level(rest)):
            return Block(Kind.HEADING, line.span, level, line.span), 1
        if self._begins_item(at):
            return self._item(at)
        used = 1
        while used < len(rest) and not self._begins_block(at + used):
            used += 1
        return Block(Kind.PARAGRAPH, Span(line.span.start, rest[used - 1].span.end)), used

    def _run(self, at: int, mark: str) -> list[_Line]:
        """Return the consecutive lines that begin with a mark."""
        return list(takewhile(lambda line: line.words.startswith(mark), self._lines[at:]))

    def _begins_block(self, at: int) -> bool:
        words = self._lines[at].words
        return words.startswith("|") or _RULE.fullmatch(words) is not None or self._begins_item(at)

    def _heading_level(self, rest: Sequence[_Line]) -> int:
        """Return the level of the first line if it is a heading, else 0."""
        words = rest[0].words
        if len(words) > MAX_HEADING or (self._following is None and len(rest) == 1):
            return 0
        if _in_capitals(words) and not (len(rest) > 1 and _in_capitals(rest[1].words)):
            return 1
        numbered = _NUMBERED.match(words)
        if numbered is None or len(rest) > 1 or _END.search(words) is not None or self._following is None:
            return 0
        number = numbered["number"]
        if number is None:
            return 1
        if not words[numbered.end()].isupper():
            return 0
        depth = number.count(".") + 1
        after = _NUMBERED.match(self._following[0].words) if len(self._following) == 1 else None
        is_item = after is not None and after["number"] is not None and after["number"].count(".") < depth
        last = self._before[-1] if self._before else None
        is_item = is_item or (last is not None and last.kind is Kind.ITEM and depth == 1)
        return 0 if is_item else 1 + depth

    def _begins_item(self, at: int) -> bool:
        match = _ITEM.match(self._lines[at].words)
        if match is None:
            return False
        return match["bullet"] is not None or self._follows(match["number"] or match["letter"])

    def _follows(self, mark: str) -> bool:
        """Return whether a number or letter begins a list, or follows that of the previous item."""
        if mark in ("1", "a", "i") or mark == self._previous:
            return True
        if mark.isdecimal():
            return self._previous.isdecimal() and int(mark) == int(self._previous) + 1
        return self._previous.isalpha() and (len(mark) > 1 or ord(mark) - ord(self._previous[-1]) == 1)

    def _item(self, at: int) -> tuple[Block, int]:
        line = self._lines[at]
        match = _ITEM.match(line.words)
        assert match is not None
        while self._indents and self._indents[-1] > line.indent:
            self._indents.pop()
        if not self._indents or self._indents[-1] < line.indent:
            self._indents.append(line.indent)
        self._previous = match["number"] or match["letter"] or self._previous
        used = 1
        while at + used < len(self._lines) and not self._begins_block(at + used):
            used += 1
        end = self._lines[at + used - 1].span.end
        content = Span(line.span.start + match.end(), end)
        return Block(Kind.ITEM, Span(line.span.start, end), len(self._indents), content), used


def _underlines(words: str, below: str) -> bool:
    is_line = _UNDERLINE.fullmatch(below) is not None
    return is_line and len(words) <= MAX_HEADING and _LETTER.search(words) is not None


def _in_capitals(words: str) -> bool:
    letters = _LETTER.findall(words)
    is_sentence = words.endswith((".", "!", "?", ",", ";")) or len(words) > MAX_HEADING
    return len(letters) >= 4 and words.upper() == words and words.lower() != words and not is_sentence
