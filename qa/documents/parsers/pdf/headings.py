"""Headings of a PDF: lines that are larger or bolder than the text below them, or named by bookmarks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from qa.documents.block import Block, Kind
from qa.documents.parsers.pdf.bookmarks import Bookmark
from qa.documents.parsers.pdf.lines import SAME_ROW
from qa.documents.parsers.pdf.paragraphs import PlacedLine
from qa.documents.parsers.pdf.sizes import common_size, rounded
from qa.documents.span import Span

MAX_HEADING = 120
"""The most characters of a heading."""

MAX_LINES = 3
"""The most lines of a heading."""

LARGER = 1.12
"""Headings that are not bold are larger than the text by at least this factor."""

SMALLER = 0.95
"""Bold headings are at least as large as the text, times this factor."""

LINE_STEP = 1.7
"""The lines of a heading are at most this multiple of the font size apart."""

HEADING_SHARE = 0.6
"""At least this share of the paragraphs in a style of headings could be one, and of these are above text."""

MIN_WORDS_BELOW = 5
"""Below most headings of a style is a paragraph of at least this many words, or a table."""

MAX_RUN = 4
"""More headings in a row than this are not headings, but a list, a poster or a table of contents."""

MAX_LEVEL = 6

_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"[.,;:…]['\"”’)]*$")
_BULLET = re.compile(r"[•‣◦▪●○■□–—*|-]|\(?[a-z]\)")
_CAPTION = re.compile(r"(?:Fig(?:ure|\.)?|Table|Tab\.|Listing|Plate|Source|Note)\b[ .:]*\d*", re.IGNORECASE)
_NUMBER = re.compile(r"^(?:\d+|[ivxlc]+|[a-z]\d*)(?:[.)]\d+)*[.)]?\s+", re.IGNORECASE)
_LEADER = re.compile(r"\.{4}|(?:\. ){3}|…")  # dots before a page number
_NOT_WORD = re.compile(r"[\W_]+")


class _Style(NamedTuple):
    """The look of the headings of one level; a greater style is more prominent."""

    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Lines that are joined into a paragraph, or the paragraphs of one heading."""

    words: str
    lines: tuple[PlacedLine, ...]

    @property
    def span(self) -> Span:
        return Span(self.lines[0].start, self.lines[-1].end)

    @property
    def style(self) -> _Style | None:
        """The style of its letters, None if it varies, or they belong to a table or a note."""
        found = {_Style(rounded(placed.line.size), placed.line.bold) for placed in self.lines}
        is_apart = any(placed.line.row or placed.line.aside for placed in self.lines)
        return found.pop() if len(found) == 1 and not is_apart else None


def pdf_headings(text: str, lines: Sequence[PlacedLine], bookmarks: Sequence[Bookmark]) -> list[Block]:
    """Return the headings of a PDF, in order.

    A heading is one short line, or a few, in a style that is larger or bolder than that of most letters and
    seldom used for sentences; or a paragraph that a bookmark names. The larger the style, the higher the
    level; for bookmarks, their depth determines the level.

    Args:
        text: The text.
        lines: Its lines, in order.
        bookmarks: The outline.
    """
    paragraphs = _merged(list(_paragraphs(text, lines)))
    body = _body(lines)
    if body is None:
        return []
    named = _named(paragraphs, bookmarks)
    beside = _beside_others(lines)
    styled = {
        number for number in _styled(paragraphs, body, named) if paragraphs[number].span.start not in beside
    }
    levels = _levels(paragraphs, named, styled)
    return [
        Block(Kind.HEADING, paragraphs[number].span, levels[number], paragraphs[number].span)
        for number in sorted(levels)
    ]


def _paragraphs(text: str, lines: Sequence[PlacedLine]) -> Iterator[_Paragraph]:
    """Yield the lines between blank lines."""
    current: list[PlacedLine] = []
    for line in lines:
        if current and "\n" in text[current[-1].end : line.start]:
            yield _paragraph(text, current)
            current = []
        current.append(line)
    if current:
        yield _paragraph(text, current)


def _paragraph(text: str, lines: Sequence[PlacedLine]) -> _Paragraph:
    return _Paragraph(" ".join(text[lines[0].start : lines[-1].end].split()), tuple(lines))


def _body(lines: Sequence[PlacedLine]) -> _Style | None:
    """Return the style of most letters outside tables, None if there are none."""
    outside = [placed.line for placed in lines if not placed.line.row]
    if not outside:
        return None
    size = common_size(outside)
    letters: Counter[bool] = Counter()
    for line in outside:
        if rounded(line.size) == size:
            letters[line.bold] += len(line.text)
    return _Style(size, letters[True] > letters[False])


def _merged(paragraphs: Sequence[_Paragraph]) -> list[_Paragraph]:
    """Join the lines of one heading: short paragraphs of one style, each directly below the other."""
    result: list[_Paragraph] = []
    for paragraph in paragraphs:
        above = result[-1] if result else None
        if above is not None and _goes_on(above, paragraph):
            result[-1] = _Paragraph(f"{above.words} {paragraph.words}", above.lines + paragraph.lines)
        else:
            result.append(paragraph)
    return result


def _goes_on(above: _Paragraph, below: _Paragraph) -> bool:
    last, first = above.lines[-1], below.lines[0]
    step = last.line.baseline - first.line.baseline
    return (
        above.style is not None
        and above.style == below.style
        and last.page == first.page
        and last.line.column == first.line.column
        and 0 < step <= LINE_STEP * last.line.size
        and len(above.lines) + len(below.lines) <= MAX_LINES
        and len(above.words) + len(below.words) <= MAX_HEADING
        and _SENTENCE_END.search(above.words) is None
        and _NUMBER.match(below.words) is None
        and _BULLET.match(below.words) is None
    )


