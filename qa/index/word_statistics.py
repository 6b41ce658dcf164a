"""Word statistics: the corpus-wide counts that BM25 needs, added up over the parts of a corpus."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qa.index.tokenizer import typed_content_words


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """How often words occur in texts. The statistics of all parts of a corpus add up to those of the corpus.

    Attributes:
        texts: The number of texts.
        words: The number of words in all texts together.
        frequencies: How many texts contain each of the requested words.
    """

    texts: int
    words: int
    frequencies: Mapping[str, int]

    def __add__(self, other: WordStatistics) -> WordStatistics:
        """Return the statistics of two parts together, both for the same words."""
        return WordStatistics(
            self.texts + other.texts,
            self.words + other.words,
            {word: count + other.frequencies[word] for word, count in self.frequencies.items()},
        )

    @property
    def mean_length(self) -> float:
        """The mean number of words in a text; 1 if there are none."""
        return self.words / self.texts if self.words else 1.0

    @property
    def idfs(self) -> dict[str, float]:
        """The inverse document frequency of each word, above 0."""
        return {word: self.idf(word) for word in self.frequencies}

    def idf(self, word: str) -> float:
        """Return the inverse document frequency of a word, above 0."""
        frequency = self.frequencies[word]
        return math.log(1 + (self.texts - frequency + 0.5) / (frequency + 0.5))


def missing_words(question: str, statistics: Callable[[Sequence[str]], WordStatistics]) -> tuple[str, ...]:
    """Return the content words of a question that occur in no text in any form, as typed.

    The word of measure after "how" ("tall" in "How tall ...") is never among them.

    Args:
        question: The question.
        statistics: Returns the statistics of the corpus for some words.
    """
    typed = typed_content_words(question)
    frequencies = statistics([stem for _, stems in typed for stem in stems]).frequencies
    missing: dict[tuple[str, ...], str] = {}
    for word, stems in typed:
        if not any(frequencies[stem] for stem in stems):
            missing.setdefault(tuple(stems), word)
    return tuple(missing.values())
