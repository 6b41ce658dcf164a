"""Rivals: the candidates that are shown beside an answer or a guess."""

from __future__ import annotations

import re

from qa.results import Answer, Reply
from qa.settings import DEFAULTS

_WORD = re.compile(r"\w+")


def rivals(reply: Reply) -> tuple[Answer, ...]:
    """Return the best alternatives to a guess, or those of other documents that may contradict an answer.

    A document may contradict an answer if its own is worth a look and says something else: neither has all
    the words of the other.
    """
    if reply.perhaps is not None:
        return reply.alternatives[: DEFAULTS.rivals]
    answer = reply.answer
    if answer is None:
        return ()
    words = _words(answer)
    found = [
        other
        for other in reply.alternatives
        if other.document.id != answer.document.id
        and other.confidence >= DEFAULTS.perhaps
        and not (words <= _words(other) or _words(other) <= words)
    ]
    return tuple(found[: DEFAULTS.rivals])


def _words(answer: Answer) -> set[str]:
    return set(_WORD.findall(answer.text.casefold()))
