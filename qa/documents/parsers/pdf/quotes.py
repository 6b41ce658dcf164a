"""Quotations on a page of a PDF: which of its letters they are, and where these are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as api

from qa.documents.parsers.pdf.characters import runs

MAX_BOXES = 300
"""The most boxes of a quotation."""

MARGIN = 3
"""A place is chosen only if at least this many more letters around it match than around the next best."""

_WORD_GAP = 1.5  # of the height of a letter: letters further apart have boxes of their own
_SAME_LINE = 0.5  # of the height of the smaller letter: the least overlap on one line

Box = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""


class Quote(NamedTuple):
    """Words of a page, with the text before and after them, as the parser extracted them."""

    before: str
    words: str
    after: str


def letter_boxes(page: pdfium.PdfPage, places: pdfium.PdfPosConv, quote: Quote, *, is_tex: bool) -> list[Box]:
    """Return the boxes of the letters of a quotation on a picture of its page.

    Spaces, hyphens, punctuation and accents do not count, so that words match although the parser joined or
    cleaned them.

    Args:
        page: The page.
        places: Converts places on the page to places on the picture.
        quote: The quotation.
        is_tex: Whether TeX made the file.
    """
    with closing(page.get_textpage()) as textpage:
        pairs = [
            (letter, index)
            for run, _ in runs(textpage, is_tex=is_tex)
            for index, text in run
            for letter in _letters(text)
        ]
        found = _find("".join(letter for letter, _ in pairs), quote)
        indices = dict.fromkeys(index for _, index in pairs[found]) if found is not None else ()
        return [_box(textpage, index, places) for index in indices]


def line_boxes(letters: Sequence[Box], width: int, height: int) -> list[Box]:
    """Merge the boxes of letters that are side by side, clipped to a picture of this size."""
    lines: list[Box] = []
    for box in letters:
        if lines and _continues(lines[-1], box):
            last = lines[-1]
            lines[-1] = (
                min(last[0], box[0]),
                min(last[1], box[1]),
                max(last[2], box[2]),
                max(last[3], box[3]),
            )
        else:
            lines.append(box)
    return list(_inside(lines[:MAX_BOXES], width, height))


def _find(text: str, quote: Quote) -> slice | None:
    """Return where the letters of a quotation are; None if nowhere, or if two places match equally well."""
    words, before, after = ("".join(_letters(part)) for part in (quote.words, quote.before, quote.after))
    ranked = []
    at = text.find(words) if words else -1
    while at >= 0:
        end = at + len(words)
        start = text[max(0, at - len(before)) : at]
        same = _common(start[::-1], before[::-1]) + _common(text[end : end + len(after)], after)
        ranked.append((same, at))
        at = text.find(words, at + 1)
    ranked.sort(reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN):
        return None
    return slice(ranked[0][1], ranked[0][1] + len(words))


def _letters(text: str) -> Iterator[str]:
    """Yield the letters and digits of a text, in lower case and without accents."""
    return filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold())


def _common(one: str, other: str) -> int:
    """Return the length of the common prefix of two texts."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _box(textpage: pdfium.PdfTextPage, index: int, places: pdfium.PdfPosConv) -> Box:
    box = api.FS_RECTF()
    api.FPDFText_GetLooseCharBox(textpage.raw, index, box)
    (x, y), (other_x, other_y) = places.to_bitmap(box.left, box.top), places.to_bitmap(box.right, box.bottom)
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def _continues(line: Box, box: Box) -> bool:
    """Return whether a letter is beside the letters of a line."""
    common = min(line[3], box[3]) - max(line[1], box[1])
    low = min(line[3] - line[1], box[3] - box[1])
    gap = max(box[0] - line[2], line[0] - box[2])
    return common >= _SAME_LINE * low and gap <= _WORD_GAP * (line[3] - line[1])


def _inside(boxes: Sequence[Box], width: int, height: int) -> Iterator[Box]:
    """Yield boxes clipped to a picture, without those outside it."""
    for left, top, right, bottom in boxes:
        cut = (max(left, 0), max(top, 0), min(right, width), min(bottom, height))
        if cut[0] < cut[2] and cut[1] < cut[3]:
            yield cut
