"""Lines of a PDF page: words side by side, with raised and lowered ones in their place, and clean letters."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.documents.control_characters import UNPRINTABLE
from qa.documents.parsers.pdf.sizes import common_size
from qa.documents.parsers.pdf.words import Word
from qa.documents.parsers.raised_text import with_lowered, with_raised

SENTENCE_END = re.compile(r"[.!?:…][\"'”’»)\]]*$")
"""The end of a line that may be the end of a sentence."""

ITEM = re.compile(r"(?:[•‣◦▪●○■□–—*-]|\(?(?:[0-9]{1,3}(?:\.[0-9]{1,2})*|[a-zA-Z]|[ivxIVX]{1,5})[.)]) ")
"""The beginning of a list item."""

SEGMENT_GAP = 0.75
"""Words further apart than this share of the font size may belong to two columns."""

SAME_ROW = 0.4
"""Lines whose heights differ by less than this share of the font size are in one row."""

TIGHT = 0.1
"""Raised or lowered text closer than this share of the font size belongs to the word before it."""

UNORDERED_GAP = 0.35
"""Words closer than this share of the font size are on one line even if they are not drawn in a row."""

COLUMN_STARTS = 4
"""A column may begin where at least this many lines begin."""

MARKER_GAP = 4.0
"""The marker of a list item is closer to its words than this multiple of the font size."""

NUMBER_GAP = 1.6
"""The number of a heading is closer to its words than this multiple of the font size."""

_SAME_BASELINE = 0.2  # of the font size
_RAISED, _LOWERED, _SMALL = 0.12, 0.06, 0.86  # of the font size
_MARKER = re.compile(r"[^\w\s$€£¥%☐☒✓(]|o|\(?(?:[0-9]{1,3}(?:\.[0-9]{1,2}){0,4}|[a-zA-Z]|[ivxIVX]{1,5})[.)]")
_NUMBERING = re.compile(r"[0-9A-Z]?[0-9]?(?:\.?[0-9]{1,2}){0,4}")
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
_SPACE = re.compile(r"[ \t\r\xa0]+")

# Older TeX fonts draw an accent before its letter, as a character of its own. The combining accent goes
# after the letter.
_DRAWN, _COMBINING = "´¨ˆ˜ˇ˚¯˙˝˘", "\u0301\u0308\u0302\u0303\u030c\u030a\u0304\u0307\u030b\u0306"
_ACCENTS = dict(zip(_DRAWN, _COMBINING, strict=True))
_DRAWN_ACCENT = re.compile(f"([{_DRAWN}]) ?([A-Za-zı])")


@dataclass(slots=True)
class Line:
    """A line of a page, or the part of it in one column, or a row of a table. Lengths are in points.

    Attributes:
        text: The cleaned text.
        left: Where it begins.
        right: Where it ends.
        baseline: The height of its baseline.
        size: The font size of most of its letters.
        bold: Whether most of its letters are bold.
        row: Whether it is a row of a table, written as `| cell | cell |`.
        aside: Whether it is not part of the text around it, such as a footnote or a note.
        column: The number of its column on the page.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    row: bool = False
    aside: bool = False
    column: int = 0


def segments(words: Sequence[Word], *, is_tex: bool) -> list[Line]:
    """Return the words as lines without wide gaps, in the order in which the page draws them.

    Args:
        words: The words in the order in which the page draws them.
        is_tex: Whether TeX made the file, whose drawn accents are put on their letters.
    """
    runs: list[list[Word]] = []
    for word in words:
        if runs and _continues(runs[-1], word):
            runs[-1].append(word)
        else:
            word.glued = False
            runs.append([word])
    lines = [_line(run, is_tex=is_tex) for run in _merged(runs)]
    return [line for line in lines if line.text]


def joined(parts: Iterable[Line]) -> Line:
    """Return lines beside each other, from left to right, as one."""
    ordered = sorted(parts, key=lambda line: line.left)
    longest = max(ordered, key=lambda line: len(line.text))
    return Line(
        " ".join(line.text for line in ordered),
        ordered[0].left,
        max(line.right for line in ordered),
        longest.baseline,
        longest.size,
        longest.bold,
        aside=longest.aside,
    )


def rows_of(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the rows of lines at the same height, from top to bottom, each row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.baseline):
        if rows and rows[-1][0].baseline - line.baseline <= SAME_ROW * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def clean(text: str, *, is_tex: bool) -> str:
    """Replace ligatures with letters and, in a TeX file, compose accents; drop controls and extra spaces."""
    text = UNPRINTABLE.sub("", text.translate(_LIGATURES).translate(_SURROGATES))
    if is_tex:
        text = _DRAWN_ACCENT.sub(_accented_letter, text)
    return _SPACE.sub(" ", text).strip()


