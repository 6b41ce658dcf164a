"""Remarks: what is said to words that are no question, with guides to documents and whole sections."""

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
        headings: Its headings in order, as far as they are known.
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
    """A section that was asked for by its heading; the quoted words begin with that.

    Attributes:
        left: How many words of the section follow the quoted ones.
        marked: The sentences of it, in order, that answer what it was asked about.
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
    """What is said to words that are no question to the text.

    Attributes:
        kind: What the words want, see `qa.dialogue.intent`.
        text: What the program says, in words of its own. All else in a reply is quoted.
        guides: What some documents are and how they begin, if that is wanted.
        more: How many further documents there are.
        sections: The sections whose headings fit, if one is wanted.
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
