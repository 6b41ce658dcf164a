"""Relevant sentences: how well each sentence of the retrieved passages fits a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qa.documents import Document, Span, section_titles
from qa.index.relevance import ChunkSentences, cosines
from qa.index.tokenizer import content_words

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RelevantSentence:
    """A sentence, list item, heading or row of a retrieved passage.

    Attributes:
        document: The document.
        span: The sentence in the document's text.
        rank: The rank of the first passage that contains it, from 1.
        similarity: The cosine between its embedding and the question's, -1 to 1.
        words: The share of the question's words that it contains, each weighted by its IDF, 0 to 1.
        headed: The share of the question's words, weighted likewise, in its section's headings and the title.
    """

    document: Document
    span: Span
    rank: int
    similarity: float
    words: float
    headed: float


def relevant_sentences(
    passages: Sequence[tuple[int, ChunkSentences]],
    idfs: Mapping[str, float],
    question_vector: NDArray[np.float32],
) -> list[RelevantSentence]:
    """Return the sentences of passages, each once, in the order of the passages.

    Args:
        passages: The passages, best first, each with its rank.
        idfs: The question's words and their inverse document frequencies.
        question_vector: (dimension,) The question's embedding.
    """
    found: dict[tuple[str, Span], RelevantSentence] = {}
    for rank, (chunk, _, spans, directions) in passages:
        document = chunk.document
        own = content_words([document[span] for span in spans])
        above = content_words([_above(document, span) for span in spans])
        similarities = cosines(directions.astype(np.float32), question_vector).tolist()
        for span, *words, similarity in zip(spans, own, above, similarities, strict=True):
            shares = (_share(idfs, set(found_words)) for found_words in words)
            found.setdefault((document.id, span), RelevantSentence(document, span, rank, similarity, *shares))
    return list(found.values())


def _above(document: Document, span: Span) -> str:
    return "\n".join([document.title or "", *section_titles(document, span.start)])


def _share(idfs: Mapping[str, float], words: Set[str]) -> float:
    total = sum(idfs.values())
    return sum(idf for word, idf in idfs.items() if word in words) / total if total else 0.0
