"""Calibration: answers with a probability of being right.

A logistic regression looks at each answer: how far the reader prefers it to no answer and to the best
different answer, how many places agree, and how retrieval ranked its passage. `training/calibrate.py`
fits it on articles that the reader never saw, some with the right document removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.reader.candidate import Candidate
from qa.reader.features import FEATURES, different_answers, features
from qa.reader.loading import WEIGHTS
from qa.results import Passage, Reason


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """An answer with its probability of being right.

    Attributes:
        candidate: The best candidate that gives the answer.
        probability: 0 to 1.
        others: Candidates that give the same answer elsewhere, best first.
        reasons: What each feature adds to the log-odds.
    """

    candidate: Candidate
    probability: float
    others: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]

    def at_least(self, probability: float) -> ScoredAnswer:
        """Return the answer with this probability, or its own if that is higher."""
        return replace(self, probability=max(self.probability, probability))

    def at_most(self, probability: float) -> ScoredAnswer:
        """Return the answer with this probability, or its own if that is lower."""
        return replace(self, probability=min(self.probability, probability))


def by_probability(answers: Iterable[ScoredAnswer]) -> list[ScoredAnswer]:
    """Return answers, the most probable first."""
    return sorted(answers, key=lambda answer: -answer.probability)


class Calibrator:
    """Logistic regression over standardised `FEATURES`.

    Source of the method: Kamath, Jia and Liang 2020, a calibrator over features of the reader, fitted on
    text unlike its training text; here with features of retrieval.
    """

    def __init__(
        self,
        weights: NDArray[np.float64],
        bias: float,
        mean: NDArray[np.float64],
        spread: NDArray[np.float64],
    ) -> None:
        """Set the parameters, each array (features,).

        Args:
            weights: Log-odds that one standard deviation of a feature adds.
            bias: Log-odds of the average answer.
            mean: Means of the features.
            spread: Their standard deviations.
        """
        self.weights, self.bias, self.mean, self.spread = weights, bias, mean, spread

    @classmethod
    def load(cls, path: Path = WEIGHTS / "confidence.json") -> Calibrator:
        """Load a calibrator from JSON.

        Raises:
            ModelError: the file is missing, damaged, or made for other features.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if tuple(stored["features"]) != FEATURES:
                raise ModelError(f"{path} was made for other features: install verbatim-qa again.")
            return cls(
                np.array(stored["weights"]),
                stored["bias"],
                np.array(stored["mean"]),
                np.array(stored["spread"]),
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{path} is missing or damaged: install verbatim-qa again.") from error

    def save(self, path: Path) -> None:
        """Write the calibrator as JSON."""
        stored = {
            "features": FEATURES,
            "weights": self.weights.tolist(),
            "bias": self.bias,
            "mean": self.mean.tolist(),
            "spread": self.spread.tolist(),
        }
        path.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return probabilities of being right (answers,) of features (answers, features)."""
        return np.asarray(1 / (1 + np.exp(-(self.log_odds(rows).sum(axis=1) + self.bias))))

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each feature adds to the log-odds beyond `bias`, (answers, features)."""
        return np.asarray((rows - self.mean) / self.spread * self.weights)

    def scored_answers(
        self, passages: Sequence[Passage], candidates: Sequence[Candidate]
    ) -> list[ScoredAnswer]:
        """Return the different answers, the most probable first.

        Args:
            passages: The passages that were read, best first.
            candidates: Their candidates, best first.
        """
        groups = different_answers(passages, candidates)
        if not groups:
            return []
        rows = features(passages, groups)
        return by_probability(
            ScoredAnswer(group[0], probability, tuple(group[1:]), tuple(map(Reason, FEATURES, added)))
            for group, probability, added in zip(
                groups, self.probabilities(rows).tolist(), self.log_odds(rows).tolist(), strict=True
            )
        )
