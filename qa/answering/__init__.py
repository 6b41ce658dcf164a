"""Answering: passages are found and read, and the likeliest spans become a reply."""

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
