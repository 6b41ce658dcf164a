"""Words of a PDF page with their places, as PDFium reads them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.parsers.pdf.characters import Style, is_rtl, runs, style_of, turned

MAX_WORDS = 100_000
"""The most words that are read from one page."""

_WORD_GAP = 0.25  # of the font size: letters further apart belong to two words, whatever the file says
_REPEATED = 0.08  # of the font size: the same letter so close is drawn again
_AGAIN = 0.12  # of the font size: the same word so close is drawn again
_BASELINE_SHIFT = 0.08  # of the font size: letters further up or down are a word of their own
_LEAST_GAP = 0.06  # of the font size: a narrower gap is no space
_SCALE = 0.9  # letters smaller than this share of those before them are a word of their own
_DOWNWARD = 3  # quarters that vertical writing is turned by

_PLAIN = re.compile(r"[A-Za-zÀ-ɏ]{2,}[.,;:!?]?")  # without a mark that may be raised
_NARROW, _WIDE = 0.15, 0.9  # of the font size: how wide letters are in the mean

Edges = tuple[float, float, float, float]
"""The left, bottom, right and top edge of a page."""


@dataclass(slots=True)
class Word:
    """Letters without a space between them. Lengths are in points, from the lower left corner of the page.

    Attributes:
        text: The letters.
        left: Where the first letter begins.
        right: Where the last letter ends.
        baseline: The height at which they stand.
        size: The font size.
        bold: Whether the font is bold.
        glued: Whether no space is before it: it continues the word before, in another size or height.
        oblique: Whether it is turned by something else than a quarter.
        hidden: Whether it is not drawn, as the recognised text of a scan is.
        white: Whether it is drawn in white.
        rtl: Whether it is written from right to left.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    glued: bool = False
    oblique: bool = False
    hidden: bool = False
    white: bool = False
    rtl: bool = False


def page_words(page: pdfium.PdfPage, *, is_tex: bool) -> dict[int, list[Word]]:
    """Return the words of a page in the order in which it draws them, by their direction.

    Args:
        page: The page.
        is_tex: Whether TeX made the file, whose fonts may not say which letters their ligatures are.

    Returns:
        For each number of quarters that words are turned by, against the clock, these words, with places as
        if the page were turned so that they stand upright.
    """
    found: dict[int, list[Word]] = {}
    last: Word | None = None
    for count, (quarter, word, space) in enumerate(_words(page, is_tex=is_tex)):
        words = found.setdefault(quarter, [])
        word.glued = word.glued and bool(words)
        if space is False and words and words[-1] is last and _touch(last, word):
            last.text += word.text
            last.right = word.right
            continue
        last = word
        words.append(word)
        if count >= MAX_WORDS:
            break
    return {quarter: list(_once(words)) for quarter, words in found.items()}


def _once(words: Sequence[Word]) -> Iterator[Word]:
    """Yield words without those that are drawn again in nearly the same place, to make them bold."""
    seen: dict[tuple[str, int, int], Word] = {}
    for word in words:
        column, row = round(word.left), round(word.baseline)
        near = (
            seen[word.text, x, y]
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            if (word.text, x, y) in seen
        )
        limit = _AGAIN * word.size
        if any(
            abs(other.left - word.left) < limit and abs(other.baseline - word.baseline) < limit
            for other in near
        ):
            continue
        seen.setdefault((word.text, column, row), word)
        yield word


def _touch(one: Word, other: Word) -> bool:
    """Return whether two words are one: of the same kind, and with less than a space between them."""
    size = max(one.size, other.size)
    return (
        one.size == other.size
        and (one.bold, one.oblique, one.hidden, one.white, one.rtl, False)
        == (other.bold, other.oblique, other.hidden, other.white, other.rtl, other.rtl)
        and abs(one.baseline - other.baseline) <= _BASELINE_SHIFT * size
        and abs(other.left - one.right) < _LEAST_GAP * size
    )


def _words(page: pdfium.PdfPage, *, is_tex: bool) -> Iterator[tuple[int, Word, bool | None]]:
    """Yield the words of a page, each with its direction in quarters against the clock.

    The third value says whether the file has a space before the word. It is False if PDFium guessed one from
    the places of the letters, None if there is none.
    """
    textpage = page.get_textpage()
    edges = page.get_bbox()
    styles: dict[object, Style] = {}
    space: bool | None
    for run, space in runs(textpage, is_tex=is_tex):
        word = _plain_word(textpage.raw, run, edges, styles)
        if word is None:
            for quarter, part in _parts(textpage.raw, run, edges, styles):
                yield quarter, part, space
                space = None
        else:
            yield 0, word, space


