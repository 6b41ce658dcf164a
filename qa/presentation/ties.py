"""Ties: an alternative that is nearly as likely as the answer."""

from __future__ import annotations

import re

from qa.results import Answer, Reply

NEARLY = 0.1
"""Confidences that differ by less than this are tied."""

_DIGIT = re.compile(r"\d")


def tie(reply: Reply) -> Answer | None:
    """Return the alternative that is nearly as likely as the answer and of the same kind, if there is one.

    Two answers are of the same kind if both have digits or neither does, and neither contains the other.
    """
    answer = reply.answer
    if answer is None:
        return None
    words = answer.text.casefold()
    for other in reply.alternatives:
        theirs = other.text.casefold()
        if (
            answer.confidence - other.confidence < NEARLY
            and (_DIGIT.search(words) is None) == (_DIGIT.search(theirs) is None)
            and words not in theirs
            and theirs not in words
        ):
            return other
    return None
