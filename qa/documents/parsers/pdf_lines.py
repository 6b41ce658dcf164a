"""Lines of a PDF page: text with its position and font size, and the clean-up of letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject

from qa.documents.control_characters import UNPRINTABLE

SENTENCE_END = re.compile(r"[.!?:…][\"'”’»)\]]*$")
"""The end of a line that may be the end of a sentence."""

_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
_SPACE = re.compile(r"[ \t\r]+")

# Older TeX fonts draw an accent before its letter, as a character of its own. The combining accent goes
# after the letter.
_DRAWN, _COMBINING = "´¨ˆ˜ˇ˚¯˙˝˘", "\u0301\u0308\u0302\u0303\u030c\u030a\u0304\u0307\u030b\u0306"
_ACCENTS = dict(zip(_DRAWN, _COMBINING, strict=True))
_DRAWN_ACCENT = re.compile(f"([{_DRAWN}]) ?([A-Za-zı])")


@dataclass(slots=True)
class Line:
    """A line of a page. Lengths are in points, from the lower left corner of the page.

    Attributes:
        text: The cleaned text.
        left: Where the line begins.
        baseline: The height at which it stands.
        font_size: The font size of its longest piece.
        longest_piece: The number of characters of that piece.
    """

    text: str
    left: float
    baseline: float
    font_size: float
    longest_piece: int


def page_lines(page: PageObject, *, is_tex: bool) -> list[Line]:
    """Return the lines of a page that contain text, in the order in which the page draws them.

    Args:
        page: The page.
        is_tex: Whether TeX made the file, whose drawn accents are put on their letters.
    """
    lines: list[Line] = []
    in_line = False

    def visit(text: str, user: Sequence[float], matrix: Sequence[float], font: Any, size: float) -> None:
        """Take a piece of text; `user` and `matrix` are the transformations of the page and of the text."""
        nonlocal in_line
        size = abs(size * matrix[3] * user[3])
        for position, piece in enumerate(text.split("\n")):
            in_line = in_line and position == 0
            if in_line:
                line = lines[-1]
                line.text += piece
                if len(piece) > line.longest_piece:
                    line.font_size, line.longest_piece = size, len(piece)
            elif piece.strip():
                left = matrix[4] * user[0] + matrix[5] * user[2] + user[4]
                baseline = matrix[4] * user[1] + matrix[5] * user[3] + user[5]
                lines.append(Line(piece, left, baseline, size, len(piece)))
                in_line = True

    page.extract_text(visitor_text=visit)
    for line in lines:
        line.text = clean(line.text, is_tex=is_tex)
    return [line for line in lines if line.text]


def clean(text: str, *, is_tex: bool) -> str:
    """Replace ligatures by letters and, in a file of TeX, drawn accents; drop controls and extra spaces."""
    text = UNPRINTABLE.sub("", text.translate(_LIGATURES).translate(_SURROGATES))
    if is_tex:
        text = _DRAWN_ACCENT.sub(_accented_letter, text)
    return _SPACE.sub(" ", text).strip()


def _accented_letter(match: re.Match[str]) -> str:
    """Return the letter with its accent, or the two as they are if there is no such letter."""
    letter = "i" if match[2] == "ı" else match[2]
    composed = unicodedata.normalize("NFC", letter + _ACCENTS[match[1]])
    return composed if len(composed) == 1 else match[0]
