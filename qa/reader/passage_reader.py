"""Passage reader: the reader interface of answering, wherever the model runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from qa.reader.candidate import Candidate
from qa.results import Passage


class SentenceReader(Protocol):
    """Reads passages sentence by sentence, see `Reader`."""

    def read_sentences(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Return the best candidate of each sentence, list item, heading, value or cell, best first.

        Raises:
            QuestionError: the question is too long.
        """

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text of any length has."""


class WholeReader(SentenceReader, Protocol):
    """Reads all passages that it is given."""

    def read_many(self, asked: Sequence[tuple[str, Sequence[Passage]]]) -> list[list[Candidate]]:
        """Return the candidates of each question in all its passages together, best first.

        Raises:
            QuestionError: a question is too long.
        """


@runtime_checkable
class StoppingReader(SentenceReader, Protocol):
    """Stops early by itself, with the calibrator that judges the answers: a call per stop would be costly."""

    def read_until_sure(self, asked: Sequence[tuple[str, Sequence[Passage]]]) -> list[list[Candidate]]:
        """Return the candidates of each question in the passages that were read, best first.

        Raises:
            QuestionError: a question is too long.
        """


PassageReader: TypeAlias = WholeReader | StoppingReader
"""Any reader that answering can use."""
