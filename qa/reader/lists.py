"""Lists as answers: a question for several things is answered with all items of the list that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.documents import Block, Blocks, Document, Kind, Span, section_titles
from qa.index import content_words, content_words_of
from qa.reader.calibration import ScoredAnswer, by_probability
from qa.reader.candidate import Candidate, best_first
from qa.results import Passage

MIN_SHARE = 0.6
"""Minimum share of the question's words that must occur in the sentence or headings above a list."""

NAMED_CONFIDENCE = 0.7
"""Minimum probability of a list if all words of the question occur above it."""

MAX_ITEMS = 200
READ = 3  # passages in which a list is looked for

_VERBS = r"(?:need|bring|pack|take|carry|include|contain|offer|require|provide|cover|hold|own|sell)"
_ASKS = re.compile(
    r"\W*(?:please\s+)?(?:"
    r"(?:name|list|enumerate)\b"
    r"|(?:tell|give|show)\s+me\s+(?:all|the|every)\b"
    r"|(?:what|which)\s+(?:all\s+)?(?:are|were)\b"
    r"|(?:what|which)\s+(?:[\w'-]+\s+){0,2}?(?!(?:does|is|was|has|this|its|us)\b)[\w-]{2,}(?<![siu])s\b"
    rf"|what\s+(?:all\s+)?(?:do|does|did|must|should|shall|can|may)\s.*\b{_VERBS}\b"
    r"|what\s.*\bbe\s+done\b"
    r"|what\s+(?:is|was)\s+(?:needed|required|included|contained|covered)\b"
    r"|what\s+to\s+\w+"
    r")",
    re.IGNORECASE,
)
# Words that ask for several things, and words for things of any kind.
_ASKING = set(content_words_of("name list enumerate tell give show all every following"))
_GENERIC = set(content_words_of("thing item step need require kind type"))


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """All items of a list.

    Attributes:
        document: The document.
        span: From the first item's words to the end of the last item.
        items: The text of each item, without its mark but with nested items.
        is_named: Whether the sentence above it, the headings and the title contain all words of the question.
    """

    document: Document
    span: Span
    items: tuple[Span, ...]
    is_named: bool = False


def asks_for_list(question: str) -> bool:
    """Return whether a question, by its form, asks for several things."""
    return _ASKS.match(question) is not None


def find_list(question: str, passages: Sequence[Passage]) -> ListAnswer | None:
    """Return the list that a question asks for: the one whose introduction contains most of its words.

    The introduction of a list is the paragraph right above it and the headings of its section.

    Args:
        question: The question.
        passages: The passages, best first.

    Returns:
        The list, None if the question does not ask for several things or no list is about them.
    """
    if not asks_for_list(question):
        return None
    all_words = set(content_words_of(question)) - _ASKING
    words = all_words - _GENERIC
    if not words:
        return None
    best: ListAnswer | None = None
    best_share = 0.0
    for passage in passages[:READ]:
        for above, found in _lists(passage):
            titles = section_titles(passage.document, found.span.start)
            around = " ".join([*titles, passage.document.title or ""])
            near, far = map(set, content_words([f"{above} {titles[-1] if titles else ''}", around]))
            share = len(words & (near | far)) / len(words)
            if share >= MIN_SHARE and share > best_share and all_words & near:
                best, best_share = replace(found, is_named=all_words <= near | far), share
    return best


def with_list(candidates: Sequence[Candidate], found: ListAnswer) -> list[Candidate]:
    """Return candidates, best first, with those that overlap a list replaced by the list.

    The list gets the best score among them or, if the question names it, among all candidates. If none
    overlaps, nothing is replaced.
    """
    within = [
        candidate
        for candidate in candidates
        if candidate.passage.document.id == found.document.id and found.span.overlaps(candidate.span)
    ]
    if not within:
        return list(candidates)
    best = best_first(within)[0]
    others = [candidate for candidate in candidates if candidate not in within]
    score = best_first(candidates)[0].score if found.is_named else best.score
    return best_first([Candidate(best.passage, found.span, score), *others])


def with_named_list(answers: Sequence[ScoredAnswer], found: ListAnswer) -> list[ScoredAnswer]:
    """Return answers, the most probable first; a list that the question names is at least likely."""
    if not found.is_named:
        return list(answers)
    place = (found.document.id, found.span)
    return by_probability(
        answer.at_least(NAMED_CONFIDENCE)
        if (answer.candidate.passage.document.id, answer.candidate.span) == place
        else answer
        for answer in answers
    )


def _lists(passage: Passage) -> Iterator[tuple[str, ListAnswer]]:
    """Yield the lists of a passage, each with the words of the block above it."""
    blocks = passage.document.blocks
    inside = [block for block in blocks.overlapping(passage.span) if block.kind is Kind.ITEM]
    end = 0
    for item in inside:
        if item.span.start < end:
            continue
        position = _first(blocks, item)
        above = passage.document[blocks[position - 1].words] if position else ""
        found = _list_at(passage.document, position)
        end = max(found.span.end, item.span.end)
        yield above, found


def list_around(document: Document, span: Span) -> ListAnswer | None:
    """Return the list with an item that overlaps a span, None if there is none."""
    items = (block for block in document.blocks.overlapping(span) if block.kind is Kind.ITEM)
    item = next(items, None)
    return None if item is None else _list_at(document, _first(document.blocks, item))


def _first(blocks: Blocks, item: Block) -> int:
    """Return the position of the first block of an item's list."""
    position = blocks.position(item.span.start)
    while position > 0 and _belongs(blocks[position - 1]):
        position -= 1
    return position


def _belongs(block: Block) -> bool:
    """Return whether a block is an item or continues one."""
    return block.kind is Kind.ITEM or (block.level > 0 and block.kind is not Kind.HEADING)


def _list_at(document: Document, position: int) -> ListAnswer:
    """Return the list that begins with a block."""
    blocks = document.blocks
    level = blocks[position].level
    items: list[Span] = []
    while position < len(blocks) and len(items) < MAX_ITEMS:
        block = blocks[position]
        if not _belongs(block) or block.level < level:
            break
        if block.kind is Kind.ITEM and block.level == level:
            items.append(block.words)
        elif items:
            items[-1] = Span(items[-1].start, block.span.end)
        else:
            items.append(block.words)
        position += 1
    return ListAnswer(document, Span(items[0].start, items[-1].end), tuple(items))
