"""Citations: where a document says something, with its sentence, page, headings and date."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from qa.documents import Document, Span, cell_headings, section_titles, stated_date
from qa.results.reply_dict import CellDict, CitationDict, SentenceDict


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a document says something.

    Attributes:
        document: The document.
        span: The quoted words in the document's text.
        sentence: The sentence around the words, or the sentences if the words cross a boundary.
    """

    document: Document
    span: Span
    sentence: Span

    @property
    def text(self) -> str:
        """The quoted words, exactly as the document has them."""
        return self.document[self.span]

    @property
    def page(self) -> int | None:
        """The page, from 1, on which the words begin. None if the document has no pages."""
        return self.document.page(self.span.start)

    @property
    def section(self) -> tuple[str, ...]:
        """The headings of the section that the words are in, from the outermost."""
        return tuple(section_titles(self.document, self.span.start))

    @property
    def date(self) -> datetime.date | None:
        """The date that the document states as its own, if any."""
        return stated_date(self.document)

    @property
    def cell(self) -> CellDict | None:
        """The row and column headings of the table cell that contains the words, if they are in one."""
        headings = cell_headings(self.document, self.span)
        if headings is None:
            return None
        row, column = (
            [" ".join(self.document[cell.span].split()) for cell in cells]
            for cells in (headings.row, headings.column)
        )
        return {"row": row, "column": column}

    def to_dict(self) -> CitationDict:
        """Return the citation as plain data."""
        return citation_dict(self)


def citation_dict(citation: Citation) -> CitationDict:
    """Return a citation as plain data. It is a function since `super()` fails in dataclasses with slots."""
    return {
        "document": citation.document.id,
        "start": citation.span.start,
        "end": citation.span.end,
        "page": citation.page,
        "date": None if citation.date is None else citation.date.isoformat(),
        "sentence": sentence_dict(citation.document, citation.sentence),
        "section": list(citation.section),
        "cell": citation.cell,
    }


def sentence_dict(document: Document, span: Span) -> SentenceDict:
    """Return a sentence, or other exact words, as plain data."""
    return {"text": document[span], "start": span.start, "end": span.end}
