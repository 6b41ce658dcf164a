"""A reply in plain words: how sure it is, and why it has no answer."""

from __future__ import annotations

from qa.results import Reply
from qa.settings import DEFAULTS

CONFIDENCE_WORDS = ((DEFAULTS.very_likely, "Very likely"), (DEFAULTS.likely, "Likely"), (0.0, "Not sure"))


def confidence_words(confidence: float) -> str:
    """A chance of being right, 0 to 1, in words."""
    return next(words for least, words in CONFIDENCE_WORDS if confidence >= least)


def silence(reply: Reply) -> str:
    """Nothing is there, or says it, or is sure enough for a bar that was raised."""
    if not reply.passages:
        return "There is no document to ask: add one first."
    if reply.alternatives and reply.alternatives[0].confidence >= DEFAULTS.min_confidence:
        return "Nothing is as sure as you ask for."
    return "The text does not say."


def missing(reply: Reply) -> str:
    """Which of the question's words stand nowhere; empty where all do, or nothing was there to be asked."""
    words = [f"“{word}”" for word in reply.missing_words]
    if not words or not reply.passages:
        return ""
    listed = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"{listed} {'occurs' if len(words) == 1 else 'occur'} nowhere in the documents."
