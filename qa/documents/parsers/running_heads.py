"""Running heads of a PDF: page numbers and repeated lines at the top and bottom of its pages."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product

from qa.documents.parsers.pdf_lines import SENTENCE_END, Line

MAX_RELATIVE_NUMBERS = 4
"""In a line with more numbers than this, none is compared relative to the page."""

MIN_REPETITIONS = 3
"""A running head occurs on at least this many pages, and on more than half of them."""

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(r"\d{1,9}")
_PAGE_NUMBER = re.compile("[0-9]{1,5}")


def drop_running_heads(pages: list[list[Line]], title: str) -> None:
    """Delete the first and the last line of each page if it is a running head.

    Args:
        pages: The lines of each page. Changed in place.
        title: The title of the document, which often stands in running heads.
    """
    texts = (title, *(line.text for lines in pages for line in lines))
    occurrences = Counter(_without_numbers(text) for text in texts)
    for edge in (0, -1):
        keys = [
            _running_keys(lines[edge].text, page, occurrences) if lines else set()
            for page, lines in enumerate(pages)
        ]
        counts = Counter(key for page_keys in keys for key in page_keys)
        running = {
            key for key, count in counts.items() if count >= MIN_REPETITIONS and 2 * count > len(pages)
        }
        for lines, page_keys in zip(pages, keys, strict=True):
            if not running.isdisjoint(page_keys):
                del lines[edge]


def _running_keys(text: str, page: int, occurrences: Counter[str]) -> set[object]:
    """Return the keys that a line at the edge of a page shares with its like on other pages.

    A key is the text of the line without its numbers, together with these numbers. Unless the line is a
    sentence, each number may also count relative to the page, so that "Page 1 of 4" and "Page 2 of 4" share
    a key. A number at the beginning or end is a key by itself, relative to the page, if nothing else is on
    the line ("7") or the rest occurs elsewhere in the document ("7 THE ENGINE", the title of a chapter).

    Args:
        text: The line.
        page: The position of its page.
        occurrences: How often each text, without its numbers, occurs in the document.
    """
    letters = _without_numbers(text)
    numbers = [int(digits) for digits in _NUMBER.findall(text)]
    keys: set[object] = {(letters, *numbers)} if letters else set()
    if letters and len(numbers) <= MAX_RELATIVE_NUMBERS and SENTENCE_END.search(text) is None:
        keys |= {(letters, *choice) for choice in product(*((n, (n - page,)) for n in numbers))}
    if letters and occurrences[letters] < 2:
        return keys
    words = text.split()
    return keys | {int(word) - page for word in (words[0], words[-1]) if _PAGE_NUMBER.fullmatch(word)}


def _without_numbers(text: str) -> str:
    """Return a line without its digits, in lower case."""
    return " ".join(_DIGITS.sub("", text).lower().split())
