"""Extractive reading: passages to candidate spans, and these to answers with a probability."""

from __future__ import annotations

from qa.reader.calibration import Calibrator, ScoredAnswer
from qa.reader.early_stopping import read_until_sure
from qa.reader.lists import ListAnswer, find_list, with_list
from qa.reader.loading import WEIGHTS
from qa.reader.reader import PACKAGED_READER, Candidate, Reader

__all__ = [
    "PACKAGED_READER",
    "WEIGHTS",
    "Calibrator",
    "Candidate",
    "ListAnswer",
    "Reader",
    "ScoredAnswer",
    "find_list",
    "read_until_sure",
    "with_list",
]
