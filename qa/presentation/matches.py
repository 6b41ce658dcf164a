"""Matches: the words of a passage that also occur in a query, in any form."""

from __future__ import annotations

import re

from qa.documents import Span
from qa.index import content_words, content_words_of
from qa.results import Passage

_WORD = re.compile(r"\w+(?:['’]\w+)*")


def matches(query: str, passage: Passage) -> tuple[Span, ...]:
    """Return the spans, in the document, of a passage's words that also occur in a query, in any form."""
    sought = set(content_words_of(query))
    words = list(_WORD.finditer(passage.text))
    stems = content_words([word.group() for word in words])
    return tuple(
        Span(*word.span()).shift(passage.span.start)
        for word, found in zip(words, stems, strict=True)
        if not sought.isdisjoint(found)
    )