def _has_form(words: str) -> bool:
    """Return whether words could be a heading."""
    return (
        len(words) <= MAX_HEADING
        and len(_LETTER.findall(words)) >= 2
        and _SENTENCE_END.search(words) is None
        and _BULLET.match(words) is None
        and _CAPTION.match(words) is None
        and _LEADER.search(words) is None
        and words.count(": ") <= 1
        and not words[0].islower()
    )


def _styled(paragraphs: Sequence[_Paragraph], body: _Style, named: Collection[int]) -> set[int]:
    """Return the positions of the headings that are recognised by their style."""
    of_style: dict[_Style, list[int]] = defaultdict(list)
    for number, paragraph in enumerate(paragraphs):
        style = paragraph.style
        if style is not None and _stands_out(style, body):
            of_style[style].append(number)
    found: set[int] = set()
    for numbers in of_style.values():
        formed = [number for number in numbers if _is_heading(paragraphs[number])]
        above_text = [number for number in formed if _is_above_text(number, paragraphs, body, named)]
        if len(formed) >= HEADING_SHARE * len(numbers) and len(above_text) >= HEADING_SHARE * len(formed):
            found.update(formed)
    return _with_text_below(found, paragraphs)


def _is_above_text(
    number: int, paragraphs: Sequence[_Paragraph], body: _Style, named: Collection[int]
) -> bool:
    """Return whether a paragraph is above text or another heading, not single words or numbers."""
    for below in range(number + 1, min(number + 3, len(paragraphs))):
        paragraph, style = paragraphs[below], paragraphs[below].style
        has_text = len(paragraph.words.split()) >= MIN_WORDS_BELOW
        if has_text or below in named or any(placed.line.row for placed in paragraph.lines):
            return True
        if style is None or style == paragraphs[number].style or not _stands_out(style, body):
            return False
    return False


def _stands_out(style: _Style, body: _Style) -> bool:
    if style.size >= LARGER * body.size:
        return True
    return style.bold and not body.bold and style.size >= SMALLER * body.size


def _is_heading(paragraph: _Paragraph) -> bool:
    return len(paragraph.lines) <= MAX_LINES and _has_form(paragraph.words)


def _with_text_below(found: set[int], paragraphs: Sequence[_Paragraph]) -> set[int]:
    """Drop runs of headings that are too long, and those at the end of the document."""
    result: set[int] = set()
    runs = (
        list(group) for is_heading, group in groupby(range(len(paragraphs)), found.__contains__) if is_heading
    )
    for run in runs:
        if len(run) <= MAX_RUN and run[-1] + 1 < len(paragraphs):
            result.update(run)
    return result


def _beside_others(lines: Sequence[PlacedLine]) -> set[int]:
    """Return the offsets of lines beside other lines of their column, as names of rows are."""
    heights: dict[tuple[int, int, int], list[PlacedLine]] = defaultdict(list)
    for placed in lines:
        height = round(placed.line.baseline / 2)
        for near in (height - 1, height, height + 1):
            heights[placed.page, placed.line.column, near].append(placed)
    return {
        placed.start
        for placed in lines
        for other in heights[placed.page, placed.line.column, round(placed.line.baseline / 2)]
        if other is not placed
        and abs(other.line.baseline - placed.line.baseline) < SAME_ROW * placed.line.size
    }


def _named(paragraphs: Sequence[_Paragraph], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """Return the paragraphs that bookmarks name, with the level of the bookmark, from 0."""
    by_place: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for number, paragraph in enumerate(paragraphs):
        if len(paragraph.words) <= 2 * MAX_HEADING and paragraph.style is not None:
            key = _key(paragraph.words)
            by_place[key, paragraph.lines[0].page].append(number)
            by_place[key, None].append(number)
    found: dict[int, int] = {}
    for bookmark in bookmarks:
        numbers = by_place.get((_key(bookmark.title), bookmark.page), [])
        if numbers:
            largest = max(numbers, key=lambda number: paragraphs[number].style or _Style(0, False))
            found.setdefault(largest, bookmark.level)
    return found


def _key(words: str) -> str:
    """Return words for comparison: in lower case, without their number, punctuation and spaces."""
    words = words.casefold()
    bare = _NOT_WORD.sub("", _NUMBER.sub("", words))
    return bare or _NOT_WORD.sub("", words)


def _levels(paragraphs: Sequence[_Paragraph], named: dict[int, int], styled: set[int]) -> dict[int, int]:
    """Return the level of each heading, from 1."""
    style_of = {number: paragraphs[number].style or _Style(0, False) for number in {*named, *styled}}
    of_style: dict[_Style, Counter[int]] = defaultdict(Counter)
    if len(set(named.values())) == 1:  # a flat outline says less than the sizes
        named = {}
    for number, level in named.items():
        of_style[style_of[number]][level] += 1
    largest = max(of_style, default=None)
    levels: dict[_Style, int] = {}
    level = -1
    for style in sorted(set(style_of.values()), reverse=True):
        if style in of_style:
            level = of_style[style].most_common(1)[0][0]
        elif largest is None or style < largest:
            level += 1
        else:
            level = 0
        levels[style] = level
    # A title that is larger than all bookmarked headings is above them.
    title = 1 if largest is not None and any(style > largest for style in levels) else 0
    result = {}
    for number, style in style_of.items():
        is_above = largest is not None and style > largest
        depth = named.get(number, levels[style]) + (0 if is_above else title)
        result[number] = min(MAX_LEVEL, 1 + depth)
    return result
