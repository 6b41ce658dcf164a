"""Passages ranked again by their best sentence."""

from __future__ import annotations

import numpy as np
import pytest

from qa.retrieval.rerank import cosines, relevance
from qa.settings import DEFAULTS

WORDS, SHARE = DEFAULTS.rerank_words_weight, DEFAULTS.passage_share


def test_a_sentence_counts_with_the_passage_around_it() -> None:
    """Words by their rarity; the best sentence decides, and a part is the whole passage's."""
    idfs = {"visa": 3.0, "talk": 1.0}
    none, both = np.zeros(3, np.float32), np.zeros(2, np.float32)
    apart, best = relevance(idfs, [{"talk"}, {"visa"}], none)
    assert best == 1
    assert apart == pytest.approx(WORDS * ((1 - SHARE) * 0.75 + SHARE))
    together, _ = relevance(idfs, [{"visa", "talk"}], both)
    assert together == pytest.approx(WORDS)
    near, best = relevance(idfs, [set(), set()], np.array([0.5, 0.2, 0.9], np.float32))
    assert near == pytest.approx((1 - WORDS) * (SHARE * 0.5 + (1 - SHARE) * 0.9))
    assert best == 1
    assert relevance({}, [set()], np.array([-0.5, -0.5], np.float32)) == (0, 0)


def test_cosines_do_not_depend_on_length() -> None:
    """Of a vector without length it is 0."""
    vectors = np.array([[3, 4], [0, 0], [-6, -8]], np.float32)
    assert cosines(vectors, np.array([0.6, 0.8], np.float32)) == pytest.approx([1, 0, -1])
