"""Early stopping: the best passages are read first, the others only if they could change the answer."""

from __future__ import annotations

from collections.abc import Sequence

from qa.reader.calibration import Calibrator
from qa.reader.reader import Candidate, Reader, best_first
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
    equally relevant, so both are read. `benchmarks.confidence` counts how often this
    changes the best answer.

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
    first, rest = passages[:READ_FIRST], passages[READ_FIRST:]
    candidates = reader.read(question, first)
    if not rest:
        return candidates
    if passages[0].score - rest[0].score >= CLEAR_LEAD:
        answers = calibrator.scored_answers(passages, candidates)
        if answers and answers[0].probability >= SURE:
            return candidates
    return best_first([*candidates, *reader.read(question, rest)])
