"""Thresholds: named figures, and which of them a run misses."""

from __future__ import annotations

import pytest

from qa.errors import QuestionFileError
from qa.evaluation import Evaluation, GoldQuestion, Threshold, below
from qa.evaluation.run import judge
from qa.evaluation.thresholds import FIGURES

GOLD = GoldQuestion("Who?", ("Ann",))
RUN = (
    judge(GOLD, "Ann", shown=True, confidence=0.9, rank=1),
    judge(GOLD, "Bob", shown=True, confidence=0.4, rank=3),
    judge(GoldQuestion("Why?", ()), "Bob", shown=False, confidence=0.1, rank=None),
)


def test_figures_below_their_threshold_are_named() -> None:
    figures = Evaluation(RUN, retrieved=True).to_dict()
    assert below(figures, [Threshold("f1", 66.6), Threshold("precision", 0.5), Threshold("mrr", 0.6)]) == []
    assert below(figures, [Threshold("f1", 66.7), Threshold("hit@1", 0.6), Threshold("hit@5", 1)]) == [
        "f1 is 66.67, below 66.7",
        "hit@1 is 0.5, below 0.6",
    ]


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_exists(figure: str) -> None:
    figures = Evaluation(RUN, retrieved=True).to_dict()
    assert below(figures, [Threshold(figure, -1)]) == []
    assert len(below(figures, [Threshold(figure, 101)])) == 1


def test_a_figure_that_the_run_does_not_have_is_an_error() -> None:
    figures = Evaluation(RUN, retrieved=False).to_dict()
    with pytest.raises(QuestionFileError, match="mrr"):
        below(figures, [Threshold("mrr", 0.5)])


def test_thresholds_are_read() -> None:
    assert Threshold.parse("80") == Threshold("f1", 80)
    assert Threshold.parse("hit@5=0.9") == Threshold("hit@5", 0.9)
    for wrong in ("calibration_error=0.1", "=3", "f1=", "f1=high", ""):
        with pytest.raises(ValueError, match=r"metric|float"):
            Threshold.parse(wrong)
