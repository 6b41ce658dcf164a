"""Readers that read for several clients at once, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from qa.cluster.readers import ClusterReader, Found, read_batch, read_each_sentence
from qa.errors import QuestionError
from qa.reader import read_many_until_sure
from qa.results import Passage
from tests.helpers import BRIDGE, INDIFFERENT
from tests.tiny_reader import tiny_reader, whole

READER = tiny_reader(max_tokens=80)
PASSAGES = [whole(BRIDGE), whole("The mill burnt down in 1822.", "mill")]


class Together:
    """Reads everything asked since the last result, all at once."""

    def __init__(self) -> None:
        self.waiting: list[tuple[str, Sequence[Passage]]] = []
        self.found: list[Found] = []

    def start(
        self, question: str, passages: Sequence[Passage], *, each_sentence: bool = False
    ) -> Callable[[], Found]:
        if each_sentence:
            return partial(read_each_sentence, READER, question, passages)
        self.waiting.append((question, passages))
        return partial(self._result, len(self.waiting) - 1)

    def _result(self, position: int) -> Found:
        if len(self.found) < len(self.waiting):
            self.found = read_batch(READER, INDIFFERENT, self.waiting)
        return self.found[position]

    def count_tokens(self, text: str) -> int:
        return READER.count_tokens(text)


def test_candidates_are_those_of_one_reader() -> None:
    asked = [("who sold rice", PASSAGES), ("when", PASSAGES[::-1]), ("nothing", [])]
    reader = ClusterReader(Together())
    assert read_many_until_sure(reader, INDIFFERENT, asked) == read_many_until_sure(
        READER, INDIFFERENT, asked
    )
    assert reader.read_sentences("when", PASSAGES) == READER.read_sentences("when", PASSAGES)
    assert reader.count_tokens("who sold rice") == READER.count_tokens("who sold rice")


def test_a_question_that_is_too_long_fails_alone() -> None:
    readers = Together()
    other = readers.start("when", PASSAGES)
    with pytest.raises(QuestionError, match="tokens long"):
        ClusterReader(readers).read_until_sure([("long " * 20, PASSAGES)])
    assert not isinstance(other(), QuestionError)
