"""Early stopping: the best passages are read first, the others only if they could change the answer."""

from __future__ import annotations

from collections.abc import Sequence

from qa.reader.calibration import Calibrator
from qa.reader.candidate import Candidate, best_first
from qa.reader.reader import Reader
from qa.results import Passage

READ_FIRST = 2  # passages; a batch of one takes half as much longer for each
SURE = 0.7  # probability of the best answer from which the others are not read
CLEAR_LEAD = 0.15  # in relevance, of the first passage over the first one that is not read


def read_until_sure(
    reader: Reader, calibrator: Calibrator, question: str, passages: Sequence[Passage]
) -> list[Candidate]:
    """Read passages until no later one is likely to change the answer.

    The rest is not read if the first `READ_FIRST` passages give an answer of probability `SURE` and the best
    passage is more relevant than the rest by `CLEAR_LEAD`. Documents that contradict each other are about
    equally relevant, so both are read. `benchmarks.confidence` counts how often this changes the best answer.

    Args:
        reader: The reader.
        calibrator: Gives an answer its probability.
        question: The question.
        passages: The passages, best first.

    Returns:
        The candidates of the passages that were read, best first.

    Raises:
        QuestionError: as `Reader.read`.
    """
    return read_many_until_sure(reader, calibrator, [(question, passages)])[0]


def read_many_until_sure(
    reader: Reader, calibrator: Calibrator, asked: Sequence[tuple[str, Sequence[Passage]]]
) -> list[list[Candidate]]:
    """Return what `read_until_sure` does for each question with its passages, reading several at once."""
    found = reader.read_many([(question, passages[:READ_FIRST]) for question, passages in asked])
    unsure = [
        position
        for position, (_, passages) in enumerate(asked)
        if len(passages) > READ_FIRST and not _is_sure(calibrator, passages, found[position])
    ]
    if not unsure:
        return found
    rest = reader.read_many([(asked[position][0], asked[position][1][READ_FIRST:]) for position in unsure])
    for position, candidates in zip(unsure, rest, strict=True):
        found[position] = best_first([*found[position], *candidates])
    return found


def _is_sure(calibrator: Calibrator, passages: Sequence[Passage], candidates: Sequence[Candidate]) -> bool:
    """Return whether the passages after the first `READ_FIRST` need not be read."""
    if passages[0].score - passages[READ_FIRST].score < CLEAR_LEAD:
        return False
    answers = calibrator.scored_answers(passages, candidates)
    return bool(answers) and answers[0].probability >= SURE
