"""Named cell: the cell of a table that a question names by its row and its column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.documents import Document, Kind, Span, Table, section_titles
from qa.index import content_words, content_words_of
from qa.reader.calibration import ScoredAnswer, by_probability
from qa.reader.named import NamedCells, NamedParts
from qa.results import Passage

MIN_SHARE = 0.6
"""The smallest share of the question's words that the headings of the cell, table, section and document must
have."""

CONFIDENCE = 0.6
"""The lowest confidence of such a cell."""

WHOLE_CONFIDENCE = 0.75
"""The lowest confidence if the headings have all words of the question."""

READ = 3  # number of passages that are searched for a cell

_DIGIT, _CAPITAL = re.compile(r"\d"), re.compile(r"\W*[A-ZÀ-Þ]")


@dataclass(frozen=True, slots=True)
class NamedCell:
    """A cell that a question names by its row and its column.

    Attributes:
        document: The document.
        span: The words of the cell.
        share: The share of the question's words that its headings have, 0 to 1.
    """

    document: Document
    span: Span
    share: float


def find_cell(question: str, passages: Sequence[Passage]) -> NamedCell | None:
    """Return the cell that a question names by its row and its column.

    Args:
        question: The question.
        passages: The passages, best first.

    Returns:
        None if there is no such cell, or several match equally well.
    """
    named = NamedParts(question)
    specific = _specific(question)
    found: dict[tuple[str, Span], NamedCell] = {}
    for passage in passages[:READ]:
        for table, cells in _tables(passage, named):
            if cells.only is None:
                continue
            said = _said(passage.document, table, cells)
            share = len(named.words & said) / len(named.words)
            if specific <= said and (share == 1.0 or cells.is_whole):
                span = cells.only.span
                found[passage.document.id, span] = NamedCell(passage.document, span, share)
    best = sorted(found.values(), key=lambda cell: -cell.share)[:2]
    if not best or best[0].share < MIN_SHARE:
        return None
    return None if len(best) == 2 and best[0].share == best[1].share else best[0]


def with_named_cell(answers: Sequence[ScoredAnswer], found: NamedCell) -> list[ScoredAnswer]:
    """Raise the probability of answers in the named cell, and sort by probability."""
    least = WHOLE_CONFIDENCE if found.share == 1.0 else CONFIDENCE
    return by_probability(
        answer.at_least(least)
        if answer.candidate.passage.document.id == found.document.id
        and found.span.contains(answer.candidate.span)
        else answer
        for answer in answers
    )


def _tables(passage: Passage, named: NamedParts) -> Iterator[tuple[Table, NamedCells]]:
    """Yield the tables of a passage, each with the cells that the question names or rules out."""
    document = passage.document
    for block in document.blocks.overlapping(passage.span):
        if block.kind is Kind.TABLE:
            table = Table(document.text, block)
            inside = [cell for cell in table.body if passage.span.overlaps(cell.span)]
            yield table, named.of_table(table, inside)


def _said(document: Document, table: Table, cells: NamedCells) -> set[str]:
    """Return the words of the headings around a cell, and those of the question that name it."""
    assert cells.only is not None
    caption = table.block.caption
    around = [*section_titles(document, cells.only.span.start), document.title or ""]
    around += [] if caption is None else [document[caption]]
    return set(cells.words).union(*content_words(around))


def _specific(question: str) -> set[str]:
    """Return the names and numbers of a question, all of which the cell's headings must have."""
    words = question.split()
    named = [
        word for number, word in enumerate(words) if _DIGIT.search(word) or (number and _CAPITAL.match(word))
    ]
    return set(content_words_of(" ".join(named)))
