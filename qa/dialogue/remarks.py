"""Remarks: what is said to words that are no question to the text."""

from __future__ import annotations

from qa.dialogue.intent import Intent

_ABOUT = (
    "I answer questions about these documents with their own words, and show where they stand. Ask as you "
    "would ask a person: Who ...? When ...? How much ...?"
)
_REMARKS = {
    "greeting": f"Hello! {_ABOUT}",
    "thanks": "You are welcome. Ask on whenever you like.",
    "help": f"{_ABOUT} I can also list the documents and tell what each is about.",
    "identity": f"I am Verbatim, a program that quotes. I am no language model. {_ABOUT}",
    "guide": "I quote, I do not summarise. This is how the documents begin:",
    "documents": "These are the documents:",
    "headings": "These are the headings:",
    "section": "Found by its heading:",
    "command": "I only answer questions about the documents, with their own words.",
    "unclear": "Each question must name who or what it is about.",
    "nonsense": "I do not understand that. Ask a question about the documents, in English.",
    "keywords": "These are key words, not a question. The passages that fit them best:",
}
_REMARKS_ON_ONE = {
    "guide": "I quote, I do not summarise. This is how the document begins:",
    "keywords": "That has no one answer. The passages that fit it best:",
}
"""Remarks on one document, and on one topic: the detail of the intent."""


def remark(wanted: Intent) -> str:
    """Return what to say to words that are no question.

    Args:
        wanted: What the words want, anything but a "question".
    """
    if wanted.kind == "language":
        return f"I read English only; this looks like {wanted.detail}."
    if wanted.kind == "task":
        return f"I can only quote, I do not {wanted.detail}."
    if wanted.detail:
        return _REMARKS_ON_ONE[wanted.kind]
    return _REMARKS[wanted.kind]
