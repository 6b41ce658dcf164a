"""Questions with known answers, and the figures that they give."""

from __future__ import annotations

from qa.evaluation.run import Evaluation, Outcome, contexts, f1, load_gold

__all__ = [
    "Evaluation",
    "Outcome",
    "contexts",
    "f1",
    "load_gold",
]
