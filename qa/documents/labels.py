"""Labels: lines such as `Price: 3 crowns`, whose first part names the value that follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa.documents.block import Block, Kind
from qa.documents.lines import filled_lines
from qa.documents.span import Span

MAX_WORDS = 6  # of a label
MAX_VALUE = 200  # characters of a value

_NAME = r"[^\W_](?:[^:\n|.!?]|\.(?=\S)){0,48}?"
_LABEL = re.compile(
    rf"[ \t]*(?:(?P<bold>\*\*|__)(?P<strong>{_NAME}):?(?P=bold)|(?P<plain>{_NAME}))"
    r"(?:(?P<colon>[ \t]*:[ \t]+|(?<=:\*\*)[ \t]+|(?<=:__)[ \t]+)"
    r"|[ \t]*(?P<gap>\.{4,}|…{2,}|\t+| {4,})[ \t]*)"
    r"(?P<value>[^\s:].*)"
)
_EMPTY = re.compile(rf"[ \t]*(?P<plain>{_NAME})[ \t]*:[ \t]*(?:[_.…]{{3,}}|[-–—])?[ \t]*")
_GAP = re.compile(r"\t| {4}|\.{4}")
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a paragraph, with its label and value if it has them.

    A label without a value may be an empty field, or introduce the lines below.
    """

    span: Span
    label: Span | None = None
    value: Span | None = None
    is_bold: bool = False

    @property
    def has_value(self) -> bool:
        """Whether it has a label with a value."""
        return self.value is not None


def with_labels(text: str, blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks, with paragraphs of labels and values split into label blocks.

    A line has a label if the line before or after it has one too, or if the label is bold. Lines of different
    paragraphs are adjacent if each is the only line of its paragraph. A list item of one line may have a
    label. A label without a value, after a line that has one, is an empty field if it is the last line or
    another label follows.
    """
    found: list[Block] = []
    run: list[tuple[Block, list[_Line]]] = []  # adjacent paragraphs
    for block in blocks:
        if block.kind is Kind.PARAGRAPH and block.content is None:
            run.append((block, [_line(text, line) for line in filled_lines(text, block.span)]))
            continue
        found += _divided(run)
        run = []
        found.append(_labelled(text, block) if block.kind is Kind.ITEM else block)
    return [*found, *_divided(run)]


def _line(text: str, span: Span) -> _Line:
    empty = _EMPTY.fullmatch(text, span.start, span.end)
    if empty is not None and len(empty["plain"].split()) <= MAX_WORDS and _LETTERS.search(empty["plain"]):
        return _Line(span, Span(*empty.span("plain")))
    match = _LABEL.fullmatch(text, span.start, span.end)
    if match is None:
        return _Line(span)
    name = match["strong"] or match["plain"]
    label = Span(*match.span("plain" if match["strong"] is None else "strong"))
    is_name = len(name.split()) <= MAX_WORDS and _LETTERS.search(name) is not None
    is_single = match["gap"] is None or _GAP.search(match["value"]) is None
    if not is_name or not is_single or len(match["value"]) > MAX_VALUE:
        return _Line(span)
    return _Line(span, label, Span(*match.span("value")), match["bold"] is not None)


def _divided(run: list[tuple[Block, list[_Line]]]) -> Iterator[Block]:
    """Yield adjacent paragraphs, split where lines have labels."""
    places: list[_Line | None] = [None]  # None between lines that are not adjacent
    for number, (_, lines_of_block) in enumerate(run):
        if number and max(len(lines_of_block), len(run[number - 1][1])) > 1:
            places.append(None)
        places += lines_of_block
    places.append(None)
    has_form = _forms(places)
    place = 0
    for number, (block, lines_of_block) in enumerate(run):
        if number and max(len(lines_of_block), len(run[number - 1][1])) > 1:
            place += 1
        rest: list[_Line] = []  # lines before the next label
        pieces: list[Block] = []
        for line in lines_of_block:
            place += 1
            beside = has_form[place - 1] or has_form[place + 1]
            if has_form[place] and (beside or (line.is_bold and line.has_value)):
                pieces += _joined(block, rest)
                rest = []
                pieces.append(
                    replace(block, kind=Kind.LABEL, span=line.span, label=line.label, value=line.value)
                )
            else:
                rest.append(line)
        yield from [*pieces, *_joined(block, rest)] if pieces else [block]


def _forms(places: Sequence[_Line | None]) -> list[bool]:
    """Return for each line whether it looks like a label with a value, or an empty field."""
    found: list[bool] = []
    for place, line in enumerate(places):
        if line is None or line.label is None:
            found.append(False)
        elif line.has_value:
            found.append(True)
        else:
            following = places[place + 1]
            found.append(found[-1] and (following is None or following.label is not None))
    return found


def _joined(block: Block, lines: list[_Line]) -> list[Block]:
    return [replace(block, span=Span(lines[0].span.start, lines[-1].span.end))] if lines else []


def _labelled(text: str, item: Block) -> Block:
    """Return an item of one line with its label, if it has one."""
    if item.content is None or item.label is not None:
        return item
    line = _line(text, item.content)
    return item if line.value is None else replace(item, label=line.label, value=line.value)
