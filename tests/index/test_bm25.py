"""Words to texts, against BM25 written out."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.index import content_words
from qa.index.bm25 import BM25Index, Postings

WORDS = ["belgium", "talks", "police", "visa", "drug", "border", "1,000", "naqvi"]


def bm25(texts: list[list[str]], question: list[str], *, k1: float = 1.2, b: float = 0.75) -> list[float]:
    """The score of each text, one word at a time."""
    mean = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        score = 0.0
        for word in question:
            holding = sum(word in other for other in texts)
            count = text.count(word)
            if count:
                idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
                score += idf * count / (count + k1 * (1 - b + b * len(text) / mean))
        scores.append(score)
    return scores


@settings(deadline=None)  # the first example imports libraries
@given(
    st.lists(st.lists(st.sampled_from("xybdt"), max_size=6), min_size=1, max_size=8),
    st.lists(st.sampled_from("xybdtq"), max_size=4),
    st.integers(1, 12),
)
def test_scores_are_those_of_bm25(texts: list[list[str]], question: list[str], k: int) -> None:
    """Rows, order and scores are those of the formula; ties keep the order of the rows."""
    found = BM25Index.build([" ".join(text) for text in texts]).search(" ".join(question), k)
    scores = bm25(texts, question) if any(texts) else [0.0] * len(texts)
    assert len(found) == min(k, sum(score > 0 for score in scores))
    for row, score in found:
        assert score == pytest.approx(scores[row], rel=1e-4)
    assert found == sorted(found, key=lambda pair: (-pair[1], pair[0]))
    worst = min((score for _, score in found), default=0)
    missed = [score for row, score in enumerate(scores) if row not in dict(found)]
    assert all(score <= worst + 1e-5 for score in missed)


@pytest.mark.parametrize("question", ["belgium visa", "1,000 police police", "border naqvi drug talks visa"])
def test_scores_are_those_of_bm25s(question: str) -> None:
    """The library that the words are split by, with Lucene's formula, ranks the same way."""
    import bm25s

    numbers = np.random.default_rng(0)
    texts = [" ".join(numbers.choice(WORDS, numbers.integers(1, 30))) for _ in range(300)]
    oracle = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    oracle.index(content_words(texts), show_progress=False)
    expected = oracle.get_scores(content_words([question])[0])
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
    texts: list[tuple[list[str], bool]], cuts: list[int], question: list[str], k: int
) -> None:
    """However texts lie in parts, and whatever is dead in them, the rest is found as if it were alone."""
    lines = [(" ".join(text), dead) for text, dead in texts]
    places = [0, *sorted(min(cut, len(lines)) for cut in cuts), len(lines)]
    parts = [Postings.build([text for text, _ in lines[a:b]]) for a, b in itertools.pairwise(places)]
    dead = [np.array([gone for _, gone in lines[a:b]], np.bool_) for a, b in itertools.pairwise(places)]
    masks = [mask if mask.any() else None for mask in dead]
    rest = [row for row, (_, gone) in enumerate(lines) if not gone]
    whole = BM25Index.build([lines[row][0] for row in rest])
    merged = BM25Index([Postings.merge(list(zip(parts, masks, strict=True)))], [None])
    apart = BM25Index(parts, masks)
    asked = " ".join(question)
    found = whole.search(asked, k)
    assert merged.search(asked, k) == found
    assert apart.search(asked, k) == [(rest[row], score) for row, score in found]
    assert apart.missing_words(asked) == merged.missing_words(asked) == whole.missing_words(asked)


def test_missing_words_are_named_as_they_are_typed() -> None:
    """Content words that stand nowhere in any form, once each, in order; stop words are never missing."""
    index = BM25Index.build(["Naqvi’s visits to Tschäppät", "the talks"])
    question = (
        "Did Naqvi's friends talk when visiting Tscha\u0308ppa\u0308t, Brussels, BRUSSELS or the hall’s?"
    )
    assert index.missing_words(question) == ("friends", "Brussels", "hall’s")
    nothing = BM25Index.build([])
    assert nothing.missing_words("Who was it? Talks!") == ("Talks",)
    assert nothing.missing_words("Tell me how much the tall mast cost") == ("tall", "mast", "cost")
    assert nothing.missing_words("how deep is it, and How old?") == ()


def test_what_is_not_seen_in_a_word_parts_none() -> None:
    """A place where it may be broken, or a mark that joins its letters, is no part of it."""
    index = BM25Index.build(["The drift\u200bwood, the har\xadbour and the \ufefflight\u200dhouse"])
    assert index.missing_words("driftwood harbour lighthouse") == ()


def test_a_word_that_is_very_frequent_is_counted() -> None:
    """A count does not run over, however often a text repeats a word."""
    index = BM25Index.build(["visa " * 70_000, "visa talks"])
    assert {row for row, _ in index.search("visa", 2)} == {0, 1}
    assert index.search("visa", 2)[0][1] == pytest.approx(math.log(1.2) * 65535 / 65535, rel=0.01)


def test_equal_texts_keep_their_order() -> None:
    """Many equal texts come in the order of their rows, however few are asked for."""
    index = BM25Index.build(["other words"] * 3 + ["the talks"] * 300)
    assert [row for row, _ in index.search("talks", 5)] == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("meeting", "They met at several MEETINGS."),
        ("Naqvi", "Naqvi’s visit"),
        ("Tschappat", "Herr Tschäppät spoke."),
        ("Tschäppät", "Herr Tscha\u0308ppa\u0308t spoke."),
        ("straße", "Die STRASSE"),
        ("vitamin D", "D is a letter"),
        ("2026", "on 24 July 2026."),
        ("Брюссель", "Встреча в городе БРЮССЕЛЬ"),
    ],
)
def test_forms_of_a_word_are_one(question: str, text: str) -> None:
    """Case, accents, apostrophes and English endings do not count."""
    index = BM25Index.build(["Nothing to see.", text])
    assert [row for row, _ in index.search(question, 2)] == [1]


@pytest.mark.parametrize("question", ["", "  ?!", "what is the", "Who was it?", "xylophone", "😀"])
def test_nothing_to_look_for_finds_nothing(question: str) -> None:
    """Stop words, unknown words, marks and emptiness match no text, even one that holds them."""
    index = BM25Index.build(["Who was it? That is what the talks were.", "Belgium and Pakistan"])
    assert index.search(question, 5) == []


@pytest.mark.parametrize("texts", [[], [""], ["?!", "the of"]])
def test_texts_without_words_are_never_found(texts: list[str]) -> None:
    """An index of nothing is an index."""
    assert BM25Index.build(texts).search("the talks", 5) == []


def test_same_in_every_process_and_silent() -> None:
    """Results do not hang on how Python hashes text, and no bar is drawn and nothing logged."""
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
