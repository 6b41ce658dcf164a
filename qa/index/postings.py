"""Postings: an inverted index of texts in arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from qa.index.tokenizer import content_words
from qa.storage import Arrays, StringArray, allocate

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Postings:
    """An inverted index of texts. It consists only of arrays, so that it can be mapped from a file.

    Attributes:
        words: The sorted distinct words.
        ends: (words,) The end of each word's range in `rows` and `counts`. Word i has the range
            `ends[i - 1] : ends[i]`.
        rows: The rows of the texts that contain each word, ascending.
        counts: How often each of those texts contains the word, capped at 65,535.
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
        # For each part: which texts are live, its words' numbers, and how many live texts contain each word.
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
        # Drop words that occur only in deleted texts.
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
        """Return the rows that contain a word, ascending, and how often each does."""
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
