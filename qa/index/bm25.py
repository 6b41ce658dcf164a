"""Words to the texts that share them. The only file that says `bm25s`."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qa.storage import Arrays, StringArray, allocate

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORD = r"\w+(?:'\w+)*"
# What is asked for and not told of: "How tall ...", "Tell me ...".
_ASKING = re.compile(
    r"\bhow\s+(?:big|deep|far|fast|heavy|high|large|late|long|many|much|often|old|soon|tall|wide)\b"
    r"|^\W*tell\b",
    re.IGNORECASE,
)
# Accents, and what is not seen: soft hyphens, spaces and joiners of no width.
UNHEEDED = dict.fromkeys([*range(0x0300, 0x0370), 0xAD, *range(0x200B, 0x200E), 0x2060, 0xFEFF])
K1, B = 1.2, 0.75  # Lucene's


class Postings:
    """Which of some texts hold a word, and how often. Arrays alone, so that it can be mapped from a file.

    Word i of the sorted `words` stands in texts `rows[ends[i - 1] : ends[i]]`, in order, so many times
    as `counts` says at the same places; `lengths` (texts,) counts the words of each text.
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
        """The postings of `texts`; a text's row is its place among them."""
        numbers: dict[str, int] = {}
        found = content_words(texts)
        lengths = np.fromiter(map(len, found), np.int32, len(texts))
        flat = np.fromiter(
            (numbers.setdefault(word, len(numbers)) for words in found for word in words),
            np.int64,
            int(lengths.sum()),
        )
        words = sorted(numbers)  # by code point, which is the order of their UTF-8 bytes
        places = np.empty(len(words), np.int64)
        places[[numbers[word] for word in words]] = np.arange(len(words))
        rows = np.repeat(np.arange(len(texts)), lengths)
        keys, counts = np.unique(places[flat] * len(texts) + rows, return_counts=True)
        holders = np.divmod(keys, max(1, len(texts)))
        ends = np.cumsum(np.bincount(holders[0], minlength=len(words)), dtype=np.int64)
        return cls(
            StringArray.of(words),
            ends,
            holders[1].astype(np.int32),
            np.minimum(counts, np.iinfo(np.uint16).max).astype(np.uint16),
            lengths,
        )

    @classmethod
    def merge(cls, parts: Sequence[tuple[Postings, NDArray[np.bool_] | None]]) -> Postings:
        """The postings of the texts of all `parts`, one after the other, without those that are dead."""
        vocabulary = sorted(set().union(*(part.words.encoded() for part, _ in parts)))
        number = {word: place for place, word in enumerate(vocabulary)}
        held = np.zeros(len(vocabulary), np.int64)  # how many texts that live hold each word
        sources: list[tuple[Postings, NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]] = []
        for part, dead in parts:
            live = np.ones(len(part.lengths), np.bool_) if dead is None else ~dead
            own = np.fromiter((number[word] for word in part.words.encoded()), np.int64, len(part.words))
            living = np.cumsum(np.r_[0, live[part.rows]])  # postings before each place
            each = np.diff(living[np.r_[0, part.ends]])
            held[own] += each
            sources.append((part, live, own, each))
        begin = np.cumsum(held) - held
        total = (int(held.sum()),)
        rows, counts = allocate(total, np.int32), allocate(total, np.uint16)
        first = 0
        for part, live, own, each in sources:
            alive = live[part.rows]
            places = np.repeat(begin[own] - (np.cumsum(each) - each), each) + np.arange(int(each.sum()))
            rows[places] = (np.cumsum(live) - 1 + first)[part.rows[alive]]
            counts[places] = part.counts[alive]
            begin[own] += each
            first += int(live.sum())
        kept = np.flatnonzero(held)
        return cls(
            StringArray.of_encoded([vocabulary[place] for place in kept]),
            np.cumsum(held[kept], dtype=np.int64),
            rows,
            counts,
            np.concatenate([part.lengths[live] for part, live, _, _ in sources]),
        )

    def find(self, word: str) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """The rows that hold a word, in order, and how often each does."""
        number = self.words.find(word)
        if number is None:
            return self.rows[:0], self.counts[:0]
        place = slice(int(self.ends[number - 1]) if number else 0, int(self.ends[number]))
        return self.rows[place], self.counts[place]

    def to_arrays(self) -> Arrays:
        """All of it by name, as `from_arrays` takes it."""
        return {
            **self.words.to_arrays("words"),
            "postings.ends": self.ends,
            "postings.rows": self.rows,
            "postings.counts": self.counts,
            "lengths": self.lengths,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Postings:
        """What `to_arrays` gave, among others.

        Raises:
            KeyError: an array is missing.
        """
        names = ("postings.ends", "postings.rows", "postings.counts", "lengths")
        return cls(StringArray.from_arrays(arrays, "words"), *(arrays[name] for name in names))


class BM25Index:
    """Ranks texts by BM25 over stemmed English words without stop words.

    The texts are those of all `parts`, one after the other; those where `dead` is true are as if they
    had never been. Case and accents do not count. Source of the method: Robertson and Zaragoza 2009, in
    the form that Lucene uses (no score is below 0).
    """

    def __init__(self, parts: Sequence[Postings], dead: Sequence[NDArray[np.bool_] | None]) -> None:
        self._parts = tuple(zip(parts, dead, strict=True))

    @classmethod
    def build(cls, texts: Sequence[str]) -> BM25Index:
        """An index of `texts`; a text's row is its place among them."""
        return cls([Postings.build(texts)], [None])

    def search(self, question: str, k: int) -> list[tuple[int, float]]:
        """Rows and scores of the `k` best texts that share a word with the question, best first.

        A score is above 0, the higher the better, and compares only within one question. Equal
        scores keep the order of the rows.
        """
        scores = np.zeros(sum(len(part.lengths) for part, _ in self._parts), np.float32)
        enough: NDArray[np.int64] | None = None  # the fewest rows of one word that are at least k
        for word in content_words([question])[0]:
            found = [part.find(word) for part, _ in self._parts]
            holding = self._living(found)
            if not holding:
                continue
            idf = np.float32(self._idf(holding))
            own = []
            first = 0
            for (part, _), (rows, counts) in zip(self._parts, found, strict=True):
                weights = counts.astype(np.float32)
                weights /= weights + self._dampers[part.lengths[rows]]
                weights *= idf
                scores[first : first + len(part.lengths)][rows] += weights
                own.append(rows + np.int64(first))
                first += len(part.lengths)
            if k <= holding and (enough is None or holding < len(enough)):
                enough = np.concatenate(own)
        first = 0
        for part, dead in self._parts:
            if dead is not None:
                scores[first : first + len(part.lengths)][dead] = 0
            first += len(part.lengths)
        return _best(scores, k, enough)

    def missing_words(self, question: str) -> tuple[str, ...]:
        """The question's content words, as they are typed there, that stand in no text in any form.

        The word of a measure after "how" is none of them.
        """
        told = _ASKING.sub(" ", _composed(question))
        typed = re.findall(WORD.replace("'", "['\N{RIGHT SINGLE QUOTATION MARK}]"), told)
        missing: dict[tuple[str, ...], str] = {}
        for word, stems in zip(typed, content_words(typed), strict=True):
            if stems and not any(map(self._holding, stems)):
                missing.setdefault(tuple(stems), word)
        return tuple(missing.values())

    def idfs(self, question: str) -> dict[str, float]:
        """Each of the question's content words, and how much it tells: the less, the more texts hold it."""
        return {word: self._idf(self._holding(word)) for word in content_words([question])[0]}

    def _idf(self, holding: int) -> float:
        """BM25's weight of a word that so many texts hold, above 0."""
        return math.log(1 + (self._texts - holding + 0.5) / (holding + 0.5))

    def _holding(self, word: str) -> int:
        return self._living([part.find(word) for part, _ in self._parts])

    def _living(self, found: Sequence[tuple[NDArray[np.int32], NDArray[np.uint16]]]) -> int:
        """How many of the rows found are not dead."""
        return sum(
            len(rows) if dead is None else len(rows) - int(np.count_nonzero(dead[rows]))
            for (rows, _), (_, dead) in zip(found, self._parts, strict=True)
        )

    @cached_property
    def _texts(self) -> int:
        return sum(
            len(part.lengths) if dead is None else int(np.count_nonzero(~dead)) for part, dead in self._parts
        )

    @cached_property
    def _dampers(self) -> NDArray[np.float32]:
        """What a text of each length, from 0, adds to a word's count in the denominator."""
        total = sum(
            int(part.lengths.sum(where=True if dead is None else ~dead)) for part, dead in self._parts
        )
        longest = max((int(part.lengths.max(initial=0)) for part, _ in self._parts), default=0)
        mean = total / self._texts if total else 1.0
        return (K1 * (1 - B + B * np.arange(longest + 1) / mean)).astype(np.float32)


def _best(scores: NDArray[np.float32], k: int, enough: NDArray[np.int64] | None) -> list[tuple[int, float]]:
    """The `k` best rows above 0; `enough` are k rows or more whose own best tell what is too low."""
    least = np.float32(0)
    if enough is not None:
        own = scores[enough]
        least = np.partition(own, len(own) - k)[len(own) - k]
    found = np.flatnonzero(scores >= least) if least > 0 else np.flatnonzero(scores)
    if len(found) > k:
        own = scores[found]
        found = found[own >= np.partition(own, len(own) - k)[len(own) - k]]
    best = found[np.argsort(-scores[found], kind="stable")[:k]]
    return list(zip(best.tolist(), scores[best].tolist(), strict=True))


def content_words(texts: Sequence[str]) -> list[list[str]]:
    """Each text's words as they are matched: stems of small letters, without English stop words."""
    import bm25s
    import Stemmer
    from bm25s.stopwords import STOPWORDS_EN_PLUS

    words: list[list[str]] = bm25s.tokenize(
        [_fold(text) for text in texts],
        token_pattern=WORD,
        # Its single letters are there for other ways of splitting: the D of a vitamin is a word.
        stopwords=[word for word in STOPWORDS_EN_PLUS if len(word) > 1 or word in ("a", "i")],
        stemmer=Stemmer.Stemmer("english"),
        return_ids=False,
        show_progress=False,
    )
    return words


def _fold(text: str) -> str:
    """The text in small letters, without accents and what is not seen, with one kind of apostrophe."""
    plain = unicodedata.normalize("NFKD", text).translate(UNHEEDED)
    return unicodedata.normalize("NFC", plain).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def _composed(text: str) -> str:
    """The text with each accent in one character with its letter."""
    return unicodedata.normalize("NFC", text)
