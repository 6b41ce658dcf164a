"""Evaluation runs: verdicts and figures of known outcomes."""

from __future__ import annotations

import pytest

from qa.evaluation import Evaluation, GoldQuestion
from qa.evaluation.run import judge
from tests.tiny_reader import tiny_reader


def test_every_question_has_its_verdict() -> None:
    gold, silent = GoldQuestion("Who?", ("Ann Lee",)), GoldQuestion("Who?", ())
    assert judge(gold, "Ann", shown=True, confidence=0.9, rank=2).verdict == "right"
    assert judge(gold, "Bob", shown=True, confidence=0.9, rank=2).verdict == "misread"
    assert judge(gold, "Bob", shown=True, confidence=0.9, rank=None).verdict == "not retrieved"
    assert judge(gold, "Ann", shown=False, confidence=0.1, rank=1).verdict == "wrongly abstained"
    assert judge(silent, "Ann", shown=True, confidence=0.9, rank=None).verdict == "wrongly answered"
    assert judge(silent, "Ann", shown=False, confidence=0.1, rank=None).verdict == "rightly abstained"


def test_known_outcomes_give_known_figures() -> None:
    """Four questions, with figures computed by hand."""
    gold, silent = GoldQuestion("Who?", ("Ann Lee",)), GoldQuestion("Who?", ())
    figures = Evaluation(
        (
            judge(gold, "Ann Lee", shown=True, confidence=0.9, rank=1),
            judge(gold, "Ann", shown=True, confidence=0.8, rank=4),
            judge(gold, "Bob", shown=False, confidence=0.3, rank=None),
            judge(silent, "Bob", shown=False, confidence=0.2, rank=None),
        ),
        True,
    ).to_dict()
    assert figures["exact_match"] == pytest.approx(50)
    assert figures["f1"] == pytest.approx(100 * (1 + 2 / 3 + 0 + 1) / 4)
    assert figures["answerable"] == {
        "questions": 3, "exact_match": pytest.approx(100 / 3), "f1": pytest.approx(100 * (5 / 3) / 3),
    }  # fmt: skip
    assert figures["unanswerable"]["exact_match"] == 100
    assert figures["coverage"] == 0.5
    assert figures["precision"] == 1
    assert figures["coverage_at_80"] == 0.5
    assert figures["retrieval"] == {
        "hit@1": pytest.approx(1 / 3), "hit@5": pytest.approx(2 / 3), "hit@20": pytest.approx(2 / 3),
        "mrr": pytest.approx((1 + 0.25) / 3),
    }  # fmt: skip
    assert figures["verdicts"]["not retrieved"] == 1
    assert [failure["verdict"] for failure in figures["failures"]] == ["not retrieved"]
    assert figures["suggestion"]["min_confidence"] == 0.8
    assert figures["suggestion"]["coverage"] == 0.5


def test_reader_is_evaluated_on_its_own_contexts() -> None:
    """Each prediction is a span of the context. The reader abstains only if it may."""
    gold = [GoldQuestion("who?", ("anna",), "anna met bob."), GoldQuestion("why?", (), "anna met bob.")]
    reader = tiny_reader()
    reader.no_answer_threshold = 1e9
    answered = Evaluation.of_reader(reader, gold)
    assert all(outcome.shown and outcome.best in outcome.gold.context for outcome in answered.outcomes)  # type: ignore[operator]
    silent = Evaluation.of_reader(reader, gold, abstain=True)
    assert [outcome.exact for outcome in silent.outcomes] == [0, 1]
    assert "retrieval" not in silent.to_dict()
