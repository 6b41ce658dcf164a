"""Contractions: restores the apostrophes that were not typed."""

from __future__ import annotations

import re

# "its", "were", "well", "ill" and "hell" are words of their own.
_OF_IS = re.compile(r"\b(what|where|who|how|when|why|that|there|here)s\b", re.IGNORECASE)
_ITS = re.compile(r"\b(it)s(?=\s+(?:not|a|an|the)\b)", re.IGNORECASE)
_NOT = re.compile(
    r"\b((?:is|are|was|were|do|does|did|has|have|had|could|would|should|must)n|(?:ca|wo)n)t\b", re.IGNORECASE
)
_ASKED = re.compile(r"\b(what|where|who|how|when|why)['’]s\b", re.IGNORECASE)


def with_apostrophes(typed: str) -> str:
    """Return typed words with the apostrophes of contractions: "what's" for "whats"."""
    return _NOT.sub(r"\1't", _ITS.sub(r"\1's", _OF_IS.sub(r"\1's", typed)))


def uncontracted(question: str) -> str:
    """Return a question with "is" after its question word: "what is" for "what's" and "whats"."""
    return _ASKED.sub(r"\1 is", with_apostrophes(question))
