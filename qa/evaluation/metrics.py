"""How right and how honest answers are, in figures."""

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


DEPTHS = (1, 5, 20)  # of retrieval, for hit@k
BINS = 15  # of equal mass, for the calibration error


def normalise(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces: the official SQuAD normalisation."""
    text = "".join(character for character in text.lower() if character not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1 if the prediction equals an answer once both are normalised, else 0. No answers: 1 for ""."""
    return float(any(normalise(prediction) == normalise(answer) for answer in answers or ("",)))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """Best harmonic mean of precision and recall over the words shared with an answer, 0 to 1."""
    return max(_f1(prediction, answer) for answer in answers or ("",))


def _f1(prediction: str, answer: str) -> float:
    said, wanted = normalise(prediction).split(), normalise(answer).split()
    if not said or not wanted:
        return float(said == wanted)
    shared = sum((Counter(said) & Counter(wanted)).values())
    return 2 * shared / (len(said) + len(wanted))


def retrieval_figures(ranks: Sequence[int | None]) -> dict[str, float]:
    """hit@k for k of 1, 5 and 20 and the mean reciprocal rank, 0 to 1, of ranks from 1 (None: missed)."""
    if not ranks:
        return {}
    found = np.array([np.inf if rank is None else rank for rank in ranks])
    return {f"hit@{k}": float((found <= k).mean()) for k in DEPTHS} | {"mrr": float((1 / found).mean())}


def calibration_error(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> float:
    """Expected calibration error, 0 to 1, over up to 15 bins of equal mass."""
    bins = bins_of_equal_mass(confidences)
    gaps = [abs(confidences[part].mean() - rights[part].mean()) * len(part) for part in bins]
    return float(sum(gaps) / len(confidences))


def bins_of_equal_mass(confidences: NDArray[np.float64]) -> list[NDArray[np.int64]]:
    """Rows in up to 15 bins of as many rows each, the least confident first."""
    return np.array_split(np.argsort(confidences, kind="stable"), min(BINS, len(confidences)))


def area_under_risk_coverage(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> float:
    """Mean share of wrong answers over all coverages, the most confident first: lower is better."""
    return float(risks(confidences, rights).mean())


def risks(confidences: NDArray[np.float64], rights: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) shares of wrong answers among the 1, 2, ... n most confident: the risk-coverage curve."""
    wrong = ~rights[np.argsort(-confidences, kind="stable")]
    return np.asarray(wrong.cumsum() / np.arange(1, len(wrong) + 1))


def coverage_at(confidences: NDArray[np.float64], rights: NDArray[np.bool_], precision: float) -> float:
    """The largest share of questions that can be answered with at least `precision` of them right."""
    suggestion = suggest_min_confidence(confidences, rights, precision)
    return 0.0 if suggestion is None else suggestion.coverage


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A bar for `min_confidence`: what it gave on the questions asked, with a 90% interval."""

    min_confidence: float
    precision: float
    low: float
    high: float
    coverage: float


def suggest_min_confidence(
    confidences: NDArray[np.float64], rights: NDArray[np.bool_], precision: float
) -> Suggestion | None:
    """The bar that shows most, at least `precision` of it right, or None if none does.

    It is as short a decimal as shows just that. The interval is Wilson's, of the precision above the bar.
    """
    order = np.argsort(-confidences, kind="stable")
    ranked = confidences[order]
    precisions = rights[order].cumsum() / np.arange(1, len(order) + 1)
    whole = np.r_[ranked[1:] != ranked[:-1], True]  # a bar cannot part equal confidences
    good = np.flatnonzero((precisions >= precision) & whole)
    if not len(good):
        return None
    shown = int(good[-1]) + 1
    low, high = _wilson(float(precisions[shown - 1]), shown)
    bar = _shortest(float(ranked[shown - 1]), above=float(ranked[shown]) if shown < len(ranked) else -1.0)
    return Suggestion(bar, float(precisions[shown - 1]), low, high, shown / len(order))


def _shortest(number: float, *, above: float) -> float:
    """A number of 0 or more cut to as few decimal places as keep it above another, but to two at least."""
    cut = (int(number * 10**places) / 10**places for places in range(2, 17))
    return next((short for short in cut if above < short <= number), number)


def _wilson(share: float, n: int, z: float = 1.645) -> tuple[float, float]:
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)))
    return max(0.0, middle - half), min(1.0, middle + half)
