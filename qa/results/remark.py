"""Remarks: replies to input that is not a question, with guides to documents and whole sections."""

from __future__ import annotations

from dataclasses import dataclass

from qa.documents import Document, Span
from qa.results.citation import Citation, sentence_dict
from qa.results.reply_dict import GuideDict, RemarkDict, SectionDict


@dataclass(frozen=True, slots=True)
class Guide:
    """What a document is and how it begins.

    Attributes:
        document: The document.
        kind: Its format, in words for people.
        words: How many words it has.
        headings: Its first headings, in order.
        lead: Its first sentences.
    """

    document: Document
    kind: str
    words: int
    headings: tuple[Citation, ...]
    lead: tuple[Citation, ...]

    def to_dict(self) -> GuideDict:
        """Return the guide as plain data."""
        document = self.document
        return {
            "document": document.id,
            "title": document.title,
            "kind": self.kind,
            "words": self.words,
            "pages": len(document.pages) if document.pages else None,
            "headings": [sentence_dict(document, heading.span) for heading in self.headings],
            "lead": [sentence_dict(document, sentence.span) for sentence in self.lead],
        }


@dataclass(frozen=True, slots=True)
class Section(Citation):
    """A section that was requested by its heading. The quoted words begin with the heading.

    Attributes:
        left: How many words of the section follow the quoted ones.
        marked: If the request was about something, the sentences in the section that answer it, in order.
    """

    left: int = 0
    marked: tuple[Span, ...] = ()

    def to_dict(self) -> SectionDict:  # type: ignore[override]
        """Return the section as plain data."""
        return {
            "document": self.document.id,
            "text": self.text,
            "start": self.span.start,
            "end": self.span.end,
            "page": self.page,
            "section": list(self.section),
            "left": self.left,
            "marked": [sentence_dict(self.document, span) for span in self.marked],
        }


@dataclass(frozen=True, slots=True)
class Remark:
    """A reply to input that is not a question about the documents.

    Attributes:
        kind: The intent of the input; see `qa.dialogue.intent`.
        text: What the program says in its own words. Everything else in a reply is quoted.
        guides: Guides to some of the documents, if they were requested.
        more: How many other documents there are.
        sections: The sections whose headings fit, if one was requested.
    """

    kind: str
    text: str
    guides: tuple[Guide, ...] = ()
    more: int = 0
    sections: tuple[Section, ...] = ()

    def to_dict(self) -> RemarkDict:
        """Return the remark as plain data."""
        guides = [guide.to_dict() for guide in self.guides]
        sections = [section.to_dict() for section in self.sections]
        return {
            "kind": self.kind,
            "text": self.text,
            "guides": guides,
            "more": self.more,
            "sections": sections,
        }
