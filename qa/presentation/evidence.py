"""Evidence for a reply: the citations and passages to look at, in order of importance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.documents import Document, Kind, Span
from qa.results import Answer, Citation, Passage, Reply


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a document to look at.

    Attributes:
        role: Its relation to the question, in words for people: "The answer", "Another candidate".
        document: The document to open.
        marks: The spans to highlight by name: "answer" and "sentence" of a citation, or
            "passage" and its best "sentence".
    """

    role: str
    document: Document
    marks: Mapping[str, Span]

    @property
    def span(self) -> Span:
        """The answer or, if there is none, the passage."""
        return self.marks["answer"] if "answer" in self.marks else self.marks["passage"]


def evidence(reply: Reply) -> tuple[Evidence, ...]:
    """Return the answer or guess, its other locations and its sentences, then the other candidates.

    If nothing was found, the nearest passage comes first, and then the rejected candidates. A remark has its
    sections, the sentences of its guides, and its passages.
    """
    found: list[Evidence] = []
    if reply.shown is not None:
        name = "guess" if reply.answer is None else "answer"
        found.append(_citation_evidence(f"The {name}", reply.shown))
        found += (
            _citation_evidence(f"The same {name} elsewhere", citation) for citation in reply.shown.also_at
        )
        found += (_citation_evidence(f"Sentence of the {name}", one) for one in reply.shown.evidence)
    elif reply.remark is not None:
        found += (_citation_evidence("The section", section) for section in reply.remark.sections)
        for guide in reply.remark.guides:
            found += (_citation_evidence("From the guide", lead) for lead in guide.lead)
        found += (_passage_evidence("Passage that fits", passage) for passage in reply.passages)
    elif reply.passages:
        found.append(_passage_evidence("Nearest passage, not an answer", reply.passages[0]))
    if reply.remark is not None:
        return tuple(found)
    role = "Rejected candidate" if reply.shown is None else "Another candidate"
    for candidate in reply.alternatives:
        found += (_citation_evidence(role, citation) for citation in (candidate, *candidate.also_at))
    return tuple(found)


def passages_read(reply: Reply) -> tuple[Evidence, ...]:
    """Return the passages that the reader read, the best first."""
    return tuple(_passage_evidence("Passage that was read", passage) for passage in reply.passages)


def is_numbered(answer: Answer) -> bool:
    """Whether to number the sentences of an answer: there are several, and none has a bullet or number.

    A quotation that begins with "3." would have two numbers, which might differ.
    """
    return len(answer.evidence) > 1 and not any(map(_has_mark, answer.evidence))


def _has_mark(citation: Citation) -> bool:
    block = next(citation.document.blocks.overlapping(citation.sentence), None)
    return block is not None and block.kind is Kind.ITEM and citation.sentence.start < block.words.start


def _citation_evidence(role: str, citation: Citation) -> Evidence:
    return Evidence(role, citation.document, {"sentence": citation.sentence, "answer": citation.span})


def _passage_evidence(role: str, passage: Passage) -> Evidence:
    marks = {"passage": passage.span}
    if passage.best_sentence is not None:
        marks["sentence"] = passage.best_sentence
    return Evidence(role, passage.document, marks)
