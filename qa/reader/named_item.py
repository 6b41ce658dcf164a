"""Named item: the item of a list that a question names by its mark, as in "condition (c)" or "step 3"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.documents import Document, Kind, Span, section_titles
from qa.index import content_words, content_words_of
from qa.reader.lists import READ, ListAnswer
from qa.results import Passage

MAX_ABOVE = 200
"""How many blocks back the words above the list may be."""

_ASKED = re.compile(
    r"\W*(?:what|which)\b.*?\b(?P<noun>[a-z]{3,})\s+(?:number\s+|no\.?\s*)?"
    r"(?:\((?P<inside>\d{1,3}|[a-z]|[ivx]{1,5})\)|(?P<bare>\d{1,3}|[a-z]|[ivx]{1,5})\b(?![.:]?\w|\s+[a-z]+s\b))",
    re.IGNORECASE,
)
_EDGES = re.compile(r"^\W+|\W+$")
_END = re.compile(r"[\s;,]+$")


def find_item(question: str, passages: Sequence[Passage]) -> ListAnswer | None:
    """Return the item that a question names by its mark and a noun from the words above its list.

    Args:
        question: The question.
        passages: The passages, best first.

    Returns:
        The whole item; None if there is no such item.
    """
    asked = _ASKED.match(question)
    if asked is None:
        return None
    mark = (asked["inside"] or asked["bare"]).casefold()
    noun = set(content_words_of(asked["noun"]))
    for passage in passages[:READ]:
        document = passage.document
        for block in document.blocks.overlapping(passage.span):
            if block.kind is not Kind.ITEM or not passage.span.contains(block.words):
                continue
            shown = document.text[block.span.start : block.words.start]
            if _EDGES.sub("", shown).casefold() == mark and noun <= _above(document, block.span.start):
                length = len(_END.sub("", document[block.words]))
                span = Span(block.words.start, block.words.start + length)
                return ListAnswer(document, span, (), is_named=True)
    return None


def _above(document: Document, start: int) -> set[str]:
    """Return the content words above a list: of the block before it, and of the headings and the title."""
    position = document.blocks.position(start)
    last = max(0, position - MAX_ABOVE)
    while position > last and document.blocks[position].kind is Kind.ITEM:
        position -= 1
    above = [
        document[document.blocks[position].words],
        *section_titles(document, start),
        document.title or "",
    ]
    return set().union(*content_words(above))
