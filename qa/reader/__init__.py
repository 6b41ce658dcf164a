"""Extractive reading: passages to candidate spans, and these to answers with a probability."""

from __future__ import annotations

from qa.reader.calibration import Calibrator, ScoredAnswer
from qa.reader.candidate import Candidate
from qa.reader.contradictions import with_contradictions
from qa.reader.decoding import best_spans
from qa.reader.early_stopping import read_many_until_sure, read_until_sure
from qa.reader.enumerations import with_enumerations
from qa.reader.lists import ListAnswer, asks_for_list, find_list, list_around, with_list, with_named_list
from qa.reader.loading import WEIGHTS
from qa.reader.named_cell import find_cell, with_named_cell
from qa.reader.named_item import find_item
from qa.reader.passage_reader import PassageReader
from qa.reader.reader import PACKAGED_READER, Reader
from qa.reader.windows import BATCH, span_logits

__all__ = [
    "BATCH",
    "PACKAGED_READER",
    "WEIGHTS",
    "Calibrator",
    "Candidate",
    "ListAnswer",
    "PassageReader",
    "Reader",
    "ScoredAnswer",
    "asks_for_list",
    "best_spans",
    "find_cell",
    "find_item",
    "find_list",
    "list_around",
    "read_many_until_sure",
    "read_until_sure",
    "span_logits",
    "with_contradictions",
    "with_enumerations",
    "with_list",
    "with_named_cell",
    "with_named_list",
]
