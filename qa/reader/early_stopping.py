"""Early stopping: the best passage is read first, the others only if they could change the answer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NamedTuple

from qa.reader.calibration import Calibrator
from qa.reader.candidate import Candidate, best_first
from qa.reader.passage_reader import PassageReader, StoppingReader
from qa.results import Passage


class Stop(NamedTuple):
    """A point at which reading may end early.

    Attributes:
        passages: The number of passages read by then.
        probability: Minimum probability of the best answer so far.
        lead: Minimum lead in relevance of the first passage over the first unread one. Documents that
            contradict each other are about equally relevant, so both are read.
    """

    passages: int
    probability: float
    lead: float


STOPS = (Stop(1, 0.8, 0.15), Stop(2, 0.7, 0.15))
"""Well above `min_confidence`: unread passages must not decide whether an answer is shown."""

_END = Stop(sys.maxsize, 0.0, 0.0)


def read_until_sure(
    reader: PassageReader, calibrator: Calibrator, question: str, passages: Sequence[Passage]
) -> list[Candidate]:
    """Read passages until no later one is likely to change the answer, see `STOPS`.

    `benchmarks.confidence` counts how often this changes the best answer.

    Args:
        reader: The reader.
        calibrator: Gives each answer its probability.
        question: The question.
        passages: The passages, best first.

    Returns:
        The candidates of the passages that were read, best first.

    Raises:
        QuestionError: as for `Reader.read`.
    """
    return read_many_until_sure(reader, calibrator, [(question, passages)])[0]


def read_many_until_sure(
    reader: PassageReader, calibrator: Calibrator, asked: Sequence[tuple[str, Sequence[Passage]]]
) -> list[list[Candidate]]:
    """Do `read_until_sure` for several questions, each with its passages, reading several at once."""
    if isinstance(reader, StoppingReader):
        return reader.read_until_sure(asked)
    found: list[list[Candidate]] = [[] for _ in asked]
    unsure = list(range(len(asked)))
    first = 0
    for stop in (*STOPS, _END):
        part = slice(first, stop.passages)
        read = reader.read_many([(asked[number][0], asked[number][1][part]) for number in unsure])
        for number, candidates in zip(unsure, read, strict=True):
            found[number] = best_first([*found[number], *candidates])
        first = stop.passages
        unsure = [
            number for number in unsure if not _is_sure(stop, calibrator, asked[number][1], found[number])
        ]
        if not unsure:
            break
    return found


def _is_sure(
    stop: Stop, calibrator: Calibrator, passages: Sequence[Passage], candidates: Sequence[Candidate]
) -> bool:
    """Return whether the passages after a stop need not be read, or there are none."""
    if len(passages) <= stop.passages:
        return True
    if passages[0].score - passages[stop.passages].score < stop.lead:
        return False
    answers = calibrator.scored_answers(passages, candidates)
    return bool(answers) and answers[0].probability >= stop.probability
