"""Readers: replicas of the reader that read the questions of many clients at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from qa.documents import Span
from qa.errors import QuestionError
from qa.reader import Calibrator, Candidate, Reader, read_many_until_sure
from qa.results import Passage

Asked: TypeAlias = "tuple[str, Sequence[Passage]]"

Found: TypeAlias = "list[tuple[int, int, int, float]] | QuestionError"
"""For each candidate, the position of its passage, its start, end and score. Passages are not sent back."""


class Readers(Protocol):
    """The replicas, wherever they run."""

    def start(
        self, question: str, passages: Sequence[Passage], *, each_sentence: bool = False
    ) -> Callable[[], Found]:
        """Start reading, until sure or each sentence. Return at once a function that waits for the result.

        That function raises `UnavailableError` if no replica answers in time.
        """

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has."""


class ClusterReader:
    """A reader that lets replicas read its passages, see `StoppingReader`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def read_until_sure(self, asked: Sequence[Asked]) -> list[list[Candidate]]:
        """Return the candidates of each question in the passages that were read, best first.

        Raises:
            QuestionError: a question is too long.
            UnavailableError: no replica answers in time.
        """
        waits = [self._readers.start(question, passages) for question, passages in asked]
        return [_candidates(passages, wait()) for (_, passages), wait in zip(asked, waits, strict=True)]

    def read_sentences(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Return the best candidate of each sentence, best first.

        Raises:
            QuestionError: the question is too long.
            UnavailableError: no replica answers in time.
        """
        return _candidates(passages, self._readers.start(question, passages, each_sentence=True)())

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text of any length has."""
        return self._readers.count_tokens(text)


def read_batch(reader: Reader, calibrator: Calibrator, asked: Sequence[Asked]) -> list[Found]:
    """Read the passages of several questions until each is sure. One that cannot be read fails by itself."""
    try:
        found = read_many_until_sure(reader, calibrator, asked)
        return [_found(one, read) for one, read in zip(asked, found, strict=True)]
    except QuestionError as error:
        if len(asked) == 1:
            return [error]
        return [found for one in asked for found in read_batch(reader, calibrator, [one])]


def read_each_sentence(reader: Reader, question: str, passages: Sequence[Passage]) -> Found:
    """Read every sentence of the passages of a question."""
    try:
        return _found((question, passages), reader.read_sentences(question, passages))
    except QuestionError as error:
        return error


def _found(asked: Asked, candidates: Sequence[Candidate]) -> Found:
    positions = {id(passage): position for position, passage in enumerate(asked[1])}
    return [(positions[id(one.passage)], one.span.start, one.span.end, one.score) for one in candidates]


def _candidates(passages: Sequence[Passage], found: Found) -> list[Candidate]:
    if isinstance(found, QuestionError):
        raise found
    return [Candidate(passages[position], Span(start, end), score) for position, start, end, score in found]


def reader_deployment(
    load: Callable[[], Reader],
    calibrator: Calibrator,
    *,
    replicas: int,
    cores: float,
    least: int = 1,
    queue: int = 256,
) -> Any:
    """Return a Ray Serve deployment of readers, from `least` to `replicas` depending on the load.

    Args:
        load: Loads the reader, in each replica.
        calibrator: The calibrator of the chatbots that ask, for early stopping.
        replicas: Maximum number of replicas.
        cores: The processor cores of each.
        least: Minimum number of replicas.
        queue: How many questions may wait before more are refused.
    """
    import asyncio

    from ray import serve

    async def read(
        self: Any, questions: list[str], passages: list[Sequence[Passage]]
    ) -> list[Found]:  # called with one question; calls of several clients are batched
        asked = list(zip(questions, passages, strict=True))
        return await asyncio.to_thread(read_batch, self.reader, calibrator, asked)

    read_together: Any = serve.batch(max_batch_size=8, batch_wait_timeout_s=0.0)(read)

    class ReaderReplica:
        read = read_together  # Ray finds the batches by the name of the function

        def __init__(self) -> None:
            self.reader = load()

        async def read_sentences(self, question: str, passages: Sequence[Passage]) -> Found:
            return await asyncio.to_thread(read_each_sentence, self.reader, question, passages)

        def count_tokens(self, text: str) -> int:
            return self.reader.count_tokens(text)

    return serve.deployment(
        name="readers",
        ray_actor_options={"num_cpus": cores},
        max_ongoing_requests=16,
        max_queued_requests=queue,
        health_check_period_s=2,
        health_check_timeout_s=30,
        graceful_shutdown_timeout_s=5,
        autoscaling_config={
            "min_replicas": least,
            "max_replicas": replicas,
            "target_ongoing_requests": 2,
            "upscale_delay_s": 5,
            "downscale_delay_s": 120,
        },
    )(ReaderReplica).bind()
