"""Wording of replies: how confident the answer is, and why there is none."""

from __future__ import annotations

from qa.results import Reply
from qa.settings import DEFAULTS

CONFIDENCE_WORDS = (
    (DEFAULTS.very_likely, "Very likely"),
    (DEFAULTS.likely, "Likely"),
    (DEFAULTS.perhaps, "Perhaps"),
    (0.0, "Not sure"),
)


def confidence_words(confidence: float) -> str:
    """Return a confidence, from 0 to 1, in words."""
    return next(words for least, words in CONFIDENCE_WORDS if confidence >= least)


def silence(reply: Reply) -> str:
    """Return why a reply has no answer.

    Either there is no document, or a candidate would be an answer at the default threshold but not at the
    one that was asked for, or the text does not say.
    """
    if not reply.passages:
        return "There is no document to ask: add one first."
    if reply.alternatives and reply.alternatives[0].confidence >= DEFAULTS.min_confidence:
        return "Nothing is as sure as you ask for."
    return "The text does not say."


def missing(reply: Reply) -> str:
    """Return a sentence on the question's words that no document has, empty if there are none."""
    words = [f"“{word}”" for word in reply.missing_words]
    if not words or not reply.passages:
        return ""
    if len(words) == 1:
        return f"{words[0]} occurs nowhere in the documents."
    return f"{', '.join(words[:-1])} and {words[-1]} occur nowhere in the documents."
