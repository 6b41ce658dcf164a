"""Sections that are requested by their headings, quoted whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from qa.answering import Answerer
from qa.dialogue import SectionRequest
from qa.documents import Block, Document, Span, document_sentences, section_titles, strip_span
from qa.results import Section
from qa.retrieval import Retriever
from qa.settings import DEFAULTS
from qa.turns.named_document import stems

MOST_SECTIONS = 3
"""The most sections that are quoted if their headings fit equally well."""

_MARKS = re.compile(r"^[#=*_\s]+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Found:
    """A heading that fits a request, with the number of its words that are not in the request."""

    document: Document
    heading: Block
    surplus: int


def sections(request: SectionRequest, answerer: Answerer) -> tuple[Section, ...]:
    """Return the sections that fit a request best: several if they fit equally well, none if none fits.

    A heading fits if it has some of the requested words, and the headings above it and the title or id of its
    document have the rest. Case and endings are ignored. The fewer other words a heading has, the better it
    fits. If the request has a number or letter, the heading must begin with it. If the request does not call
    it a section, all words must be in the heading and make up at least half of it, and it must not be the
    heading of the whole document.

    Args:
        request: The request. If it asks what a section says about something, only sections with an answer to
            that are returned, with the sentences of the answer marked.
        answerer: Holds the documents, and finds these sentences. If there are many documents, only those with
            the best-matching passages are searched.
    """
    documents = _documents(request, answerer.retriever)
    found = [one for document in documents for one in _fitting(request, document)]
    least = min((one.surplus for one in found), default=0)
    best = [one for one in found if one.surplus == least]
    quoted = [_section(one.document, one.heading) for one in best]
    chosen = [one for one in quoted if one is not None][:MOST_SECTIONS]
    if not request.about:
        return tuple(chosen)
    marked = (replace(one, marked=_answering(request.about, one, answerer)) for one in chosen)
    return tuple(one for one in marked if one.marked)


def _answering(about: str, section: Section, answerer: Answerer) -> tuple[Span, ...]:
    """Return the sentences that answer what a section says about something."""
    document = section.document
    among = answerer.over(answerer.retriever.only([document.id]))
    shown = among.reply(f"What is said about {about}?", DEFAULTS.top_k, DEFAULTS.min_confidence).shown
    if shown is None:
        return ()
    cited = (one.sentence for one in (shown, *shown.evidence) if one.document == document)
    return tuple(sorted({sentence for sentence in cited if section.span.contains(sentence)}))


def _documents(request: SectionRequest, retriever: Retriever) -> Iterable[Document]:
    if len(retriever.documents) <= DEFAULTS.listed_documents:
        return retriever.documents
    passages = retriever.retrieve(request.title, DEFAULTS.rerank_top_n)
    return {passage.document.id: passage.document for passage in passages}.values()


def _fitting(request: SectionRequest, document: Document) -> Iterator[_Found]:
    """Yield the headings of a document that fit a request."""
    wanted = stems(request.within if request.identifier else request.title)
    name = stems(f"{document.title or ''} {document.id}")
    for heading in document.blocks.headings:
        words = _MARKS.sub("", document[heading.span])
        own = stems(document[heading.words])
        around = name | stems(" ".join(section_titles(document, heading.span.start)))
        if request.identifier:
            if _has_identifier(words, request) and wanted <= own | around:
                yield _Found(document, heading, 0)
        elif not request.is_named:
            if wanted <= own and len(own - wanted) <= len(wanted) and not _is_title(document, heading):
                yield _Found(document, heading, len(own - wanted))
        elif wanted & own and wanted <= own | around:
            yield _Found(document, heading, len(own - wanted))


def _is_title(document: Document, heading: Block) -> bool:
    """Whether a heading is the first of a document and all others are below it."""
    first, *others = document.blocks.headings
    return heading == first and bool(others) and all(one.level > heading.level for one in others)


def _has_identifier(heading: str, request: SectionRequest) -> bool:
    """Whether a heading begins with a number or letter, perhaps after a noun: "2. Fees", "Chapter 2"."""
    noun = rf"(?:{request.noun}\s+)?"
    return re.match(rf"{noun}{re.escape(request.identifier)}(?!\w|\.\w)", heading, re.IGNORECASE) is not None


def _section(document: Document, heading: Block) -> Section | None:
    """Return the section from a heading to the next one that is not below it; None if it is empty."""
    headings = document.blocks.headings
    later = headings[headings.index(heading) + 1 :]
    end = next((one.span.start for one in later if one.level <= heading.level), len(document.text))
    whole = strip_span(document.text, heading.span.start, end)
    if whole is None or whole.end <= heading.span.end:
        return None
    quoted = whole
    if len(whole) > DEFAULTS.quoted_characters:
        ends = [sentence.end for sentence in document_sentences(document, whole)]
        within = [end for end in ends if end - whole.start <= DEFAULTS.quoted_characters]
        quoted = Span(whole.start, max(within, default=whole.start + DEFAULTS.quoted_characters))
    left = sum(1 for _ in _WORD.finditer(document.text, quoted.end, whole.end))
    return Section(document, quoted, quoted, left=left)
