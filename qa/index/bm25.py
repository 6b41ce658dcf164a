"""BM25 index over stemmed English words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qa.index.tokenizer import content_words, typed_content_words
from qa.storage import Arrays, StringArray, allocate

if TYPE_CHECKING:
    from numpy.typing import NDArray

K1, B = 1.2, 0.75  # Lucene's defaults


class Postings:
    """An inverted index of texts. It consists of arrays alone, so that a file can be mapped.

    Attributes:
        words: The sorted distinct words.
        ends: (words,) The end of each word's stretch in `rows` and `counts`. Word i has the stretch
            `ends[i - 1] : ends[i]`.
        rows: The rows of the texts that hold each word, ascending.
        counts: How often each of those texts holds the word, at most 65,535.
        lengths: (texts,) The number of words in each text.
    """

    def __init__(
        self,
        words: StringArray,
        ends: NDArray[np.int64],
        rows: NDArray[np.int32],
        counts: NDArray[np.uint16],
        lengths: NDArray[np.int32],
    ) -> None:
        self.words, self.ends, self.rows, self.counts, self.lengths = words, ends, rows, counts, lengths

    @classmethod
    def build(cls, texts: Sequence[str]) -> Postings:
        """Build the postings of `texts`. A text's row is its position among them."""
        words_of_texts = content_words(texts)
        lengths = np.fromiter(map(len, words_of_texts), np.int32, len(texts))
        # Number the words as they appear, then renumber them in sorted order. Strings sort by code
        # point, which is the order of their UTF-8 bytes.
        numbers: dict[str, int] = {}
        appearances = np.fromiter(
            (numbers.setdefault(word, len(numbers)) for words in words_of_texts for word in words),
            np.int64,
            int(lengths.sum()),
        )
        words = sorted(numbers)
        sorted_numbers = np.empty(len(words), np.int64)
        sorted_numbers[[numbers[word] for word in words]] = np.arange(len(words))
        # Count equal pairs of word and row, each pair as one number.
        rows = np.repeat(np.arange(len(texts)), lengths)
        pairs, counts = np.unique(sorted_numbers[appearances] * len(texts) + rows, return_counts=True)
        pair_words, pair_rows = np.divmod(pairs, max(1, len(texts)))
        return cls(
            StringArray.of(words),
            np.cumsum(np.bincount(pair_words, minlength=len(words)), dtype=np.int64),
            pair_rows.astype(np.int32),
            np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16),
            lengths,
        )

    @classmethod
    def merge(cls, parts: Sequence[tuple[Postings, NDArray[np.bool_] | None]]) -> Postings:
        """Concatenate postings without their deleted texts.

        Args:
            parts: Postings, each with a mask (texts,) of its deleted texts, or None if there are none.
        """
        vocabulary = sorted(set().union(*(postings.words.encoded() for postings, _ in parts)))
        numbers = {word: number for number, word in enumerate(vocabulary)}
        # For each part: which texts are live, its words' numbers, and how many live texts hold each word.
        live_texts: list[NDArray[np.bool_]] = []
        word_numbers: list[NDArray[np.int64]] = []
        frequencies: list[NDArray[np.int64]] = []
        totals = np.zeros(len(vocabulary), np.int64)
        for postings, deleted in parts:
            live = np.ones(len(postings.lengths), np.bool_) if deleted is None else ~deleted
            words = np.fromiter(
                (numbers[word] for word in postings.words.encoded()), np.int64, len(postings.words)
            )
            live_before = np.cumsum(np.r_[0, live[postings.rows]])  # live postings before each posting
            frequency = np.diff(live_before[np.r_[0, postings.ends]])
            totals[words] += frequency
            live_texts.append(live)
            word_numbers.append(words)
            frequencies.append(frequency)
        # Copy part by part. `starts` is where the next posting of each word goes.
        starts = np.cumsum(totals) - totals
        size = (int(totals.sum()),)
        rows, counts = allocate(size, np.int32), allocate(size, np.uint16)
        first_row = 0
        for (postings, _), live, words, frequency in zip(
            parts, live_texts, word_numbers, frequencies, strict=True
        ):
            copied = live[postings.rows]
            shifts = starts[words] - (np.cumsum(frequency) - frequency)
            targets = np.repeat(shifts, frequency) + np.arange(int(frequency.sum()))
            new_rows = np.cumsum(live) - 1 + first_row
            rows[targets] = new_rows[postings.rows[copied]]
            counts[targets] = postings.counts[copied]
            starts[words] += frequency
            first_row += int(live.sum())
        # Drop words that only deleted texts hold.
        used = np.flatnonzero(totals)
        lengths = [postings.lengths[live] for (postings, _), live in zip(parts, live_texts, strict=True)]
        return cls(
            StringArray.of_encoded([vocabulary[number] for number in used]),
            np.cumsum(totals[used], dtype=np.int64),
            rows,
            counts,
            np.concatenate(lengths),
        )

    def find(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Return the rows that hold a word, ascending, and how often each does."""
        number = self.words.find(word)
        if number is None:
            return self.rows[:0], self.counts[:0]
        stretch = slice(int(self.ends[number - 1]) if number else 0, int(self.ends[number]))
        return self.rows[stretch], self.counts[stretch]

    def to_arrays(self) -> Arrays:
        """Return the arrays by name, as `from_arrays` reads them."""
        return {
            **self.words.to_arrays("words"),
            "postings.ends": self.ends,
            "postings.rows": self.rows,
            "postings.counts": self.counts,
            "lengths": self.lengths,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Postings:
        """Read what `to_arrays` returned. Other arrays are ignored.

        Raises:
            KeyError: An array is missing.
        """
        return cls(
            StringArray.from_arrays(arrays, "words"),
            arrays["postings.ends"],
            arrays["postings.rows"],
            arrays["postings.counts"],
            arrays["lengths"],
        )


class BM25Index:
    """Ranks texts by BM25 over stemmed English words without stop words. Case and accents do not count.

    Source of the method: Robertson and Zaragoza 2009, in Lucene's form (no score is below 0).

    Args:
        postings: The postings of all texts. Rows count through them in order.
        deleted: For each of `postings`, the mask (texts,) of its deleted texts, or None. Deleted texts
            are never found and do not change any score.
    """

    def __init__(self, postings: Sequence[Postings], deleted: Sequence[NDArray[np.bool_] | None]) -> None:
        self._parts = tuple(zip(postings, deleted, strict=True))

    @classmethod
    def build(cls, texts: Sequence[str]) -> BM25Index:
        """Build an index of `texts`. A text's row is its position among them."""
        return cls([Postings.build(texts)], [None])

    def search(self, question: str, k: int) -> list[tuple[int, float]]:
        """Find the `k` best texts that share a word with the question.

        Returns:
            Rows and scores, best first. Scores are above 0 and compare only within one question. Equal
            scores keep the order of the rows.
        """
        scores = np.zeros(sum(len(postings.lengths) for postings, _ in self._parts), np.float32)
        rarest: NDArray[np.int64] | None = None  # the rows of the rarest word that at least k texts hold
        for word in content_words([question])[0]:
            found = [postings.find(word) for postings, _ in self._parts]
            frequency = self._count_live(found)
            if not frequency:
                continue
            rows = self._add_scores(scores, found, np.float32(self._idf(frequency)))
            if k <= frequency and (rarest is None or frequency < len(rarest)):
                rarest = rows
        first_row = 0
        for postings, deleted in self._parts:
            if deleted is not None:
                scores[first_row : first_row + len(postings.lengths)][deleted] = 0
            first_row += len(postings.lengths)
        return _best(scores, k, rarest)

    def missing_words(self, question: str) -> tuple[str, ...]:
        """Return the content words of a question that no text holds in any form, as they are typed.

        The measure after "how" ("tall" in "How tall ...") is not among them.
        """
        missing: dict[tuple[str, ...], str] = {}
        for word, stems in typed_content_words(question):
            if not any(map(self._frequency, stems)):
                missing.setdefault(tuple(stems), word)
        return tuple(missing.values())

    def idfs(self, question: str) -> dict[str, float]:
        """Return the inverse document frequency of each content word of a question, above 0."""
        return {word: self._idf(self._frequency(word)) for word in content_words([question])[0]}

    def _add_scores(
        self,
        scores: NDArray[np.float32],
        found: Sequence[tuple[NDArray[np.int32], NDArray[np.uint16]]],
        idf: np.float32,
    ) -> NDArray[np.int64]:
        """Add one word's share to the scores of the rows found. Return these rows."""
        rows_of_parts = []
        first_row = 0
        for (postings, _), (rows, counts) in zip(self._parts, found, strict=True):
            shares = counts.astype(np.float32)
            shares /= shares + self._length_norms[postings.lengths[rows]]
            shares *= idf
            scores[first_row : first_row + len(postings.lengths)][rows] += shares
            rows_of_parts.append(rows + np.int64(first_row))
            first_row += len(postings.lengths)
        return np.concatenate(rows_of_parts)

    def _idf(self, frequency: int) -> float:
        """Return the weight, above 0, of a word that `frequency` texts hold."""
        return math.log(1 + (self._text_count - frequency + 0.5) / (frequency + 0.5))

    def _frequency(self, word: str) -> int:
        """Return how many live texts hold a word."""
        return self._count_live([postings.find(word) for postings, _ in self._parts])

    def _count_live(self, found: Sequence[tuple[NDArray[np.int32], NDArray[np.uint16]]]) -> int:
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
    def _length_norms(self) -> NDArray[np.float32]:
        """What a text of each length, from 0, adds to a word's count in the denominator."""
        total = sum(
            int(postings.lengths.sum(where=True if deleted is None else ~deleted))
            for postings, deleted in self._parts
        )
        longest = max((int(postings.lengths.max(initial=0)) for postings, _ in self._parts), default=0)
        mean = total / self._text_count if total else 1.0
        return (K1 * (1 - B + B * np.arange(longest + 1) / mean)).astype(np.float32)


def _best(scores: NDArray[np.float32], k: int, sample: NDArray[np.int64] | None) -> list[tuple[int, float]]:
    """Return the `k` best rows with a score above 0, best first, with their scores.

    Args:
        scores: (texts,) The score of each row.
        k: How many rows to return at most.
        sample: At least `k` rows, if not None. The k-th best of them is a lower bound that spares
            sorting most other rows.
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
