"""BM25 index over stemmed English words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from qa.index.postings import Postings
from qa.index.tokenizer import content_words_of
from qa.index.word_statistics import WordStatistics, missing_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Found: TypeAlias = Sequence[tuple[NDArray[np.int32], NDArray[np.uint16]]]

K1, B = 1.2, 0.75  # Lucene's defaults


class BM25Index:
    """Ranks texts by BM25 over stemmed English words without stop words. Case and accents are ignored.

    Source of the method: Robertson and Zaragoza 2009, in Lucene's form (no score is below 0).

    Args:
        postings: The postings of all texts. Rows are numbered across them, in order.
        deleted: For each of `postings`, the mask (texts,) of its deleted texts, or None. Deleted texts
            are never found and do not change any score.
    """

    def __init__(self, postings: Sequence[Postings], deleted: Sequence[NDArray[np.bool_] | None]) -> None:
        self._parts = tuple(zip(postings, deleted, strict=True))
        self._norms: tuple[float, NDArray[np.float32]] = (0.0, np.zeros(0, np.float32))

    @classmethod
    def build(cls, texts: Sequence[str]) -> BM25Index:
        """Build an index of `texts`. A text's row is its position among them."""
        return cls([Postings.build(texts)], [None])

    def search(
        self, question: str, k: int, statistics: WordStatistics | None = None
    ) -> list[tuple[int, float]]:
        """Find the `k` best texts that share a word with the question.

        Args:
            question: The question.
            k: Maximum number of texts to return.
            statistics: Statistics of the whole corpus for the words of the question, if these texts are only
                a part of it. If None, these texts are the corpus.

        Returns:
            Rows and scores, best first. Scores are above 0 and comparable only within one question. Ties are
            in row order.
        """
        words = content_words_of(question)
        found = {word: self._find(word) for word in words}
        frequencies = {word: self._count_live(rows) for word, rows in found.items()}
        whole = self._statistics(frequencies) if statistics is None else statistics
        norms = self._length_norms(whole.mean_length)
        scores = np.zeros(sum(len(postings.lengths) for postings, _ in self._parts), np.float32)
        rarest: NDArray[np.int64] | None = None  # the rows of the rarest word that at least k texts contain
        for word in words:
            frequency = frequencies[word]
            if not frequency:
                continue
            rows = self._add_scores(scores, found[word], np.float32(whole.idf(word)), norms)
            if k <= frequency and (rarest is None or frequency < len(rarest)):
                rarest = rows
        first_row = 0
        for postings, deleted in self._parts:
            if deleted is not None:
                scores[first_row : first_row + len(postings.lengths)][deleted] = 0
            first_row += len(postings.lengths)
        return _best(scores, k, rarest)

    def statistics(self, words: Iterable[str]) -> WordStatistics:
        """Return the statistics of these texts, which add up with those of other parts of a corpus.

        Args:
            words: The words to count, as `content_words` returns them.
        """
        return self._statistics({word: self._count_live(self._find(word)) for word in words})

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the content words that occur in no text, see `missing_words`."""
        return missing_words(question, self.statistics)

    def idfs(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency of each content word of a question, above 0."""
        return self.statistics(content_words_of(question)).idfs

    def _statistics(self, frequencies: dict[str, int]) -> WordStatistics:
        return WordStatistics(self._text_count, self._word_count, frequencies)

    def _find(self, word: str) -> Found:
        return [postings.find(word) for postings, _ in self._parts]

    def _add_scores(
        self, scores: NDArray[np.float32], found: Found, idf: np.float32, norms: NDArray[np.float32]
    ) -> NDArray[np.int64]:
        """Add one word's contribution to the scores of the rows found, and return those rows."""
        rows_of_parts = []
        first_row = 0
        for (postings, _), (rows, counts) in zip(self._parts, found, strict=True):
            shares = counts.astype(np.float32)
            shares /= shares + norms[postings.lengths[rows]]
            shares *= idf
            scores[first_row : first_row + len(postings.lengths)][rows] += shares
            rows_of_parts.append(rows + np.int64(first_row))
            first_row += len(postings.lengths)
        return np.concatenate(rows_of_parts)

    def _count_live(self, found: Found) -> int:
        """Return how many of the rows found are not deleted."""
        return sum(
            len(rows) if deleted is None else len(rows) - int(np.count_nonzero(deleted[rows]))
            for (rows, _), (_, deleted) in zip(found, self._parts, strict=True)
        )

    @cached_property
    def _text_count(self) -> int:
        return sum(
            len(postings.lengths) if deleted is None else int(np.count_nonzero(~deleted))
            for postings, deleted in self._parts
        )

    @cached_property
    def _word_count(self) -> int:
        return sum(
            int(postings.lengths.sum(where=True if deleted is None else ~deleted))
            for postings, deleted in self._parts
        )

    @cached_property
    def _longest(self) -> int:
        return max((int(postings.lengths.max(initial=0)) for postings, _ in self._parts), default=0)

    def _length_norms(self, mean_length: float) -> NDArray[np.float32]:
        """Return, for each text length from 0, the term added to a word's count in the denominator."""
        known_mean, norms = self._norms
        if known_mean != mean_length:
            norms = (K1 * (1 - B + B * np.arange(self._longest + 1) / mean_length)).astype(np.float32)
            self._norms = mean_length, norms
        return norms


def _best(scores: NDArray[np.float32], k: int, sample: NDArray[np.int64] | None) -> list[tuple[int, float]]:
    """Return the `k` best rows with a score above 0, best first, with their scores.

    Args:
        scores: (texts,) The score of each row.
        k: Maximum number of rows to return.
        sample: At least `k` rows, if not None. The k-th best of them is a lower bound that avoids sorting
            most other rows.
    """
    bound = np.float32(0) if sample is None else _kth_best(scores[sample], k)
    found = np.flatnonzero(scores >= bound) if bound > 0 else np.flatnonzero(scores)
    if len(found) > k:
        found = found[scores[found] >= _kth_best(scores[found], k)]
    best = found[np.argsort(-scores[found], kind="stable")[:k]]
    return list(zip(best.tolist(), scores[best].tolist(), strict=True))


def _kth_best(scores: NDArray[np.float32], k: int) -> np.float32:
    """Return the k-th highest of at least `k` scores."""
    return np.float32(np.partition(scores, len(scores) - k)[len(scores) - k])
