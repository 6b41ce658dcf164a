"""Words of a PDF page with their places, as PDFium reads them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.parsers.pdf.characters import Style, is_rtl, runs, style_of, turned

MAX_WORDS = 100_000
"""The most words that are read from one page."""

_WORD_GAP = 0.25  # of the font size: letters further apart belong to two words, whatever the file says
_REPEATED = 0.08  # of the font size: the same letter this close is drawn again
_AGAIN = 0.12  # of the font size: the same word this close is drawn again
_BASELINE_SHIFT = 0.08  # of the font size: letters further up or down are a word of their own
_LEAST_GAP = 0.06  # of the font size: a narrower gap is not a space
_SCALE = 0.9  # letters smaller than this share of those before them are a word of their own
_DOWNWARD = 3  # quarter turns of vertical writing

_PLAIN = re.compile(r"[A-Za-zÀ-ɏ]{2,}[.,;:!?]?")  # without a mark that may be raised
_NARROW, _WIDE = 0.15, 0.9  # of the font size: the mean width of letters

Edges = tuple[float, float, float, float]
"""The left, bottom, right and top edge of a page, or of the box around a letter."""


@dataclass(slots=True)
class Word:
    """Letters without a space between them. Lengths are in points, from the lower left corner of the page.

    Attributes:
        text: The letters.
        left: Where the first letter begins.
        right: Where the last letter ends.
        baseline: The height of its baseline.
        size: The font size.
        bold: Whether the font is bold.
        glued: Whether it continues the word before it without a space, in another size or at another height.
        oblique: Whether it is rotated by something other than quarter turns.
        hidden: Whether it is invisible, like the recognised text of a scan.
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
        is_tex: Whether TeX made the file, whose fonts may not map their ligatures to Unicode.

    Returns:
        The words by the number of quarter turns by which they are rotated counter-clockwise, with places as
        if the page were rotated so that they are upright.
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
    """Yield the words of a page, each with its direction in counter-clockwise quarter turns.

    The third value says whether the file has a space before the word. It is False if PDFium inferred one from
    the places of the letters, None if there is none.
    """
    edges = page.get_bbox()
    styles: dict[object, Style] = {}
    space: bool | None
    with closing(page.get_textpage()) as textpage:
        for run, space in runs(textpage, is_tex=is_tex):
            word = _plain_word(textpage.raw, run, edges, styles)
            if word is None:
                for quarter, part in _WordBuilder(textpage.raw, edges, styles).words(run):
                    yield quarter, part, space
                    space = None
            else:
                yield 0, word, space


