"""Remarks: what to say to input that is not a question about the documents."""

from __future__ import annotations

from qa.dialogue.intent import Intent

_ABOUT = (
    "I answer questions about these documents in their own words, and show where each answer comes from. Ask "
    "as you would ask a person: Who ...? When ...? How much ...?"
)
_REMARKS = {
    "greeting": f"Hello! {_ABOUT}",
    "thanks": "You're welcome. Ask away whenever you like.",
    "help": f"{_ABOUT} I can also list the documents and tell you what each is about.",
    "identity": f"I am Verbatim, a program that quotes. I am not a language model. {_ABOUT}",
    "guide": "I quote; I do not summarise. Here is how the documents begin:",
    "documents": "These are the documents:",
    "headings": "These are the headings:",
    "section": "Found by its heading:",
    "task": "I can only quote; I cannot do that.",
    "command": "I only answer questions about the documents, in their own words.",
    "unclear": "Each question must name who or what it is about.",
    "nonsense": "I do not understand that. Ask a question about the documents, in English.",
    "keywords": "These are keywords rather than a question. The passages that fit them best:",
}
_REMARKS_ON_ONE = {
    "guide": "I quote; I do not summarise. Here is how the document begins:",
    "keywords": "There is no single answer to that. The passages that fit it best:",
}
"""Remarks for intents with a detail: a single document, or a single topic."""


def remark(wanted: Intent) -> str:
    """Return what to say to input that is not a question.

    Args:
        wanted: The intent of the input, anything but a "question".
    """
    if wanted.kind == "language":
        return f"I read English only; this looks like {wanted.detail}."
    if wanted.detail:
        return _REMARKS_ON_ONE[wanted.kind]
    return _REMARKS[wanted.kind]
