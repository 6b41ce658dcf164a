"""Words to the texts that share them. The only file that says `bm25s`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bm25s import BM25

WORD = r"\w+(?:'\w+)*"
COMBINING_MARKS = dict.fromkeys(range(0x0300, 0x0370))


class LexicalIndex:
    """Ranks texts by BM25 over stemmed English words without stop words.

    Case and accents do not count. Source of the method: Robertson and Zaragoza 2009, in the form
    that Lucene uses (no score is below 0).
    """

    def __init__(self, ranking: BM25 | None) -> None:
        self._ranking = ranking

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """An index of `texts`; a text's row is its place among them."""
        from bm25s import BM25

        words = content_words(texts)
        if not any(words):
            return cls(None)
        ranking = BM25(k1=1.2, b=0.75, backend="numpy", csc_backend="numpy")
        # What BM25.index does, without its debug messages, which it sends past any log level.
        ranking.scores, ranking.vocab_dict = ranking.build_index_from_tokens(words, show_progress=False)
        return cls(ranking)

    def search(self, question: str, k: int) -> list[tuple[int, float]]:
        """Rows and scores of the `k` best texts that share a word with the question, best first.

        A score is above 0, the higher the better, and compares only within one question. Equal
        scores keep the order of the rows.
        """
        if self._ranking is None:
            return []
        words = self._ranking.get_tokens_ids(content_words([question])[0])
        scores = self._ranking.get_scores_from_ids(words)
        best = np.argsort(-scores, kind="stable")[:k]
        return [(int(row), float(scores[row])) for row in best if scores[row] > 0]


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
    """The text in small letters, without accents, with one kind of apostrophe."""
    plain = unicodedata.normalize("NFKD", text).translate(COMBINING_MARKS)
    return unicodedata.normalize("NFC", plain).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
