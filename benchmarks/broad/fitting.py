"""The two models that choose sentences, fitted on questions with known answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.broad.asked import Asked, is_right, place, rated
from qa.answering import CHANCE_FEATURES, FEATURES, LogisticModel, chance_features
from qa.settings import DEFAULTS

SENTENCE_PENALTY = 0.03  # the inverse of the L2 penalty; large weights transfer worse to other folders
CHANCE_PENALTY = 1.0
PARTS = 10  # folds of the questions: the chance is learnt on sentences unseen by the model
RIGHT_SHARE = 0.8  # of the questions that are answered
SURENESS = 1.28  # standard deviations: 90%, one-sided


def fit(asked: Sequence[Asked]) -> dict[str, dict[str, object]]:
    """Return both models in their stored form.

    The chance is scaled so that at `Settings.min_confidence` it is 90% sure that 80% of the answered
    questions are answered right, in each folder with models fitted on the others.
    """
    sentence, chance = _models(asked)
    chance = replace(chance, bias=chance.bias + _log_odds(DEFAULTS.min_confidence) - _log_odds(_bar(asked)))
    return {
        name: {
            "bias": round(model.bias, 4),
            "weights": {key: round(weight, 4) for key, weight in zip(names, model.weights, strict=True)},
        }
        for name, names, model in (("sentence", FEATURES, sentence), ("chance", CHANCE_FEATURES, chance))
    }


def chance_of(asked: Asked, sentence: LogisticModel, chance: LogisticModel) -> float:
    """Return the chance that the chosen sentences are right."""
    return chance.probability(chance_features(rated(asked, sentence), asked.span_confidence))


def _models(asked: Sequence[Asked]) -> tuple[LogisticModel, LogisticModel]:
    questions = sorted({one.question for one in asked})
    features, rights = [], []
    for first in range(PARTS):
        apart = set(questions[first::PARTS])
        sentence = _sentence_model([one for one in asked if one.question not in apart])
        for one in asked:
            if one.question in apart:
                features.append(chance_features(rated(one, sentence), one.span_confidence))
                rights.append(is_right(one, sentence))
    return _sentence_model(asked), _fitted(np.array(features), np.array(rights), CHANCE_PENALTY)


def _sentence_model(asked: Sequence[Asked]) -> LogisticModel:
    known = [one for one in asked if one.wanted]
    rows = np.array([sentence.features for one in known for sentence in one.judged])
    belongs = np.array([place(sentence) in one.wanted for one in known for sentence in one.judged])
    return _fitted(rows, belongs, SENTENCE_PENALTY)


def _bar(asked: Sequence[Asked]) -> float:
    """Return the lowest chance from which answers are right often enough in every folder.

    Raises:
        ValueError: there is none.
    """
    found = []
    for folder in sorted({one.folder for one in asked}):
        models = _models([one for one in asked if one.folder != folder])
        here = [one for one in asked if one.folder == folder and one.wanted]
        found.append([(chance_of(one, *models), is_right(one, models[0])) for one in here])
    for bar in np.arange(0.3, 0.95, 0.01):
        shown = [[right for chance, right in some if chance >= bar] for some in found]
        if all(_lower_bound(sum(rights), len(rights)) >= RIGHT_SHARE for rights in shown):
            return float(bar)
    raise ValueError("no bar makes answers right often enough")


def _lower_bound(right: int, count: int) -> float:
    """Return the lower bound of a share (Wilson 1927), 0 to 1."""
    if not count:
        return 0.0
    share, square = right / count, SURENESS**2 / count
    spread = math.sqrt(square * (share * (1 - share) + square / 4))
    return (share + square / 2 - spread) / (1 + square)


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _fitted(rows: np.ndarray, labels: np.ndarray, penalty: float) -> LogisticModel:
    """Return a logistic regression with an L2 penalty over standardised features."""
    mean, spread = rows.mean(0), rows.std(0)
    model = LogisticRegression(C=penalty, max_iter=1000).fit((rows - mean) / spread, labels)
    weights = model.coef_[0] / spread
    return LogisticModel(tuple(weights.tolist()), float(model.intercept_[0] - (weights * mean).sum()))
