"""Visible words of a PDF page: white words are kept only where a picture of the page shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing

import pypdfium2 as pdfium

from qa.documents.parsers.pdf.characters import turned
from qa.documents.parsers.pdf.words import Word

DOTS_PER_POINT = 2.0
MAX_DOTS = 3_000
"""The longest side of the picture, in pixels."""

CONTRAST = 16
"""The least difference (of 255) between the darkest and the lightest pixel of a visible word."""


def seen_words(page: pdfium.PdfPage, found: Mapping[int, Sequence[Word]]) -> dict[int, list[Word]]:
    """Return the words of a page by their direction, without white ones that cannot be seen."""
    if not any(word.white for words in found.values() for word in words):
        return {turn: list(words) for turn, words in found.items()}
    left, bottom, right, top = page.get_bbox()
    scale = min(DOTS_PER_POINT, MAX_DOTS / max(right - left, top - bottom, 1.0))
    with closing(page.render(scale=scale, rotation=-page.get_rotation() % 360, grayscale=True)) as picture:
        dots, stride = memoryview(picture.buffer).cast("B"), picture.stride

        def is_seen(word: Word, turn: int) -> bool:
            corners = (
                turned(word.left, word.baseline, -turn),
                turned(word.right, word.baseline + 0.7 * word.size, -turn),
            )
            (x, x_end), (y, y_end) = (sorted(side) for side in zip(*corners, strict=True))
            rows = range(
                max(0, round((top - y_end) * scale)), min(picture.height, round((top - y) * scale) + 1)
            )
            start, end = max(0, round((x - left) * scale)), min(picture.width, round((x_end - left) * scale))
            lines = [dots[row * stride + start : row * stride + end] for row in rows if start < end]
            return bool(lines) and max(map(max, lines)) - min(map(min, lines)) >= CONTRAST

        kept = {
            turn: [word for word in words if not word.white or is_seen(word, turn)]
            for turn, words in found.items()
        }
    return {turn: words for turn, words in kept.items() if words}
