"""Check boxes: the text of a checked box is read as a statement, that of an unchecked one is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.documents import Span, sentences, strip_span

_BOX = re.compile(r"[☐□]|[☑☒✓✔✗✘]")
_OPTION = re.compile(r"[☐□☑☒✓✔✗✘][^☐□☑☒✓✔✗✘\n]*")
_EMPTY = "☐□"


def has_choice(text: str) -> bool:
    """Return whether a text has both checked and unchecked boxes."""
    boxes = set(_BOX.findall(text))
    return not boxes.isdisjoint(_EMPTY) and not boxes <= set(_EMPTY)


def chosen_parts(text: str) -> Iterator[tuple[Span, bool]]:
    """Yield the sentences of a text and its checked options, without boxes, and whether each is an option."""
    end = 0
    for option in _OPTION.finditer(text):
        yield from ((sentence, False) for sentence in _sentences(text, end, option.start()))
        end = option.end()
        words = strip_span(text, option.start() + 1, end)
        if words is not None and option[0][0] not in _EMPTY:
            yield words, True
    yield from ((sentence, False) for sentence in _sentences(text, end, len(text)))


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    return (found.shift(start) for found in sentences(text[start:end]))
