"""Evaluation: question files, metrics, and runs of the reader or the whole pipeline."""

from __future__ import annotations

from qa.evaluation.dataset import GoldQuestion, contexts, load_gold
from qa.evaluation.metrics import f1
from qa.evaluation.report import report_html
from qa.evaluation.run import Evaluation, Outcome
from qa.evaluation.thresholds import Threshold, below

__all__ = [
    "Evaluation",
    "GoldQuestion",
    "Outcome",
    "Threshold",
    "below",
    "contexts",
    "f1",
    "load_gold",
    "report_html",
]
