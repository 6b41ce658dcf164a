"""A text as HTML, letter for letter, with stretches of it marked."""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

from qa.documents import Span

# Not seen on a page, or able to turn the letters after them round; marks of direction alone are neither.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")


def escape(text: str) -> str:
    """HTML that shows `text` letter for letter; without its tags and references it is `text` again.

    Characters that cannot be seen are named beside their place.
    """

    def named(match: re.Match[str]) -> str:
        return f'<span class="unseen" data-name="U+{ord(match[0]):04X}">{match[0]}</span>'

    return _UNSEEN.sub(named, html.escape(text))


def attribute(text: str) -> str:
    """`text` as the value of an attribute, where no tags can name what is not seen."""
    return html.escape(text)


def request(**wanted: str | int) -> str:
    """What a button asks of the page, as the value of an attribute."""
    return attribute(json.dumps(wanted))


def mark(text: str, marks: Mapping[str, Span], *, part: Span | None = None, pages: Sequence[int] = ()) -> str:
    """`text` (or that part of it) as HTML, a paragraph a line, with `marks` in it.

    Each stretch of `marks` is marked with its name as a class; they may overlap and reach over several
    lines. Where one of `pages` begins stands an empty tag with its number. Nothing is added to the text
    or left out.
    """
    if not text:
        return ""
    part = Span(0, len(text)) if part is None else part
    first = bisect_left(pages, part.start)
    breaks = {
        place: number
        for number, place in enumerate(pages[first : bisect_left(pages, part.end)], start=first + 1)
    }
    edges = sorted({edge for span in marks.values() for edge in (span.start, span.end)} | breaks.keys())
    paragraphs = []
    start = part.start
    for line in text[part.start : part.end].splitlines(keepends=True):
        end = start + len(line)
        inside = edges[bisect_left(edges, start + 1) : bisect_left(edges, end)]
        pieces = "".join(
            _page_html(breaks.get(cut[0])) + _piece(text, Span(*cut), marks)
            for cut in pairwise((start, *inside, end))
        )
        paragraphs.append(f"<p>{pieces}</p>" if line.strip() else f'<p class="blank">{pieces}</p>')
        start = end
    return "".join(paragraphs)


def _page_html(number: int | None) -> str:
    return "" if number is None else f'<span class="page" data-page="{number}"></span>'


def _piece(text: str, span: Span, marks: Mapping[str, Span]) -> str:
    names = " ".join(name for name, marked in marks.items() if marked.holds(span))
    words = escape(text[span.start : span.end])
    return f'<mark class="{names}">{words}</mark>' if names else words
