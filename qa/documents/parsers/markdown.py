"""Markdown: the structure of a text by CommonMark and GitHub's tables. The text is not changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.documents.block import Block, Kind
from qa.documents.blocks import Blocks
from qa.documents.lines import filled_lines, lines_of
from qa.documents.paragraphs import complete
from qa.documents.parsers.bar_tables import bar_table
from qa.documents.parsers.markdown_unread import without_unread
from qa.documents.span import Span, strip_span
from qa.documents.structure import structure

MAX_NESTING = 60
"""How deeply lists and quotations may be nested; a list counts twice. Deeper ones are read as paragraphs."""

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_KEY = re.compile(r"(?P<label>[\w-]+)[ \t]*:[ \t]+(?P<quote>[\"']?)(?P<value>\S.*?)(?P=quote)[ \t]*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_CONTAINERS = re.compile(r"(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*")
_QUOTE = re.compile(r"(?:[ \t]*>)+[ \t]*")
_OPENING = re.compile(r"#{1,6}[ \t]*")
_CLOSING = re.compile(r"(?:(?<=[ \t])|^)#+[ \t]*$")
_DEFINITIONS = re.compile(r"(?:[ \t>]*\[(?!\^)[^\]\n]+\]:[ \t]+\S+[^\n]*(?:\n|\Z))+")
_NOTE = re.compile(r"\[\^[^\]\s]+\]:[ \t]+(?=\S)")
_MAKERS = ("heading_open", "paragraph_open", "table_open", "hr", "html_block", "fence", "code_block")
_COMMENT = re.compile(r"\s*<!--.*?(?:-->|\Z)\s*", re.S)


def markdown_blocks(text: str) -> Blocks:
    """Return the structure of a Markdown text.

    Lines of front matter (YAML at the beginning) become labels with values. Struck-out words, comments and
    footnote marks become markup.
    """
    front = _FRONT_MATTER.match(text)
    start = 0 if front is None else front.end()
    blocks = [] if front is None else list(_front_matter(text, Span(*front.span())))
    blocks += _Outline(text, start).blocks()
    shown = (_shown(text, block) for block in complete(text, blocks))
    return structure(text, (part for block in shown for part in without_unread(text, block)))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    return parser.disable(["inline", "text_join"])  # inline tokens have no positions


def _front_matter(text: str, span: Span) -> Iterator[Block]:
    for words in filled_lines(text, span):
        match = _KEY.fullmatch(text, words.start, words.end)
        if match is None:
            is_fence = not text[words.start : words.end].strip("-.\ufeff")
            yield Block(Kind.MARKUP if is_fence else Kind.PARAGRAPH, words)
        else:
            label, value = Span(*match.span("label")), Span(*match.span("value"))
            yield Block(Kind.LABEL, words, label=label, value=value)


def _shown(text: str, block: Block) -> Block:
    """Return a block; a paragraph of marks or link definitions alone becomes markup, or a footnote."""
    words = text[block.span.start : block.span.end]
    note = _NOTE.match(words) if block.kind is Kind.PARAGRAPH else None
    if note is not None:
        return replace(block, kind=Kind.FOOTNOTE, content=Span(block.span.start + note.end(), block.span.end))
    is_marks = block.kind is Kind.PARAGRAPH and (not words.strip("> \t\r\n") or _DEFINITIONS.fullmatch(words))
    return replace(block, kind=Kind.MARKUP) if is_marks else block


class _Outline:
    """The blocks of a text, located by the line numbers of the parser's tokens.

    Args:
        text: The text.
        start: The offset at which its Markdown begins.
    """

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        # The parser normalizes line endings and replaces null characters, so count the lines here.
        body = text[start:]
        lengths = [len(match[0]) for match in _LINE.finditer(body) if match[0]]
        self._offsets = list(accumulate(lengths, initial=start))
        self._tokens = _parser().parse(body)

    def blocks(self) -> Iterator[Block]:
        """Yield headings, paragraphs of lists, tables, quotations and code."""
        lists: list[str] = []  # the open containers
        item: int | None = None  # the first line of an item that has no block yet
        number = 0
        while number < len(self._tokens):
            token = self._tokens[number]
            number += 1
            depth = sum(kind.endswith("list_open") for kind in lists)
            if token.type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
                lists.append(token.type)
            elif token.type in ("bullet_list_close", "ordered_list_close", "blockquote_close"):
                lists.pop()
            elif token.type == "list_item_open" and token.map is not None:
                item = token.map[0]
            elif token.map is not None and token.type in _MAKERS:
                span = self._span(token.map)
                if span is None:
                    continue
                begins_item = item == token.map[0] and token.type == "paragraph_open"
                yield self._block(token, span, depth, begins_item, "blockquote_open" in lists)
                item = None
                if token.type == "table_open":
                    while self._tokens[number].type != "table_close":
                        number += 1

    def _span(self, lines: Sequence[int]) -> Span | None:
        """Return the span of a half-open range of lines, stripped of white space."""
        first, last = (min(line, len(self._offsets) - 1) for line in lines)
        return strip_span(self._text, self._offsets[first], self._offsets[last])

    def _block(self, token: Token, span: Span, depth: int, begins_item: bool, in_quote: bool) -> Block:
        text = self._text
        content = strip_span(text, self._content_start(span, token), span.end) if depth or in_quote else span
        content = span if content is None else content
        if token.type == "heading_open":
            return Block(Kind.HEADING, span, int(token.tag[1:]), _title(text, content, token.markup))
        if token.type == "table_open":
            table = bar_table(text, _lines(text, content), depth=depth)
            return Block(Kind.MARKUP, span, depth) if table is None else table
        if token.type == "hr" or (token.type == "html_block" and _COMMENT.fullmatch(token.content)):
            return Block(Kind.MARKUP, span, depth)
        if token.type in ("fence", "code_block"):
            return Block(Kind.CODE, span, depth, _code(text, span, token))
        if begins_item:
            return Block(Kind.ITEM, span, depth, content)
        if in_quote:
            return Block(Kind.QUOTATION, span, depth, content)
        return Block(Kind.PARAGRAPH, span, depth, None if content == span else content)

    def _content_start(self, span: Span, token: Token) -> int:
        """Return where the first line of a block begins, after the marks of the containers around it."""
        match = _CONTAINERS.match(self._text, span.start, span.end)
        assert match is not None
        if token.type in ("paragraph_open", "heading_open", "table_open"):
            return match.end()
        return span.start


def _title(text: str, span: Span, markup: str) -> Span | None:
    """Return the words of a heading without its marks; None if it has no words."""
    if markup.startswith("#"):
        opening = _OPENING.match(text, span.start, span.end)
        start = span.start if opening is None else opening.end()
        closing = _CLOSING.search(text[start : span.end])
        return strip_span(text, start, span.end if closing is None else start + closing.start())
    lines = _lines(text, span)
    return Span(lines[0].start, lines[-2].end) if len(lines) > 1 else span


def _code(text: str, span: Span, token: Token) -> Span | None:
    """Return the lines between the fences, None if there are none."""
    if token.type == "code_block":
        return None
    lines = _lines(text, span)
    is_closed = text[lines[-1].start : lines[-1].end].startswith(token.markup) and len(lines) > 1
    inner = lines[1:-1] if is_closed else lines[1:]
    return Span(inner[0].start, inner[-1].end) if inner else None


def _lines(text: str, span: Span) -> list[Span]:
    """Return the lines of a span, without surrounding white space and `>` marks."""
    found = []
    for offset, line in lines_of(text, span.start, span.end):
        quote = _QUOTE.match(line) if offset > span.start else None
        start = offset if quote is None else offset + quote.end()
        stripped = strip_span(text, start, offset + len(line))
        if stripped is not None:
            found.append(stripped)
    return found
