"""BM25 index against the formula and against bm25s."""

from __future__ import annotations

import functools
import itertools
import math
import operator
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.index import content_words, content_words_of
from qa.index.bm25 import BM25Index
from qa.index.postings import Postings

WORDS = ["belgium", "talks", "police", "visa", "drug", "border", "1,000", "naqvi"]


def bm25(texts: list[list[str]], question: list[str], *, k1: float = 1.2, b: float = 0.75) -> list[float]:
    """Return the score of each text, computed word by word from the formula."""
    mean = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        score = 0.0
        for word in question:
            frequency = sum(word in other for other in texts)
            count = text.count(word)
            if count:
                idf = math.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5))
                score += idf * count / (count + k1 * (1 - b + b * len(text) / mean))
        scores.append(score)
    return scores


@settings(deadline=None)  # the first example imports libraries
@given(
    st.lists(st.lists(st.sampled_from("xybdt"), max_size=6), min_size=1, max_size=8),
    st.lists(st.sampled_from("xybdtq"), max_size=4),
    st.integers(1, 12),
)
def test_scores_are_those_of_the_formula(texts: list[list[str]], question: list[str], k: int) -> None:
    found = BM25Index.build([" ".join(text) for text in texts]).search(" ".join(question), k)
    scores = bm25(texts, question) if any(texts) else [0.0] * len(texts)
    assert len(found) == min(k, sum(score > 0 for score in scores))
    for row, score in found:
        assert score == pytest.approx(scores[row], rel=1e-4)
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0])), "equal scores keep the row order"
    worst = min((score for _, score in found), default=0)
    missed = [score for row, score in enumerate(scores) if row not in dict(found)]
    assert all(score <= worst + 1e-5 for score in missed)


@pytest.mark.parametrize("question", ["belgium visa", "1,000 police police", "border naqvi drug talks visa"])
def test_scores_are_those_of_bm25s(question: str) -> None:
    import bm25s

    random = np.random.default_rng(0)
    texts = [" ".join(random.choice(WORDS, random.integers(1, 30))) for _ in range(300)]
    oracle = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    oracle.index(content_words(texts), show_progress=False)
    expected = oracle.get_scores(content_words_of(question))
    found = BM25Index.build(texts).search(question, 50)
    assert [row for row, _ in found] == np.argsort(-expected, kind="stable")[:50].tolist()
    np.testing.assert_allclose([score for _, score in found], np.sort(expected)[::-1][:50], rtol=1e-5)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(st.sampled_from("xybdtu"), max_size=6), st.booleans()), max_size=14),
    st.lists(st.integers(0, 14), max_size=3),
    st.lists(st.sampled_from("xybdtq"), max_size=4),
    st.integers(1, 12),
)
def test_parts_and_merged_parts_score_as_one(
    texts: list[tuple[list[str], bool]], cuts: list[int], question_words: list[str], k: int
) -> None:
    """Postings in parts with deleted texts give the results of one index of the live texts.

    So do indexes of one part each that get the statistics of all parts.
    """
    lines = [(" ".join(text), is_deleted) for text, is_deleted in texts]
    bounds = [0, *sorted(min(cut, len(lines)) for cut in cuts), len(lines)]
    slices = [lines[start:end] for start, end in itertools.pairwise(bounds)]
    parts = [Postings.build([text for text, _ in part]) for part in slices]
    masks = [np.array([is_deleted for _, is_deleted in part], np.bool_) for part in slices]
    deleted = [mask if mask.any() else None for mask in masks]
    live_rows = [row for row, (_, is_deleted) in enumerate(lines) if not is_deleted]
    whole = BM25Index.build([lines[row][0] for row in live_rows])
    merged = BM25Index([Postings.merge(list(zip(parts, deleted, strict=True)))], [None])
    apart = BM25Index(parts, deleted)
    question = " ".join(question_words)
    found = whole.search(question, k)
    assert merged.search(question, k) == found
    assert apart.search(question, k) == [(live_rows[row], score) for row, score in found]
    single = [BM25Index([part], [mask]) for part, mask in zip(parts, deleted, strict=True)]
    words = content_words_of(question)
    statistics = functools.reduce(operator.add, [part.statistics(words) for part in single])
    assert statistics == whole.statistics(words)
    told = [
        (first + row, score)
        for first, part in zip(bounds, single, strict=False)
        for row, score in part.search(question, k, statistics)
    ]
    best = sorted(told, key=lambda pair: (-pair[1], pair[0]))[:k]
    assert best == [(live_rows[row], score) for row, score in found]
    assert apart.missing_words(question) == merged.missing_words(question) == whole.missing_words(question)


def test_missing_words_are_named_as_they_are_typed() -> None:
    index = BM25Index.build(["Naqvi’s visits to Tschäppät", "the talks"])
    question = (
        "Did Naqvi's friends talk when visiting Tscha\u0308ppa\u0308t, Brussels, BRUSSELS or the hall’s?"
    )
    assert index.missing_words(question) == ("friends", "Brussels", "hall’s")
    empty = BM25Index.build([])
    assert empty.missing_words("Who was it? Talks!") == ("Talks",)
    assert empty.missing_words("Tell me how much the tall mast cost") == ("tall", "mast", "cost")
    assert empty.missing_words("how deep is it, and How old?") == ()


def test_a_very_frequent_word_does_not_overflow() -> None:
    index = BM25Index.build(["visa " * 70_000, "visa talks"])
    assert {row for row, _ in index.search("visa", 2)} == {0, 1}
    assert index.search("visa", 2)[0][1] == pytest.approx(math.log(1.2) * 65535 / 65535, rel=0.01)


def test_equal_texts_keep_their_order() -> None:
    index = BM25Index.build(["other words"] * 3 + ["the talks"] * 300)
    assert [row for row, _ in index.search("talks", 5)] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize("question", ["", "  ?!", "what is the", "Who was it?", "xylophone", "😀"])
def test_a_question_without_known_content_words_finds_nothing(question: str) -> None:
    """Not even a text that holds the same stop words."""
    index = BM25Index.build(["Who was it? That is what the talks were.", "Belgium and Pakistan"])
    assert index.search(question, 5) == []


@pytest.mark.parametrize("texts", [[], [""], ["?!", "the of"]])
def test_texts_without_content_words_are_never_found(texts: list[str]) -> None:
    assert BM25Index.build(texts).search("the talks", 5) == []


def test_results_do_not_depend_on_hash_seed_and_nothing_is_logged() -> None:
    code = (
        "import logging; logging.basicConfig(level=logging.WARNING)\n"
        "from qa.index.bm25 import BM25Index\n"
        f"index = BM25Index.build([' '.join({WORDS!r}[i % 8:i % 5 + 5]) for i in range(40)])\n"
        "print(index.search('Which visa talks did the police of Belgium hold?', 30))"
    )
    results = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    assert results[0].stdout == results[1].stdout
    assert len(results[0].stdout) > 100
    assert [result.stderr for result in results] == ["", ""]
