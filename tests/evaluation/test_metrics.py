"""Metrics: known inputs give known figures, and suggested thresholds deliver the figures that they report."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.evaluation import f1
from qa.evaluation.metrics import (
    area_under_risk_coverage,
    calibration_error,
    coverage_at,
    exact_match,
    retrieval_figures,
    suggest_min_confidence,
)


@pytest.mark.parametrize(
    ("prediction", "answers", "exact", "overlap"),
    [
        ("The Cat.", ["cat"], 1, 1),
        ("a big cat", ["cat"], 0, 2 / 3),
        ("cat cat", ["cat"], 0, 2 / 3),
        ("dog", ["cat", "the dog"], 1, 1),
        ("", [], 1, 1),
        ("dog", [], 0, 0),
        ("", ["cat"], 0, 0),
    ],
)
def test_exact_match_and_f1_are_the_official_ones(
    prediction: str, answers: list[str], exact: float, overlap: float
) -> None:
    """Case, punctuation and articles are ignored, repeated words count, the best answer counts."""
    assert exact_match(prediction, answers) == exact
    assert f1(prediction, answers) == pytest.approx(overlap)


def test_calibration_error_of_known_bins() -> None:
    """Perfect confidences have an error of 0; constant ones that are 0.3 too high have an error of 0.3."""
    rights = np.array([True] * 6 + [False] * 4)
    assert calibration_error(rights.astype(float), rights) == 0
    assert calibration_error(np.full(10, 0.9), rights) == pytest.approx(0.42, abs=0.2)
    many = np.tile(rights, 30)
    assert calibration_error(np.full(300, 0.9), many[np.argsort(np.arange(300) % 10, kind="stable")]) > 0.29


def test_area_under_risk_coverage_of_a_known_order() -> None:
    area = area_under_risk_coverage(np.array([0.9, 0.5, 0.7]), np.array([True, True, False]))
    assert area == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)


def test_coverage_at_a_precision() -> None:
    """The first four of five can be answered, with one of them wrong."""
    rights = np.array([True, False, True, True, False])
    assert coverage_at(np.array([0.9, 0.8, 0.7, 0.6, 0.5]), rights, 0.75) == pytest.approx(0.8)
    assert coverage_at(np.array([0.9, 0.8]), np.array([False, False]), 0.5) == 0


@pytest.mark.parametrize("rights", [[True, False, False, False], [False, False, False, True]])
def test_coverage_takes_all_of_equal_confidences_or_none(rights: list[bool]) -> None:
    """No threshold separates them, so the order of rows does not matter."""
    assert coverage_at(np.full(4, 0.7), np.array(rights), 0.8) == 0
    assert coverage_at(np.full(4, 0.7), np.array(rights), 0.25) == 1


def test_suggested_threshold_reaches_its_precision() -> None:
    """The threshold is the confidence of the last answer that is shown. Equal confidences stay together."""
    confidences = np.array([0.9, 0.8, 0.8, 0.5, 0.4])
    suggestion = suggest_min_confidence(confidences, np.array([True, True, False, True, False]), 0.75)
    assert suggestion is not None
    assert (suggestion.min_confidence, suggestion.precision, suggestion.coverage) == (0.5, 0.75, 0.8)
    assert 0 < suggestion.low < 0.75 < suggestion.high < 1
    assert suggest_min_confidence(confidences, np.zeros(5, dtype=bool), 0.75) is None


@given(
    st.lists(st.tuples(st.floats(0, 1) | st.sampled_from([0.876, 0.8799, 0.29]), st.booleans()), min_size=1),
    st.floats(0, 1),
)
@example([(0.876, True), (0.876, True), (0.876, True), (0.5, False)], 0.8)
@example([(0.674, True), (0.672, False)], 0.8)
def test_a_suggested_threshold_gives_the_figures_it_reports(
    answers: list[tuple[float, bool]], precision: float
) -> None:
    """Rounding the threshold changes neither coverage nor precision."""
    confidences, rights = (
        np.array([confidence for confidence, _ in answers]),
        np.array([right for _, right in answers]),
    )
    suggestion = suggest_min_confidence(confidences, rights, precision)
    if suggestion is not None:
        shown = confidences >= suggestion.min_confidence
        assert shown.mean() == pytest.approx(suggestion.coverage)
        assert rights[shown].mean() == pytest.approx(suggestion.precision)


def test_a_suggested_threshold_has_few_decimal_places() -> None:
    """Two, rounded down, or as many more as separate it from the next lower confidence."""
    rights = np.array([True, False])
    for last, next_lower, threshold in (
        (0.876, 0.5, 0.87),
        (0.876, 0.874, 0.876),
        (0.67451, 0.67449, 0.6745),
    ):
        suggestion = suggest_min_confidence(np.array([last, next_lower]), rights, 0.8)
        assert suggestion is not None
        assert suggestion.min_confidence == threshold


def test_retrieval_figures_of_known_ranks() -> None:
    assert retrieval_figures([1, 5, None]) == {
        "hit@1": pytest.approx(1 / 3), "hit@5": pytest.approx(2 / 3), "hit@20": pytest.approx(2 / 3),
        "mrr": pytest.approx(1.2 / 3),
    }  # fmt: skip