def _plain_word(
    handle: object, run: Sequence[tuple[int, str]], edges: Edges, styles: dict[object, Style]
) -> Word | None:
    """Return letters as a word if the first and the last show that they share a font and height; else None.

    This is the usual case, and saves looking up the place of every letter.
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


class _WordBuilder:
    """Builds words from consecutive letters, by the place of each.

    Args:
        handle: The text page of PDFium.
        edges: The edges of the page.
        styles: The known styles of its text objects.
    """

    def __init__(self, handle: object, edges: Edges, styles: dict[object, Style]) -> None:
        self._handle, self._edges, self._styles = handle, edges, styles
        self._box = api.FS_RECTF()
        self._style: Style | None = None
        self._word: Word | None = None
        self._quarter = 0  # turns by which the word is rotated
        self._last: Edges = (0.0, 0.0, 0.0, 0.0)  # of the last letter
        self._start = self._end = 0.0  # of the last letter, after the page has been turned

    def words(self, run: Sequence[tuple[int, str]]) -> Iterator[tuple[int, Word]]:
        """Yield the words that letters make, each with its direction."""
        for index, text in run:
            done = self._add(index, text)
            if done is not None:
                yield done
        if self._word is not None:
            yield self._quarter, self._word

    def _add(self, index: int, text: str) -> tuple[int, Word] | None:
        """Add a letter. Return the word before it if the letter begins another."""
        api.FPDFText_GetLooseCharBox(self._handle, index, self._box)
        box = self._box.left, self._box.bottom, self._box.right, self._box.top
        if not self._is_on_page(box):
            return None
        # Letters of a run with equal height share their font.
        if self._style is None or box[1] != self._last[1] or box[3] != self._last[3]:
            self._style = style_of(self._handle, index, self._box, self._styles)
        style = self._style
        same_place = box[:2] == self._last[:2]
        if not same_place and self._is_again(text, box, style):
            return None
        turn = self._turn(box, style) if text >= "\u2e80" else style.turn
        left, right, baseline = _extent(box, turn, style)
        rtl = text >= "\u0590" and is_rtl(text)
        letter = Word(text, left, right, baseline, style.size, style.bold, False, *style.kind, rtl)
        is_joined = turn == self._quarter and self._join(letter, same_place=same_place)
        self._last, self._start, self._end = box, left, right
        if is_joined:
            return None
        done = None if self._word is None else (self._quarter, self._word)
        self._word, self._quarter = letter, turn
        return done

    def _is_on_page(self, box: Edges) -> bool:
        left, bottom, right, top = self._edges
        return left <= (box[0] + box[2]) / 2 <= right and bottom <= (box[1] + box[3]) / 2 <= top

    def _is_again(self, text: str, box: Edges, style: Style) -> bool:
        """Return whether a letter is the last one, drawn again to make it bold."""
        if self._word is None or self._word.text[-1] != text:
            return False
        left, bottom, right, top = box
        shift = math.hypot(left - self._last[0], bottom - self._last[1])
        width = top - bottom if style.turn % 2 else right - left
        return shift < max(0.6 * width, _REPEATED * style.size) and shift < 0.3 * style.size

    def _turn(self, box: Edges, style: Style) -> int:
        """Return the direction of an ideograph. If it is below the last one, both are vertical."""
        word = self._word
        if word is None or style.turn:
            return style.turn
        left, bottom, _, top = self._last
        down = bottom - box[1]
        if abs(box[0] - left) >= 0.15 * style.size or not 0.5 * style.size < down < 1.6 * style.size:
            return style.turn
        if len(word.text) == 1 and self._quarter == 0:
            word.left, word.right, word.baseline = -top, -bottom, box[0]
            self._quarter = _DOWNWARD
        return _DOWNWARD

    def _join(self, letter: Word, *, same_place: bool) -> bool:
        """Append a letter to the word it belongs to. Return whether it does; if not, set its `glued`."""
        word = self._word
        kind = (letter.oblique, letter.hidden, letter.white)
        if word is None or kind != (word.oblique, word.hidden, word.white):
            return False
        larger = max(letter.size, word.size)
        gap = 0.0 if same_place else word.left - letter.right if letter.rtl else letter.left - word.right
        is_after = letter.right < self._end if letter.rtl else letter.left > self._start
        near = (is_after or -0.6 * letter.size < gap) and gap < _WORD_GAP * larger
        shift = abs(letter.baseline - word.baseline)
        same = shift <= _BASELINE_SHIFT * larger and min(letter.size, word.size) >= _SCALE * larger
        if not word.oblique and not (near and same):
            letter.glued = near and shift < 0.8 * larger
            return False
        word.text += letter.text
        word.left, word.right = min(letter.left, word.left), max(letter.right, word.right)
        word.rtl = word.rtl or letter.rtl
        return True


def _extent(box: Edges, turn: int, style: Style) -> tuple[float, float, float]:
    """Return where a character begins and ends and its baseline, after the page has been turned."""
    left, bottom, right, top = box
    if turn == 0:
        return left, right, bottom + style.rise
    if style.turn != turn:  # vertical writing
        return -top, -bottom, left
    (left, one), (right, other) = turned(left, bottom, turn), turned(right, top, turn)
    return min(left, right), max(left, right), min(one, other) + style.rise
