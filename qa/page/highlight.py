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
    """Return `text`, or a part of it, as HTML with one paragraph per line.

    Nothing is added to the text or left out.

    Args:
        text: The whole text.
        marks: The spans to highlight, by the class of their `<mark>` elements. They may overlap and cover
            several lines.
        part: The span of `text` to return, by default all of it.
        pages: The offsets at which pages begin, in order. Each is marked with an empty element that has the
            page's number, from 1.
    """
    if not text:
        return Markup("")
    return Highlighter(text, marks, pages).lines(Span(0, len(text)) if part is None else part)


class Highlighter:
    """Turns stretches of a text into HTML. The arguments are those of `mark`."""

    def __init__(self, text: str, marks: Mapping[str, Span], pages: Sequence[int] = ()) -> None:
        self._text, self._marks = text, marks
        self._page_numbers = {offset: number for number, offset in enumerate(pages, start=1)}
        edges = {edge for span in marks.values() for edge in (span.start, span.end)}
        self._edges = sorted(edges | self._page_numbers.keys())

    def lines(self, part: Span) -> Markup:
        """Return a stretch with one paragraph per line."""
        paragraphs = []
        start = part.start
        for line in self._text[part.start : part.end].splitlines(keepends=True):
            pieces = self.inline(Span(start, start + len(line)))
            paragraphs.append(element("p", pieces, class_=None if line.strip() else "blank"))
            start += len(line)
        return Markup("").join(paragraphs)

    def inline(self, part: Span) -> Markup:
        """Return a stretch without an element around it."""
        # Cut it at each edge inside, so that every piece is highlighted either completely or not at all.
        first, last = bisect_left(self._edges, part.start + 1), bisect_left(self._edges, part.end)
        return Markup("").join(
            self.page_break(start) + _piece(self._text, Span(start, end), self._marks)
            for start, end in pairwise((part.start, *self._edges[first:last], part.end))
        )

    def page_break(self, offset: int) -> Markup:
        """Return the mark of the page that begins at an offset; empty if none does."""
        number = self._page_numbers.get(offset)
        return Markup("") if number is None else element("span", class_="page", data_page=number)


def _piece(text: str, span: Span, marks: Mapping[str, Span]) -> Markup:
    classes = " ".join(name for name, marked in marks.items() if marked.contains(span))
    words = escape(text[span.start : span.end])
    return element("mark", words, class_=classes) if classes else words
