"""Text as HTML with highlighted spans."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

from qa.documents import Span
from qa.page.elements import Markup, element, escape


def mark(
    text: str, marks: Mapping[str, Span], *, part: Span | None = None, pages: Sequence[int] = ()
) -> Markup:
    """Return `text`, or a part of it, as HTML with a paragraph a line.

    Nothing is added to the text or left out.

    Args:
        text: The whole text.
        marks: The spans to highlight, by the class that each `<mark>` gets. They may overlap and cover
            several lines.
        part: The span of `text` to return, by default all of it.
        pages: The offsets at which pages begin, in order. An empty tag with the page's number, from 1,
            marks each.
    """
    if not text:
        return Markup("")
    part = Span(0, len(text)) if part is None else part
    first = bisect_left(pages, part.start)
    page_numbers = {
        offset: number
        for number, offset in enumerate(pages[first : bisect_left(pages, part.end)], start=first + 1)
    }
    edges = sorted({edge for span in marks.values() for edge in (span.start, span.end)} | page_numbers.keys())
    paragraphs = []
    start = part.start
    for line in text[part.start : part.end].splitlines(keepends=True):
        end = start + len(line)
        # Cut the line at each edge inside it, so that every piece is highlighted as a whole or not at all.
        inside = edges[bisect_left(edges, start + 1) : bisect_left(edges, end)]
        pieces = [
            _page_break(page_numbers.get(piece_start)) + _piece(text, Span(piece_start, piece_end), marks)
            for piece_start, piece_end in pairwise((start, *inside, end))
        ]
        paragraphs.append(element("p", *pieces, class_=None if line.strip() else "blank"))
        start = end
    return Markup("").join(paragraphs)


def _page_break(number: int | None) -> Markup:
    return Markup("") if number is None else element("span", class_="page", data_page=number)


def _piece(text: str, span: Span, marks: Mapping[str, Span]) -> Markup:
    classes = " ".join(name for name, marked in marks.items() if marked.contains(span))
    words = escape(text[span.start : span.end])
    return element("mark", words, class_=classes) if classes else words
