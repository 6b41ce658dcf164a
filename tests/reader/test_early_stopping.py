"""Early stopping: the rest of the passages is read only if it could change the answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qa.documents import Document, Span
from qa.reader import Calibrator, Candidate, Reader, read_until_sure
from qa.reader.early_stopping import CLEAR_LEAD, READ_FIRST, SURE
from qa.reader.features import FEATURES
from qa.results import Passage
from tests.tiny_reader import tiny_reader


class CountingReader(Reader):
    """Remembers how many passages each call read."""

    def read(self, question: str, passages: Sequence[Passage], *, count: int = 20) -> list[Candidate]:
        self.calls = [*getattr(self, "calls", []), len(passages)]
        return super().read(question, passages, count=count)


def constant(probability: float) -> Calibrator:
    """A calibrator that gives every answer this probability."""
    nothing = np.zeros(len(FEATURES))
    return Calibrator(nothing, float(np.log(probability / (1 - probability))), nothing, nothing + 1)


def passages(*relevances: float) -> list[Passage]:
    texts = ["The bridge was opened in 1932.", "Anna Lund was mayor.", "It cost a lot.", "Trams ran.", "No."]
    return [
        Passage(Document(f"{rank}.txt", text), Span(0, len(text)), relevance, rank, rank)
        for rank, (text, relevance) in enumerate(zip(texts, relevances, strict=False), start=1)
    ]


def counting_reader() -> CountingReader:
    reader = tiny_reader()
    return CountingReader(reader.model, reader.tokenizer, max_tokens=reader.max_tokens, stride=reader.stride)


@pytest.mark.parametrize(
    ("probability", "relevances", "read"),
    [
        (SURE + 0.01, [0.9, 0.8, 0.5, 0.4, 0.3], [READ_FIRST]),
        (SURE - 0.01, [0.9, 0.8, 0.5, 0.4, 0.3], [READ_FIRST, 3]),
        (SURE + 0.01, [0.9, 0.8, 0.9 - CLEAR_LEAD + 0.01, 0.4, 0.3], [READ_FIRST, 3]),
        (SURE - 0.01, [0.9, 0.1], [2]),
        (SURE + 0.01, [0.9], [1]),
        (SURE + 0.01, [], [0]),
    ],
)
def test_the_rest_is_read_only_if_it_could_change_the_answer(
    probability: float, relevances: list[float], read: list[int]
) -> None:
    """Not if the first passages give a sure answer and the others are clearly less relevant."""
    reader = counting_reader()
    read_until_sure(reader, constant(probability), "When was it opened?", passages(*relevances))
    assert reader.calls == read


def test_reading_on_gives_what_reading_all_at_once_gives() -> None:
    everything = passages(0.9, 0.8, 0.7, 0.6, 0.5)
    in_two_parts = read_until_sure(counting_reader(), constant(0.1), "When was it opened?", everything)
    at_once = tiny_reader().read("When was it opened?", everything)
    assert [(one.passage, one.span) for one in in_two_parts] == [(one.passage, one.span) for one in at_once]
    assert [one.score for one in in_two_parts] == pytest.approx([one.score for one in at_once], abs=0.2)
