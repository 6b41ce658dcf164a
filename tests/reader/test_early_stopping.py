"""Early stopping: the rest of the passages is read only if it could change the answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qa.documents import Document, Span
from qa.reader import Calibrator, Candidate, Reader, read_many_until_sure, read_until_sure
from qa.reader.early_stopping import STOPS
from qa.reader.features import FEATURES
from qa.results import Passage
from tests.tiny_reader import tiny_reader

ONE, TWO = STOPS
SURE = ONE.probability + 0.01


class CountingReader(Reader):
    """Records how many passages each call read."""

    def read_many(
        self, asked: Sequence[tuple[str, Sequence[Passage]]], *, count: int | None = 20
    ) -> list[list[Candidate]]:
        self.calls = [*getattr(self, "calls", []), sum(len(passages) for _, passages in asked)]
        return super().read_many(asked, count=count)


def constant(probability: float) -> Calibrator:
    """Return a calibrator that gives every answer this probability."""
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
        (SURE, [0.9, 0.9 - ONE.lead - 0.01, 0.5, 0.4, 0.3], [1]),
        (SURE, [0.9, 0.9 - ONE.lead + 0.01, 0.5, 0.4, 0.3], [1, 1]),
        (ONE.probability - 0.01, [0.9, 0.5, 0.5, 0.4, 0.3], [1, 1]),
        (TWO.probability - 0.01, [0.9, 0.5, 0.5, 0.4, 0.3], [1, 1, 3]),
        (SURE, [0.9, 0.9, 0.9 - TWO.lead + 0.01, 0.4, 0.3], [1, 1, 3]),
        (TWO.probability - 0.01, [0.9, 0.1], [1, 1]),
        (TWO.probability - 0.01, [0.9], [1]),
        (SURE, [], [0]),
    ],
)
def test_the_rest_is_read_only_if_it_could_change_the_answer(
    probability: float, relevances: list[float], read: list[int]
) -> None:
    """Not if the passages before give a sure answer and the rest are clearly less relevant."""
    reader = counting_reader()
    read_until_sure(reader, constant(probability), "When was it opened?", passages(*relevances))
    assert reader.calls == read


def test_reading_on_gives_what_reading_all_at_once_gives() -> None:
    everything = passages(0.9, 0.8, 0.7, 0.6, 0.5)
    in_parts = read_until_sure(counting_reader(), constant(0.1), "When was it opened?", everything)
    at_once = tiny_reader().read("When was it opened?", everything)
    assert [(one.passage, one.span) for one in in_parts] == [(one.passage, one.span) for one in at_once]
    assert [one.score for one in in_parts] == pytest.approx([one.score for one in at_once], abs=0.2)


def test_several_questions_are_read_as_each_alone() -> None:
    """Even if some are sure after the first passages, and some have nothing to read."""
    reader, calibrator = counting_reader(), constant(SURE)
    asked = [
        ("a", passages(0.9, 0.5, 0.5, 0.4, 0.3)),
        ("b", passages(0.9, 0.8, 0.9)),
        ("c", []),
        ("Who was mayor?", passages(0.9, 0.9, 0.9, 0.9)),
    ]
    together = read_many_until_sure(reader, calibrator, asked)
    assert reader.calls == [3, 1 + 1, 1 + 2]
    for found, (question, read) in zip(together, asked, strict=True):
        alone = read_until_sure(reader, calibrator, question, read)
        assert [(one.passage, one.span) for one in found] == [(one.passage, one.span) for one in alone]
        assert [one.score for one in found] == pytest.approx([one.score for one in alone], abs=1e-4)
