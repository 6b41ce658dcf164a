"""Candidates to answers with a chance of being right.

One small logistic model looks at each candidate: how far the reader prefers it to silence and to the
best different answer, how many places say the same, how retrieval ranked its passage, how near that is
to the question and how far ahead of the others. It is fitted by `training/calibrate.py` on articles that
the reader never saw, some with the right document taken away. The method is that of Kamath, Jia and
Liang 2020 (a calibrator over features of the reader, fitted on text unlike its training text), here with
retrieval and with order: the likeliest answer is the answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.reader.reader import WEIGHTS, Candidate
from qa.results import Passage, Reason

FEATURES = (
    "score",
    "silence",
    "lead",
    "support",
    "vector_rank",
    "lexical_rank",
    "similarity",
    "relevance_lead",
)
EVIDENCE = 5  # passages that answers are held against
CONSIDERED = 8  # different answers that are given a chance
FAR = 12.0  # logits beyond which a lead says no more


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """One answer in the running: the best candidate that says it, and its chance (0 to 1).

    `others` are the candidates that say the same elsewhere, best first; `reasons` are what made the chance.
    """

    candidate: Candidate
    probability: float
    others: tuple[Candidate, ...]
    reasons: tuple[Reason, ...]


class Calibrator:
    """A logistic model over `FEATURES`, each first brought to mean 0 and spread 1.

    All arrays are (features,).
    """

    def __init__(
        self,
        weights: NDArray[np.float64],
        bias: float,
        mean: NDArray[np.float64],
        spread: NDArray[np.float64],
    ) -> None:
        self.weights, self.bias, self.mean, self.spread = weights, bias, mean, spread

    @classmethod
    def load(cls, path: Path = WEIGHTS / "confidence.json") -> Calibrator:
        """The calibrator kept as readable JSON.

        Raises:
            ModelError: the file is missing, damaged, or of other features.
        """
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if tuple(kept["features"]) != FEATURES:
                raise ModelError(f"{path} is for other features: install verbatim-qa again.")
            return cls(
                np.array(kept["weights"]), kept["bias"], np.array(kept["mean"]), np.array(kept["spread"])
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{path} is missing or damaged: install verbatim-qa again.") from error

    def save(self, path: Path) -> None:
        """Write what `load` reads."""
        kept = {
            "features": FEATURES,
            "weights": self.weights.tolist(),
            "bias": self.bias,
            "mean": self.mean.tolist(),
            "spread": self.spread.tolist(),
        }
        path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")

    def probabilities(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(answers,) chances of being right, 0 to 1, of (answers, features)."""
        return np.asarray(1 / (1 + np.exp(-(self.log_odds(rows).sum(axis=1) + self.bias))))

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """(answers, features) that each feature adds to the log-odds of `bias`."""
        return np.asarray((rows - self.mean) / self.spread * self.weights)

    def scored_answers(
        self, passages: Sequence[Passage], candidates: Sequence[Candidate]
    ) -> list[ScoredAnswer]:
        """The different answers among `candidates` (best score first) of `passages`, the likeliest first."""
        groups = different_answers(passages, candidates)
        if not groups:
            return []
        rows = features(passages, groups)
        scored_answers = [
            ScoredAnswer(
                group[0], float(probability), tuple(group[1:]), tuple(map(Reason, FEATURES, added.tolist()))
            )
            for group, probability, added in zip(
                groups, self.probabilities(rows), self.log_odds(rows), strict=True
            )
        ]
        return sorted(scored_answers, key=lambda scored: -scored.probability)


def different_answers(passages: Sequence[Passage], candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates (best first) in groups that say the same: those of the first passages, then the rest.

    Two say the same if their words are equal but for case and spacing, wherever they stand. A
    candidate that overlaps a better one is a variant of it and is left out. The first `EVIDENCE`
    passages are grouped as if there were no others; later ones can only add answers. Of each of both
    sorts there are at most `CONSIDERED` groups.
    """
    first = set(passages[:EVIDENCE])
    sorts: tuple[list[Candidate], list[Candidate]] = ([], [])
    for candidate in candidates:
        sorts[candidate.passage not in first].append(candidate)
    groups: dict[str, list[Candidate]] = {}
    taken: list[Candidate] = []
    for sort in sorts:
        known, most = set(groups), len(groups) + CONSIDERED
        for candidate in sort:
            said = " ".join(candidate.text.casefold().split())
            if said in known or any(_overlap(candidate, other) for other in taken):
                continue
            if said not in groups and len(groups) == most:
                break
            taken.append(candidate)
            groups.setdefault(said, []).append(candidate)
    return list(groups.values())


def features(passages: Sequence[Passage], groups: Sequence[Sequence[Candidate]]) -> NDArray[np.float64]:
    """(groups, features) numbers that tell right from wrong, named in `FEATURES`.

    An answer is held against those of the first `EVIDENCE` passages alone, and its passage against the
    others of them, so that reading more passages changes no chance. Passages that a small corpus does
    not have are others of no relevance.
    """
    first = passages[:EVIDENCE]
    rivals = [group[0].score if group[0].passage in first else -math.inf for group in groups]
    rows = []
    for number, group in enumerate(groups):
        best = group[0]
        lead = best.score - max(rivals[:number] + rivals[number + 1 :], default=-math.inf)
        others = [passage.score for passage in first if passage != best.passage][: EVIDENCE - 1]
        rows.append(
            (
                best.score,
                min(best.score, 0.0),
                max(-FAR, min(FAR, lead)),
                math.log(sum(math.exp(max(other.score - best.score, -FAR)) for other in group)),
                1 / (best.passage.vector_rank or math.inf),
                1 / (best.passage.lexical_rank or math.inf),
                best.passage.similarity,
                best.passage.score - sum(others) / (EVIDENCE - 1),
            )
        )
    return np.array(rows, dtype=np.float64)


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.passage.document.id == other.passage.document.id and one.span.overlaps(other.span)
