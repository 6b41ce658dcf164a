"""Confidence in words."""

from __future__ import annotations

import pytest

from qa.presentation import confidence_words


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "Very likely"),
        (0.8, "Very likely"),
        (0.799, "Likely"),
        (0.7, "Likely"),
        (0.699, "More likely than not"),
        (0.5, "More likely than not"),
        (0.499, "Perhaps"),
        (0.25, "Perhaps"),
        (0.249, "Unlikely"),
        (0.0, "Unlikely"),
    ],
)
def test_confidence_is_put_into_words(confidence: float, words: str) -> None:
    assert confidence_words(confidence) == words
