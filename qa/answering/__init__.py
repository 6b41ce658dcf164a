"""Answering: finds passages, reads them, and makes a reply from the likeliest spans."""

from __future__ import annotations

from qa.answering.answerer import Answerer, checked_question
from qa.answering.sentence_answers import (
    CHANCE_FEATURES,
    FEATURES,
    JudgedSentence,
    LogisticModel,
    SentenceAnswer,
    SentenceChooser,
    chance_features,
    choice,
    judge,
)

__all__ = [
    "CHANCE_FEATURES",
    "FEATURES",
    "Answerer",
    "JudgedSentence",
    "LogisticModel",
    "SentenceAnswer",
    "SentenceChooser",
    "chance_features",
    "checked_question",
    "choice",
    "judge",
]
