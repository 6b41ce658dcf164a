"""Questions with known answers, and the figures that they give."""

from __future__ import annotations

from qa.evaluation.dataset import contexts, load_gold
from qa.evaluation.run import Evaluation

__all__ = [
    "Evaluation",
    "contexts",
    "load_gold",
]
