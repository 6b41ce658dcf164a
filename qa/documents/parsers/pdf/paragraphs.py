"""Paragraphs of a PDF: its lines are joined, and words and addresses split at a line end made whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.documents.parsers.pdf.lines import ITEM, SENTENCE_END, Line

SHORT_LINE = 0.6
"""A line shorter than this share of a full line ends its paragraph: it is a last line, heading or item."""

PARAGRAPH_GAP = 1.3
"""Lines further apart than this multiple of the usual distance belong to different paragraphs."""

DOUBLE_SPACED = 2.4
"""Lines of a paragraph are at most this multiple of the font size apart."""

SIZE_CHANGE = 0.1
"""Lines whose font sizes differ by a greater share than this belong to different paragraphs."""

INDENT = 0.5
"""A line that begins further right than its predecessor by this share of its font size is indented."""

_LINE_END_HYPHEN = re.compile(r"(?<!\w)(\w+)([-\u2010\xad])$")
_WORD = re.compile(r"\w+")
_HYPHENATED = re.compile(r"(?<!\w)\w+(?:[-\u2010]\w+)+")
_ADDRESS = re.compile(
    r"(?i)(?:[a-z][a-z0-9+.-]{0,30}://|www\.|mailto:|doi:|\b10\.\d{4,9}/|[\w.+-]@|\w:\\|(?<!\S)~?/\w)\S*$"
)
_TWO_HYPHENS = re.compile(r"\w-\w+-$")
_FILE_END = re.compile(r"[/\\_=&?#%@~]$")
_OPEN_END = re.compile(r"[/\\._=&?#%@~:+-]$")
_GOES_ON = re.compile(r"[/\\._=&?#%@~]\S|\S*[/\\_=&?#%@~.]\w|[\w-]*\d[\w-]*(?:\W|$)")


@dataclass(slots=True)
class PlacedLine:
    """A line, and the offsets of its text in the text of the document.

    Attributes:
        line: The line, with its font size, weight and place on the page.
        page: The index of its page, from 0.
        start: The offset of its first character.
        end: The offset after its last character.
    """

    line: Line
    page: int
    start: int
    end: int


@dataclass(slots=True)
class _Piece:
    """A line of a paragraph, and how it is joined to the one before it."""

    line: Line
    page: int
    dropped: int = 0
    separator: str = ""


def join_lines(
    pages: Sequence[Sequence[Line]], is_word: Callable[[str], bool] | None = None
) -> tuple[str, tuple[int, ...], list[PlacedLine]]:
    """Join the lines of all pages into paragraphs, with a blank line between them.

    Table rows are on lines of their own. Lines that are set aside come after the paragraph that they are in,
    or before it if that paragraph continues on the next page.

    Args:
        pages: The lines of each page in reading order.
        is_word: Returns whether a word in lower case exists. By default, no words are known.

    Returns:
        The text, the offset in it at which each page begins, and the lines with their offsets.
    """
    placed: list[PlacedLine] = []
    pieces: list[str] = []
    length = 0
    previous: list[_Piece] = []
    for paragraph in _paragraphs(pages, is_word):
        separator = "" if not previous else "\n" if _same_table(previous[-1], paragraph[0]) else "\n\n"
        for piece in paragraph:
            if piece.dropped:
                pieces[-1] = pieces[-1][: -piece.dropped]
                placed[-1].end -= piece.dropped
            separator = separator if piece is paragraph[0] else piece.separator
            length += len(separator) - piece.dropped
            placed.append(PlacedLine(piece.line, piece.page, length, length + len(piece.line.text)))
            pieces += (separator, piece.line.text)
            length += len(piece.line.text)
        previous = paragraph
    return "".join(pieces), _page_offsets(len(pages), placed, length), placed


def _page_offsets(pages: int, placed: Sequence[PlacedLine], length: int) -> tuple[int, ...]:
    """Return the offset of each page; a page without lines begins where the next one does."""
    offsets = [length] * pages
    for line in reversed(placed):
        offsets[line.page] = line.start
    for page in range(pages - 2, -1, -1):
        offsets[page] = min(offsets[page], offsets[page + 1])
    if offsets:
        offsets[0] = 0
    return tuple(offsets)


def _same_table(above: _Piece, below: _Piece) -> bool:
    return above.line.row and below.line.row and above.page == below.page


def _paragraphs(pages: Sequence[Sequence[Line]], is_word: Callable[[str], bool] | None) -> list[list[_Piece]]:
    """Return the paragraphs, each with its lines and how they are joined."""
    lines = [line for page in pages for line in page]
    words = _Words(lines, is_word)
    result: list[list[_Piece]] = []
    current: list[_Piece] = []
    asides: list[list[_Piece]] = []
    in_item = False
    widths: dict[int, float] = {}
    for page, page_lines in enumerate(pages):
        before, (widths, leading) = widths, _page_metrics(page_lines)
        is_first = True
        for line in page_lines:
            if line.aside:
                if (
                    asides
                    and asides[-1][-1].page == page
                    and not _ends_paragraph(
                        asides[-1][-1].line, line, widths, leading, in_item=False, new_page=False
                    )
                ):
                    dropped, separator = words.joint(asides[-1][-1].line.text, line.text)
                    asides[-1].append(_Piece(line, page, dropped, separator))
                else:
                    asides.append([_Piece(line, page)])
                continue
            measured = before if is_first else widths
            if current and not _ends_paragraph(
                current[-1].line, line, measured, leading, in_item=in_item, new_page=is_first
            ):
                dropped, separator = words.joint(current[-1].line.text, line.text)
                if asides and asides[0][0].page < page and current[0].page < page:
                    early = [aside for aside in asides if aside[0].page == current[0].page]
                    result += early
                    asides = [aside for aside in asides if aside[0].page != current[0].page]
                current.append(_Piece(line, page, dropped, separator))
            else:
                if current:
                    result.append(current)
                result += asides
                asides = []
                current = [_Piece(line, page)]
                in_item = ITEM.match(line.text) is not None
            is_first = False
    if current:
        result.append(current)
    return result + asides


def _page_metrics(lines: Sequence[Line]) -> tuple[dict[int, float], float]:
    """Return the width of a full line for each rounded font size, and the usual distance between lines.

    The width is at the 80th percentile. Both are in points; the distance is 0 if it is unknown.
    """
    found: dict[int, list[float]] = {}
    for line in lines:
        found.setdefault(round(line.size), []).append(line.right - line.left)
    widths = {size: sorted(widths)[len(widths) * 4 // 5] for size, widths in found.items()}
    steps = Counter(
        round(above.baseline - below.baseline)
        for above, below in pairwise(lines)
        if not (above.row or below.row)
    )
    # Of the most frequent distances, the smallest.
    down = [(count, -step) for step, count in steps.items() if step > 0]
    return widths, float(-max(down)[1]) if down else 0.0


def _ends_paragraph(
    previous: Line, line: Line, widths: dict[int, float], leading: float, *, in_item: bool, new_page: bool
) -> bool:
    """Return whether a paragraph ends between two lines.

    Args:
        previous: The line before.
        line: The line after.
        widths: The width of a full line for each rounded font size, on the page of the line before.
        leading: The usual distance between lines, 0 if unknown.
        in_item: Whether the paragraph began as a list item.
        new_page: Whether a page ends between the lines.
    """
    if (
        previous.row
        or line.row
        or abs(previous.size - line.size) > SIZE_CHANGE * max(previous.size, line.size)
    ):
        return True
    after_sentence = SENTENCE_END.search(previous.text) is not None
    if ITEM.match(line.text) is not None and (in_item or after_sentence):
        return True
    is_short = previous.right - previous.left < SHORT_LINE * widths.get(round(previous.size), 0.0)
    step = previous.baseline - line.baseline
    if new_page or step < 0 or previous.column != line.column:  # a new column is further up
        return after_sentence or line.bold != previous.bold or (is_short and not line.text[:1].islower())
    if leading and step > PARAGRAPH_GAP * min(leading, DOUBLE_SPACED * line.size):
        return True
    if is_short and _LINE_END_HYPHEN.search(previous.text) is None:
        return True
    is_indented = line.left - previous.left > INDENT * line.size
    return is_indented and not in_item and after_sentence


class _Words:
    """The words of a document, by which split ones are rejoined."""

    def __init__(self, lines: Sequence[Line], is_word: Callable[[str], bool] | None) -> None:
        self._hyphenated = {word.lower() for line in lines for word in _HYPHENATED.findall(line.text)}
        self._whole = {word.lower() for line in lines for word in _WORD.findall(line.text)}
        self._is_word = is_word

    def joint(self, above: str, below: str) -> tuple[int, str]:
        """Return how two lines of a paragraph are joined.

        Returns:
            How many characters to drop from the end of `above`, and what to put before `below`.
        """
        address = _ADDRESS.search(above[above.rfind(" ") + 1 :])
        hyphen = _LINE_END_HYPHEN.search(above)
        if address is not None:
            is_open = _OPEN_END.search(above) is not None
            goes_on = _GOES_ON.match(below) is not None
            if (
                (hyphen is not None and hyphen[2] != "\xad")
                or _FILE_END.search(above)
                or (goes_on and is_open)
            ):
                return 0, ""
            if below[:1] in "/?&=#_" and goes_on:
                return 0, ""
        following = _WORD.match(below)
        if hyphen is None or following is None:
            return 0, " "
        if hyphen[2] == "\xad":
            return 1, ""
        return (0, "") if self._keeps_hyphen(above, hyphen[1], following[0]) else (1, "")

    def _keeps_hyphen(self, above: str, start: str, end: str) -> bool:
        """Return whether the hyphen between the parts of a word belongs to it."""
        if not end[0].islower() or not start.isalpha() or not end.isalpha():
            return True
        parts, whole = f"{start}-{end}".lower(), f"{start}{end}".lower()
        if parts in self._hyphenated or _TWO_HYPHENS.search(above):
            return parts in self._hyphenated or whole not in self._whole
        if whole in self._whole:
            return False
        is_word = self._is_word
        return is_word is not None and not is_word(whole) and is_word(start.lower()) and is_word(end.lower())