def _continues(run: list[Word], word: Word) -> bool:
    """Return whether a word is on the line of the words before it, without a wide gap."""
    last = run[-1]
    if word.glued:
        return True
    main = last if last.size >= run[0].size else run[0]
    size = max(main.size, word.size)
    shift = abs(word.baseline - main.baseline)
    if shift > _SAME_BASELINE * size and not (
        min(main.size, word.size) < _SMALL * size and shift < 0.6 * size
    ):
        return False
    gap = last.left - word.right if last.rtl and word.rtl else word.left - last.right
    if last.rtl != word.rtl:
        gap = max(word.left - last.right, last.left - word.right)
    return -0.5 * size < gap < _gap_limit(run, word) * size


def _gap_limit(run: Sequence[Word], word: Word, usual: float = SEGMENT_GAP) -> float:
    """Return the widest gap between a run of words and a word after it, as a share of the font size.

    A number before another number is a cell, not the number of a heading.
    """
    text = run[0].text
    if len(run) == 1 and _MARKER.fullmatch(text) is not None:
        return MARKER_GAP
    is_number = len(run) == 1 and _NUMBERING.fullmatch(text) is not None
    return NUMBER_GAP if is_number and _NUMBERING.fullmatch(word.text) is None else usual


def _merged(runs: list[list[Word]]) -> list[list[Word]]:
    """Join runs that are close together on one line, but were not drawn one after the other."""
    result: list[list[Word]] = []
    by_height: dict[int, list[list[Word]]] = {}
    starts = Counter(round(run[0].left) for run in runs)
    for run in runs:
        height = round(run[0].baseline)
        for other in (one for near in (0, -1, 1) for one in by_height.get(height + near, ())):
            size = max(run[0].size, other[-1].size)
            if run[0].rtl or other[-1].rtl or abs(run[0].baseline - other[-1].baseline) > 0.1 * size:
                continue
            gap = run[0].left - other[-1].right
            if starts[round(run[0].left)] >= COLUMN_STARTS and gap > 0.05 * size:
                continue
            if -0.1 * size < gap < _gap_limit(other, run[0], UNORDERED_GAP) * size:
                other += run
                break
            if -0.1 * size < other[0].left - run[-1].right < _gap_limit(run, other[0], UNORDERED_GAP) * size:
                other[:0] = run
                break
        else:
            result.append(run)
            by_height.setdefault(height, []).append(run)
    return result


def _line(run: list[Word], *, is_tex: bool) -> Line:
    size = common_size(run)
    main = [word for word in run if word.size >= _SMALL * size] or run
    letters = sum(len(word.text) for word in main)
    baseline = sorted(word.baseline for word in main)[len(main) // 2]
    text = ""
    fraction = after_mark = False
    right = run[0].left
    for word, following in zip(run, [*run[1:], None], strict=True):
        glued, right = word.glued or abs(word.left - right) < TIGHT * size, word.right
        shift = (word.baseline - baseline) / size if size else 0.0
        small = word.size < _SMALL * size
        punctuation = after_mark and word.text[0] in ".,;:!?)]"
        space = (
            bool(text)
            and not punctuation
            and (after_mark or not ((glued if small else word.glued) or fraction))
        )
        after_mark = False
        if small and shift > _RAISED:
            fraction = word.text.isdecimal() and following is not None and following.text[0] in "/⁄"
            before = f"{text} " if text and (space or fraction) else text
            text = before + word.text if fraction else with_raised(before if space else text, word.text)
            after_mark = not fraction and text[-len(word.text) - 1 : -len(word.text)] in ("", " ")
        elif small and shift < -_LOWERED and not fraction:
            text = with_lowered(text, word.text)
        else:
            text += (" " if space else "") + (word.text.replace("⁄", "/") if fraction else word.text)
            fraction = fraction and word.text in ("/", "⁄")
    return Line(
        clean(text, is_tex=is_tex),
        min(word.left for word in run),
        max(word.right for word in run),
        baseline,
        size,
        2 * sum(len(word.text) for word in main if word.bold) > letters,
    )


def _accented_letter(match: re.Match[str]) -> str:
    """Return the letter with its accent, or the two as they are if there is no such letter."""
    letter = "i" if match[2] == "ı" else match[2]
    composed = unicodedata.normalize("NFC", letter + _ACCENTS[match[1]])
    return composed if len(composed) == 1 else match[0]
