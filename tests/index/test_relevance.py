"""Relevance by sentence."""

from __future__ import annotations

import numpy as np
import pytest

from qa.index.relevance import cosines, relevance
from qa.settings import DEFAULTS

IDFS = {"visa": 3.0, "talk": 1.0}


def test_the_sentence_with_the_rarer_word_is_best() -> None:
    assert relevance(IDFS, [{"talk"}, {"visa"}], np.zeros(3, np.float32))[1] == 1


def test_the_sentence_with_the_higher_cosine_is_best() -> None:
    assert relevance(IDFS, [set(), set()], np.array([0.5, 0.2, 0.9], np.float32))[1] == 1


def test_words_in_one_sentence_count_more_than_words_apart() -> None:
    together, _ = relevance(IDFS, [{"visa", "talk"}, set()], np.zeros(3, np.float32))
    apart, _ = relevance(IDFS, [{"visa"}, {"talk"}], np.zeros(3, np.float32))
    alone, _ = relevance(IDFS, [{"visa"}, set()], np.zeros(3, np.float32))
    assert together == pytest.approx(DEFAULTS.rerank_words_weight)
    assert together > apart > alone > 0, "the whole passage has a share"


def test_relevance_is_within_0_and_1() -> None:
    assert relevance({}, [set()], np.array([-0.5, -0.5], np.float32)) == (0, 0)
    assert relevance(IDFS, [{"visa", "talk"}], np.ones(2, np.float32))[0] == pytest.approx(1)


def test_cosines_do_not_depend_on_length() -> None:
    vectors = np.array([[3, 4], [0, 0], [-6, -8]], np.float32)
    assert cosines(vectors, np.array([0.6, 0.8], np.float32)) == pytest.approx([1, 0, -1])
