"""Score fusion."""

from __future__ import annotations

import pytest

from qa.retrieval import fuse


def test_weight_decides_between_the_rankings() -> None:
    vectors, words = {0: 0.9, 1: 0.5, 2: 0.1}, {3: 8.0, 1: 2.0}
    assert fuse(vectors, words, words_weight=0) == pytest.approx({0: 1, 1: 0.5, 2: 0, 3: 0})
    assert fuse(vectors, words, words_weight=1) == pytest.approx({0: 0, 1: 0.25, 2: 0, 3: 1})
    assert fuse({}, {}) == {}