def _plain_word(
    handle: object, run: Sequence[tuple[int, str]], edges: Edges, styles: dict[object, Style]
) -> Word | None:
    """Return letters as a word if their ends show that they are one, of one font and height; else None.

    This is the usual case. It saves asking for the place of every letter.
    """
    text = "".join(letter for _, letter in run)
    if _PLAIN.fullmatch(text) is None:
        return None
    first, last = api.FS_RECTF(), api.FS_RECTF()
    api.FPDFText_GetLooseCharBox(handle, run[0][0], first)
    api.FPDFText_GetLooseCharBox(handle, run[-1][0], last)
    style = style_of(handle, run[0][0], first, styles)
    left, right, bottom = first.left, last.right, first.bottom
    is_plain = (
        style.turn == 0
        and not any(style.kind)
        and first.bottom == last.bottom
        and first.top == last.top
        and _NARROW * style.size * len(text) < right - left < _WIDE * style.size * len(text)
        and edges[0] <= left
        and right <= edges[2]
        and edges[1] <= bottom
        and first.top <= edges[3]
    )
    return Word(text, left, right, bottom + style.rise, style.size, style.bold) if is_plain else None


def _parts(
    handle: object, run: Sequence[tuple[int, str]], edges: Edges, styles: dict[object, Style]
) -> Iterator[tuple[int, Word]]:
    """Yield the words that letters make, by the place of each."""
    box = api.FS_RECTF()
    style: Style | None = None
    word: Word | None = None
    quarter = 0
    last_left = last_bottom = last_top = last_start = last_end = 0.0
    for index, text in run:
        api.FPDFText_GetLooseCharBox(handle, index, box)
        box_left, box_bottom, box_right, box_top = box.left, box.bottom, box.right, box.top
        if not (
            edges[0] <= (box_left + box_right) / 2 <= edges[2]
            and edges[1] <= (box_bottom + box_top) / 2 <= edges[3]
        ):
            continue
        # Letters of a run that are as high as each other share their font.
        if style is None or box_bottom != last_bottom or box_top != last_top:
            style = style_of(handle, index, box, styles)
        same_place = box_left == last_left and box_bottom == last_bottom
        if word is not None and word.text[-1] == text and not same_place:
            shift = math.hypot(box_left - last_left, box_bottom - last_bottom)
            width = box_top - box_bottom if style.turn % 2 else box_right - box_left
            if shift < max(0.6 * width, _REPEATED * style.size) and shift < 0.3 * style.size:
                continue  # the same letter again, to make it bold
        turn = style.turn
        if turn == 0 and text >= "\u2e80" and word is not None:
            down = last_bottom - box_bottom
            if abs(box_left - last_left) < 0.15 * style.size and 0.5 * style.size < down < 1.6 * style.size:
                turn = _DOWNWARD
                if len(word.text) == 1 and quarter == 0:
                    word.left, word.right, word.baseline = -last_top, -last_bottom, box_left
                    quarter = _DOWNWARD
        last_left, last_bottom, last_top = box_left, box_bottom, box_top
        if turn == 0:
            left, right, baseline = box_left, box_right, box_bottom + style.rise
        else:
            left, right, baseline = _turned_extent(box, turn, style)
        glued = False
        before, (last_start, last_end) = (last_start, last_end), (left, right)
        if word is not None and turn == quarter and style.kind == (word.oblique, word.hidden, word.white):
            rtl = text >= "\u0590" and is_rtl(text)
            larger = max(style.size, word.size)
            gap = 0.0 if same_place else word.left - right if rtl else left - word.right
            is_after = right < before[1] if rtl else left > before[0]
            near = (is_after or -0.6 * style.size < gap) and gap < _WORD_GAP * larger
            shift = abs(baseline - word.baseline)
            same = shift <= _BASELINE_SHIFT * larger and min(style.size, word.size) >= _SCALE * larger
            if word.oblique or (near and same):
                word.text += text
                word.left, word.right = min(left, word.left), max(right, word.right)
                word.rtl = word.rtl or rtl
                continue
            glued = near and shift < 0.8 * larger
        if word is not None:
            yield quarter, word
        word = Word(text, left, right, baseline, style.size, style.bold, glued, *style.kind, is_rtl(text))
        quarter = turn
    if word is not None:
        yield quarter, word


def _turned_extent(box: api.FS_RECTF, turn: int, style: Style) -> tuple[float, float, float]:
    """Return where a character begins and ends and its baseline, after the page has been turned."""
    if style.turn != turn:  # vertical writing
        return -box.top, -box.bottom, box.left
    (left, one), (right, other) = turned(box.left, box.bottom, turn), turned(box.right, box.top, turn)
    return min(left, right), max(left, right), min(one, other) + style.rise
