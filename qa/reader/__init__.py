"""Passages to candidate answers, and these to probabilities."""

from __future__ import annotations

from qa.reader.calibration import Calibrator, ScoredAnswer
from qa.reader.reader import PACKAGED_READER, WEIGHTS, Candidate, Reader

__all__ = [
    "PACKAGED_READER",
    "WEIGHTS",
    "Calibrator",
    "Candidate",
    "Reader",
    "ScoredAnswer",
]
