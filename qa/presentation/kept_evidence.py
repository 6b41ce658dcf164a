"""Kept evidence: the location of evidence as plain data, by which it can be found again later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from qa.documents import Document, Span
from qa.index import Documents
from qa.presentation.evidence import Evidence

NAMES = frozenset({"answer", "passage", "sentence"})
"""The names of marks; see `Evidence`."""

MOST_ROLE = 100
"""The most characters of a role that are accepted from outside."""


def kept_evidence(evidence: Evidence) -> dict[str, Any]:
    """Return the location of evidence, with a digest of its words instead of the words."""
    marks = evidence.marks
    return {
        "role": evidence.role,
        "document": evidence.document.id,
        "marks": {name: [span.start, span.end] for name, span in marks.items()},
        "digest": _digest(evidence.document, marks.values()),
    }


def found_again(kept: Any, documents: Documents) -> Evidence:
    """Return the evidence that `kept_evidence` was called with.

    Args:
        kept: What it returned. It comes from outside and is not trusted.
        documents: The current documents.

    Returns:
        The evidence. Its document is empty if no document of that id has these words there.

    Raises:
        AttributeError, LookupError, TypeError, ValueError: `kept` is not a result of `kept_evidence`.
    """
    name, marks = str(kept["document"]), {}
    for mark, (start, end) in kept["marks"].items():
        if mark in NAMES:
            marks[mark] = Span(int(start), int(end))
    if "answer" not in marks and "passage" not in marks:
        raise LookupError("it has neither an answer nor a passage")
    document = documents.find(name)
    if document is None or _digest(document, marks.values()) != kept["digest"]:
        document = Document(name, "")
    return Evidence(str(kept["role"])[:MOST_ROLE], document, marks)


def _digest(document: Document, spans: Iterable[Span]) -> str:
    """Return a digest of the words at some spans, in any order. Spans may lie outside the document."""
    words = sorted(document.text[span.start : span.end] for span in spans)
    return hashlib.blake2b("\0".join(words).encode(errors="surrogatepass"), digest_size=12).hexdigest()
