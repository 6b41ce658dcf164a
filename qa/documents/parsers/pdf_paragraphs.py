"""Paragraphs of a PDF: its lines joined, and words hyphenated at a line end made whole."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from qa.documents.parsers.pdf_lines import SENTENCE_END, Line

SHORT_LINE = 0.6
"""A line shorter than this share of a full line ends its paragraph: it is a last line, heading or item."""

PARAGRAPH_GAP = 1.3
"""Lines further apart than this multiple of the usual distance belong to different paragraphs."""

FONT_SIZE_CHANGE = 0.1
"""Font sizes that differ by a greater share than this belong to different paragraphs."""

INDENT = 0.5
"""A line that begins further right than its predecessor by this share of its font size is indented."""

_PARAGRAPH_END = "\n\n"
_ITEM = re.compile(r"[•‣◦▪–—*-] |\(?[0-9a-zA-Z]{1,3}[.)] ")
_LINE_END_HYPHEN = re.compile(r"(\w*\w)([-\u2010\xad])$")
_WORD = re.compile(r"\w+")
_HYPHENATED = re.compile(r"\w+(?:[-\u2010]\w+)+")


def join_lines(pages: list[list[Line]]) -> tuple[str, tuple[int, ...]]:
    """Join the lines of all pages to paragraphs, with a blank line between them.

    Returns:
        The text, and the offset in it at which each page begins.
    """
    hyphenated = {word for lines in pages for line in lines for word in _HYPHENATED.findall(line.text)}
    pieces: list[str] = []
    page_offsets: list[int] = []
    length = 0
    previous: Line | None = None
    in_item = False
    for lines in pages:
        page_offsets.append(length)  # for a page without lines
        full_lengths, leading = _page_metrics(lines)
        for position, line in enumerate(lines):
            dropped, separator = 0, _PARAGRAPH_END
            if previous is None:
                separator = ""
            elif not _ends_paragraph(
                previous, line, full_lengths, leading, in_item=in_item, new_page=position == 0
            ):
                dropped, separator = _joint(previous.text, line.text, hyphenated)
            if dropped:
                pieces[-1] = pieces[-1][:-dropped]
            if separator == _PARAGRAPH_END or previous is None:
                in_item = _ITEM.match(line.text) is not None
            length += len(separator) - dropped
            if position == 0:
                page_offsets[-1] = length
            pieces += (separator, line.text)
            length += len(line.text)
            previous = line
    return "".join(pieces), tuple(page_offsets)


def _page_metrics(lines: list[Line]) -> tuple[dict[int, int], float]:
    """Return the length of a full line for each rounded font size, and the usual distance between lines.

    The length is in characters, at the 80th percentile. The distance is in points, 0 if it is unknown.
    """
    lengths: dict[int, list[int]] = {}
    for line in lines:
        lengths.setdefault(round(line.font_size), []).append(len(line.text))
    full_lengths = {size: sorted(found)[len(found) * 4 // 5] for size, found in lengths.items()}
    steps = Counter(round(above.baseline - below.baseline) for above, below in pairwise(lines))
    # Of the most frequent distances, the smallest.
    down = [(count, -step) for step, count in steps.items() if step > 0]
    return full_lengths, float(-max(down)[1]) if down else 0.0


def _ends_paragraph(
    previous: Line,
    line: Line,
    full_lengths: dict[int, int],
    leading: float,
    *,
    in_item: bool,
    new_page: bool,
) -> bool:
    """Return whether a paragraph ends between two lines.

    Args:
        previous: The line before.
        line: The line after, whose page the metrics are of.
        full_lengths: The length of a full line for each rounded font size.
        leading: The usual distance between lines, 0 if unknown.
        in_item: Whether the paragraph began as a list item.
        new_page: Whether a page ends between the lines.
    """
    larger_size = max(previous.font_size, line.font_size)
    if abs(previous.font_size - line.font_size) > FONT_SIZE_CHANGE * larger_size:
        return True
    after_sentence = SENTENCE_END.search(previous.text) is not None
    if _ITEM.match(line.text) is not None and (in_item or after_sentence):
        return True
    step = previous.baseline - line.baseline
    if new_page or step < 0:  # a new column is further up
        return after_sentence
    if leading and step > PARAGRAPH_GAP * leading:
        return True
    is_short = len(previous.text) < SHORT_LINE * full_lengths.get(round(previous.font_size), 0)
    if is_short and _LINE_END_HYPHEN.search(previous.text) is None:
        return True
    is_indented = line.left - previous.left > INDENT * line.font_size
    return is_indented and not in_item and after_sentence


def _joint(above: str, below: str, hyphenated: set[str]) -> tuple[int, str]:
    """Return how two lines of a paragraph are joined.

    A hyphen at the end of `above` is dropped, unless the word is among the `hyphenated` ones of the document
    or is followed by a capital letter or digit.

    Returns:
        How many characters to drop from the end of `above`, and what to put before `below`.
    """
    hyphen = _LINE_END_HYPHEN.search(above)
    following = _WORD.match(below)
    if hyphen is None or following is None:
        return 0, " "
    if hyphen[2] == "\xad":
        return 1, ""
    start, end = hyphen[1], following[0]
    keep = f"{start}-{end}" in hyphenated or not end[0].islower() or not start.isalpha()
    return (0, "") if keep else (1, "")
