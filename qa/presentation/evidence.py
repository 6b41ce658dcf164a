"""Evidence for a reply: the citations and passages to look at, in order of importance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.documents import Document, Span
from qa.results import Citation, Passage, Reply


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of a document to look at.

    Attributes:
        role: What it is to the question, in words for people: "The answer", "Another candidate".
        document: The document to open.
        marks: The spans to highlight by name: "answer" and "sentence" of a citation, or "passage".
    """

    role: str
    document: Document
    marks: Mapping[str, Span]

    @property
    def span(self) -> Span:
        """The answer or, if there is none, the passage."""
        return self.marks["answer"] if "answer" in self.marks else self.marks["passage"]


def evidence(reply: Reply) -> tuple[Evidence, ...]:
    """Return the answer and where else it stands, then the other candidates and where else they stand.

    If there is no answer, the closest passage comes first and the candidates are the rejected ones.
    """
    found: list[Evidence] = []
    if reply.answer is not None:
        found.append(_citation_evidence("The answer", reply.answer))
        found += (
            _citation_evidence("The same answer elsewhere", citation) for citation in reply.answer.also_at
        )
    elif reply.passages:
        found.append(_passage_evidence("Closest passage, not an answer", reply.passages[0]))
    role = "Another candidate" if reply.answer is not None else "Rejected candidate"
    for candidate in reply.alternatives:
        found += (_citation_evidence(role, citation) for citation in (candidate, *candidate.also_at))
    return tuple(found)


def passages_read(reply: Reply) -> tuple[Evidence, ...]:
    """Return the passages that the reader read, the best first."""
    return tuple(_passage_evidence("Passage that was read", passage) for passage in reply.passages)


def _citation_evidence(role: str, citation: Citation) -> Evidence:
    return Evidence(role, citation.document, {"sentence": citation.sentence, "answer": citation.span})


def _passage_evidence(role: str, passage: Passage) -> Evidence:
    return Evidence(role, passage.document, {"passage": passage.span})
