"""Two rankings to one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import QuestionError
from qa.index import Index, content_words
from qa.retrieval import Retriever
from qa.retrieval.rerank import cosines, relevance
from tests.tiny_embedder import WordEmbedder, documents

WORDS = ["visa", "talks", "police", "drug", "border", "the", "minister"]


def retriever(*texts: str) -> Retriever:
    """A retriever over texts of one chunk each."""
    embedder = WordEmbedder()
    return Retriever(Index.build(documents(*texts), embedder), embedder)


@settings(deadline=None)  # the first example imports libraries
@given(
    st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), max_size=12, unique=True
    ),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    st.integers(1, 15),
)
def test_passages_are_ranked_by_what_they_share_with_the_question(
    texts: list[str], question: str, k: int
) -> None:
    """Each has the rank that each index gives it, from 1, and its relevance as its score."""
    both = retriever(*texts)
    asked = both.embedder.embed([question])
    nearest, rows = both.index.search(asked, len(texts))
    vectors = dict(zip(rows[0].tolist(), nearest[0].tolist(), strict=True))
    words = dict(both.index.bm25.search(question, len(texts)))
    expected = []
    idfs = both.index.bm25.idfs(question)
    for row, text in enumerate(texts):
        similarities = cosines(np.vstack([both.index.vector(row), both.index.sentences(row)[1]]), asked[0])
        score, _ = relevance(idfs, [set(content_words([text])[0])], similarities)
        rank = list(words).index(row) + 1 if row in words else None
        nearness = list(vectors).index(row) + 1
        expected.append(
            (-score, rank if rank is not None else len(texts) + 1, row, nearness, rank, similarities[0])
        )
    expected.sort(key=lambda place: place[:3])
    found = both.retrieve(question, k)
    assert [passage.score for passage in found] == [-place[0] for place in expected[:k]]
    ranks = [(passage.document.id, passage.vector_rank, passage.lexical_rank) for passage in found]
    assert ranks == [(str(row), near, rank) for _, _, row, near, rank, _ in expected[:k]]
    near = [passage.similarity for passage in found]
    assert near == pytest.approx([place[5] for place in expected[:k]], abs=1e-6)


def test_a_passage_tells_its_nearest_sentence() -> None:
    """From there on it is quoted, with an ellipsis where that is not its beginning."""
    (found,) = retriever("The talks were long. Visas were sold. Nobody spoke.").retrieve("Who sold visas?", 1)
    assert found.nearest is not None
    assert found.document[found.nearest] == "Visas were sold."
    assert found.excerpt == "… Visas were sold. Nobody spoke."
    (found,) = retriever("Visas were sold. Nobody spoke.").retrieve("Who sold visas?", 1)
    assert found.excerpt == found.text


def test_words_alone_can_find_a_passage() -> None:
    """What lies too deep in one ranking is found by the other, and its missing rank is None."""
    texts = [f"visa number {number}" for number in range(150)]
    both = retriever(*texts)
    question = "what is number 149"
    first = both.retrieve(question, 1)[0]
    assert (first.document.id, first.lexical_rank) == ("149", 1)
    passages = both.retrieve(question, 100)
    assert len(passages) == 100
    assert any(passage.vector_rank is None for passage in passages)


def test_more_than_the_usual_depth_can_be_asked_for() -> None:
    """All passages are found where more are asked for than the rankings are usually read."""
    both = retriever(*(f"talks {number}" for number in range(150)))
    assert len(both.retrieve("talks", 200)) == 150


def test_a_question_that_cannot_be_read_whole_is_refused() -> None:
    """No part of a question is left out."""
    both = retriever("visa talks")
    assert both.retrieve("visa " * 50)
    with pytest.raises(QuestionError, match="51 tokens"):
        both.retrieve("visa " * 51)


def test_nothing_is_found_in_nothing() -> None:
    """No documents, no passages."""
    assert retriever().retrieve("visa") == ()


def test_passages_must_be_asked_for() -> None:
    """A `k` below 1 is a mistake of the caller."""
    with pytest.raises(ValueError, match="k is 0"):
        retriever("visa").retrieve("visa", 0)


def test_a_question_without_meaning_finds_passages_in_order() -> None:
    """A zero vector is as near to all: the order of the rows decides."""
    both = retriever("visa", "talks", "police")
    assert not np.any(both.embedder.embed(["?"]))
    assert [passage.document.id for passage in both.retrieve("?", 3)] == ["0", "1", "2"]
