"""Text with exact places in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from qa.documents.span import Span


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be cited.

    `id` is its path inside the corpus, with forward slashes. `text` is the file decoded once and
    never changed after, so that a place in it is a place in the file; where a format is not text, it is
    what was extracted from it. `title` and `url` are what the file says of itself, if anything. `pages`
    are the places where its pages begin, in order, empty where it has none.
    """

    id: str
    text: str
    title: str | None = None
    url: str | None = None
    pages: tuple[int, ...] = ()

    def __getitem__(self, span: Span) -> str:
        """The words at `span`.

        Raises:
            IndexError: the span reaches past the end of the text.
        """
        if span.end > len(self.text):
            raise IndexError(f"{self.id} has {len(self.text)} characters, not {span.end}")
        return self.text[span.start : span.end]

    def page(self, place: int) -> int | None:
        """The number, from 1, of the page that holds a place of the text; None where there are no pages."""
        return max(1, bisect_right(self.pages, place)) if self.pages else None
