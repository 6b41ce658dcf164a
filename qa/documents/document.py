"""Document: a text that can be cited by offset and page, with its structure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from qa.documents.blocks import Blocks
from qa.documents.span import Span


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be cited.

    Attributes:
        id: The path inside the corpus, with forward slashes.
        text: The text of the file, decoded once and never changed, so that an offset in it is an offset in
            the file. For other formats, the text that the parser extracted.
        title: The title that the file states, if any.
        url: The web address that the file states as its own, if any.
        pages: The offset at which each page begins, in order. Empty if the format has no pages.
        blocks: Headings, paragraphs, tables and so on, in order. Every character other than white space is in
            one of them. Empty if the structure is not known.
        notes: Remarks on how the file was read, phrased to follow its name: "read as windows-1250", "page 3
            could not be read".
    """

    id: str
    text: str = field(repr=False)  # a document may be long
    title: str | None = None
    url: str | None = None
    pages: tuple[int, ...] = field(default=(), repr=False)
    blocks: Blocks = field(default=Blocks(), repr=False)
    notes: tuple[str, ...] = ()

    def __getitem__(self, span: Span) -> str:
        """Return the text at `span`.

        Raises:
            IndexError: The span extends beyond the text.
        """
        if span.end > len(self.text):
            raise IndexError(f"{self.id} has {len(self.text)} characters, not {span.end}")
        return self.text[span.start : span.end]

    def page(self, offset: int) -> int | None:
        """Return the number of the page that contains an offset, from 1; None if there are no pages."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None
