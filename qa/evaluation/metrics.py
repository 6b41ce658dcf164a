"""Metrics: exact match, F1, calibration error, risk and coverage, retrieval ranks."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


DEPTHS = (1, 5, 20)  # the k of hit@k
BINS = 15  # of the calibration error


def normalise(text: str) -> str:
    """Normalise like the official SQuAD script: lower case, no punctuation, no articles, single spaces."""
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """Return 1 if the normalised prediction equals an answer, else 0. Without answers, "" is right."""
    return float(any(normalise(prediction) == normalise(answer) for answer in answers or ("",)))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """Return the best F1 over words with any answer, 0 to 1. Without answers, "" is right."""
    return max(_f1(prediction, answer) for answer in answers or ("",))


def _f1(prediction: str, answer: str) -> float:
    predicted, expected = normalise(prediction).split(), normalise(answer).split()
    if not predicted or not expected:
        return float(predicted == expected)
    shared = sum((Counter(predicted) & Counter(expected)).values())
    return 2 * shared / (len(predicted) + len(expected))


def retrieval_figures(ranks: Sequence[int | None]) -> dict[str, float]:
    """Return hit@1, hit@5, hit@20 and the mean reciprocal rank, each 0 to 1.

    Args:
        ranks: For each question the rank, from 1, of the first right passage. None if it was not found.
    """
    if not ranks:
        return {}
    numbers = np.array([np.inf if rank is None else rank for rank in ranks])
    return {f"hit@{k}": float((numbers <= k).mean()) for k in DEPTHS} | {"mrr": float((1 / numbers).mean())}


def calibration_error(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> float:
    """Return the expected calibration error, 0 to 1, over up to 15 bins of equal mass.

    Args:
        confidences: (n,) The confidence of each answer, 0 to 1.
        rights: (n,) Whether each answer is right.
    """
    bins = bins_of_equal_mass(confidences)
    gaps = [abs(confidences[rows].mean() - rights[rows].mean()) * len(rows) for rows in bins]
    return float(sum(gaps) / len(confidences))


def bins_of_equal_mass(confidences: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Return up to 15 bins of rows, equal in size, the least confident first."""
    return np.array_split(np.argsort(confidences, kind="stable"), min(BINS, len(confidences)))


def area_under_risk_coverage(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> float:
    """Return the area under the risk-coverage curve, 0 to 1: the mean of `risks`. Lower is better."""
    return float(risks(confidences, rights).mean())


def risks(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the risk-coverage curve: (n,) shares of wrong answers among the 1, 2 ... n most confident."""
    wrong = ~rights[np.argsort(-confidences, kind="stable")]
    return np.asarray(wrong.cumsum() / np.arange(1, len(wrong) + 1))


def coverage_at(confidences: NDArray[np.float64], rights: NDArray[np.bool_], precision: float) -> float:
    """Return the largest share of questions that can be answered with at least `precision` of them right."""
    suggestion = suggest_min_confidence(confidences, rights, precision)
    return 0.0 if suggestion is None else suggestion.coverage


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A threshold, and its figures on the questions of the run. All numbers are from 0 to 1.

    Attributes:
        min_confidence: The threshold.
        precision: The share of right answers among those at or above it.
        low: The lower end of the precision's 90% confidence interval.
        high: The upper end.
        coverage: The share of questions that are answered.
    """

    min_confidence: float
    precision: float
    low: float
    high: float
    coverage: float


def suggest_min_confidence(
    confidences: NDArray[np.float64], rights: NDArray[np.bool_], precision: float
) -> Suggestion | None:
    """Return the threshold that answers the most questions with at least `precision` of the answers right.

    It is rounded down to the fewest decimal places that select the same answers. The interval is Wilson's.

    Args:
        confidences: (n,) The confidence of each answer, 0 to 1.
        rights: (n,) Whether each answer is right.
        precision: The least share of right answers, 0 to 1.

    Returns:
        The threshold. None if no threshold reaches the precision.
    """
    order = np.argsort(-confidences, kind="stable")
    ranked = confidences[order]
    precisions = rights[order].cumsum() / np.arange(1, len(order) + 1)
    separable = np.r_[ranked[1:] != ranked[:-1], True]  # no threshold separates equal confidences
    good = np.flatnonzero((precisions >= precision) & separable)
    if not len(good):
        return None
    shown = int(good[-1]) + 1
    low, high = _wilson(float(precisions[shown - 1]), shown)
    next_lower = float(ranked[shown]) if shown < len(ranked) else -1.0
    threshold = _round_down(float(ranked[shown - 1]), above=next_lower)
    return Suggestion(threshold, float(precisions[shown - 1]), low, high, shown / len(order))


def _round_down(value: float, *, above: float) -> float:
    """Round a value of 0 or more down to the fewest decimal places, at least two, that keep it `above`."""
    rounded = (int(value * 10**places) / 10**places for places in range(2, 17))
    return next((short for short in rounded if above < short <= value), value)


def _wilson(share: float, n: int, z: float = 1.645) -> tuple[float, float]:
    """Return the Wilson score interval of a share of `n`; the default `z` is that of a 90% interval."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return max(0.0, middle - half), min(1.0, middle + half)
