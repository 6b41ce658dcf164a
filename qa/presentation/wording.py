"""Wording of replies: how confident the answer is, and what to say if there is none."""

from __future__ import annotations

from qa.dialogue import leaves_out, without_light
from qa.results import Guide, Reply, Section
from qa.settings import DEFAULTS

CONFIDENCE_WORDS = (
    (DEFAULTS.very_likely, "Very likely"),
    (DEFAULTS.likely, "Likely"),
    (DEFAULTS.min_confidence, "More likely than not"),
    (DEFAULTS.perhaps, "Perhaps"),
    (0.0, "Unlikely"),
)


def confidence_words(confidence: float) -> str:
    """Return a confidence, from 0 to 1, in words."""
    return next(words for least, words in CONFIDENCE_WORDS if confidence >= least)


def without_answer(reply: Reply) -> str:
    """Return what to say before the guess, passages or guides of a reply that has no answer."""
    if reply.remark is not None:
        return reply.remark.text
    if not reply.passages:
        return "There are no documents yet: add one first."
    if reply.perhaps is None:
        return "I found no answer. Try the document's own words; the nearest I found:"
    if reply.perhaps.confidence >= DEFAULTS.min_confidence:
        return "Nothing reaches the confidence that you asked for. Perhaps:"
    return "I am not sure. Perhaps:"


def missing(reply: Reply) -> str:
    """Return advice on a question for which nothing was found; empty if there is none to give.

    The advice is to name what the question is about, or to replace words that no document contains. Words
    that say little, such as "take" and "place", are not mentioned.
    """
    if reply.outcome != "not_found":
        return ""
    if leaves_out(reply.question):
        return "Each question must name who or what it is about."
    words = [f"“{word}”" for word in without_light(reply.missing_words)]
    if not words or not reply.passages:
        return ""
    if len(words) == 1:
        return f"These documents do not contain {words[0]}: try a synonym."
    return f"These documents do not contain {', '.join(words[:-1])} or {words[-1]}: try synonyms."


def words_left(section: Section) -> str:
    """Return how much of a section is not quoted: "and 310 more words"; empty if all of it is."""
    if not section.left:
        return ""
    return "and 1 more word" if section.left == 1 else f"and {section.left:,} more words"


def guide_facts(guide: Guide) -> str:
    """Return the title, kind and size of a document in one line: "Fires. PDF, 2 pages, 310 words"."""
    title = "" if guide.document.title is None else f"{guide.document.title}. "
    pages = len(guide.document.pages)
    extent = "" if not pages else "1 page, " if pages == 1 else f"{pages:,} pages, "
    words = "1 word" if guide.words == 1 else f"{guide.words:,} words"
    return f"{title}{guide.kind}, {extent}{words}"
