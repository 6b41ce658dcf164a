"""What there is to look at for a reply: places in documents, in the order in which they speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.documents import Document, Span
from qa.results import Citation, Passage, Reply


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place to look at: what it is to the question, and what is to be marked in the document.

    The stretches of `marks` bear the names "answer" and "sentence", or "passage".
    """

    role: str
    document: Document
    marks: Mapping[str, Span]

    @property
    def span(self) -> Span:
        """The stretch that is meant: the answer, or the passage."""
        return self.marks["answer"] if "answer" in self.marks else self.marks["passage"]


def evidence(reply: Reply) -> tuple[Evidence, ...]:
    """The answer and the places that say the same, then the other candidates with theirs.

    Where there is no answer the closest passage comes first, and the candidates are those turned down.
    """
    found: list[Evidence] = []
    if reply.answer is not None:
        found.append(_place("The answer", reply.answer))
        found += (_place("The same answer elsewhere", place) for place in reply.answer.also_at)
    elif reply.passages:
        found.append(_passage("Closest passage, not an answer", reply.passages[0]))
    role = "Another candidate" if reply.answer is not None else "A candidate that was turned down"
    for other in reply.alternatives:
        found += (_place(role, place) for place in (other, *other.also_at))
    return tuple(found)


def passages_read(reply: Reply) -> tuple[Evidence, ...]:
    """The passages that were read, the best first."""
    return tuple(_passage("A passage that was read", passage) for passage in reply.passages)


def _place(role: str, place: Citation) -> Evidence:
    return Evidence(role, place.document, {"sentence": place.sentence, "answer": place.span})


def _passage(role: str, passage: Passage) -> Evidence:
    return Evidence(role, passage.document, {"passage": passage.span})
