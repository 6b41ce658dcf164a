"""Kept evidence: where evidence stands, as plain data by which it is found again later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from qa.documents import Document, Span
from qa.index import Documents
from qa.presentation.evidence import Evidence

NAMES = frozenset({"answer", "passage", "sentence"})
"""What is marked, see `Evidence`."""

MOST_ROLE = 100
"""So many characters of a role are taken from outside."""


def kept_evidence(evidence: Evidence) -> dict[str, Any]:
    """Return where evidence stands, with a digest of its words instead of the words."""
    marks = evidence.marks
    return {
        "role": evidence.role,
        "document": evidence.document.id,
        "marks": {name: [span.start, span.end] for name, span in marks.items()},
        "digest": _digest(evidence.document, marks.values()),
    }


def found_again(kept: Any, documents: Documents) -> Evidence:
    """Return the evidence that `kept_evidence` was made of.

    Args:
        kept: What it returned, from outside: nothing of it is trusted.
        documents: The documents that there are now.

    Returns:
        The evidence. Its document is empty if there is none of that id that has these words there.

    Raises:
        AttributeError, LookupError, TypeError, ValueError: It is not what `kept_evidence` returns.
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
    """Return a digest of the words at some spans, as far as the document has them; in any order."""
    words = sorted(document.text[span.start : span.end] for span in spans)
    return hashlib.blake2b("\0".join(words).encode(errors="surrogatepass"), digest_size=12).hexdigest()
