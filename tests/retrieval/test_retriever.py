"""The retriever: ranks, order, limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.documents import text_document
from qa.errors import QuestionError
from qa.index import Index, Rankings
from qa.retrieval import HybridRetriever
from tests.tiny_embedder import WordEmbedder, documents

WORDS = ["visa", "talks", "police", "drug", "border", "the", "minister"]


def retriever(*texts: str) -> HybridRetriever:
    """Return a retriever over short texts, each a document of one chunk."""
    embedder = WordEmbedder()
    return HybridRetriever(Index.build(documents(*texts), embedder), embedder)


@settings(deadline=None)  # the first example imports libraries
@given(
    st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), max_size=12, unique=True
    ),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    st.integers(1, 15),
)
def test_passages_have_the_ranks_of_both_rankings_and_descending_scores(
    texts: list[str], question: str, k: int
) -> None:
    both = retriever(*texts)
    by_vector, words = both.index.rank(question, both.embedder.embed([question])[0], len(texts))
    by_words = list(words)
    found = both.retrieve(question, k)
    assert len(found) == min(k, len(texts))
    assert [passage.score for passage in found] == sorted((p.score for p in found), reverse=True)
    for passage in found:
        row = int(passage.document.id)
        assert passage.vector_rank == list(by_vector).index(row) + 1
        assert passage.lexical_rank == (by_words.index(row) + 1 if row in by_words else None)
        assert passage.similarity == pytest.approx(by_vector[row], abs=1e-6)
        assert 0 <= passage.score <= 1


def test_the_passage_with_the_words_in_one_sentence_comes_first() -> None:
    both = retriever(
        "The visa office moved. Nobody knew why. The talks with the minister failed.",
        "Nobody knew why. The minister held talks. The drug police moved.",
    )
    found = both.retrieve("Which minister held talks?")
    assert [passage.document.id for passage in found] == ["1", "0"]


def test_a_passage_knows_its_best_sentence() -> None:
    (found,) = retriever("The talks were long. Visas were sold. Nobody spoke.").retrieve("Who sold visas?", 1)
    assert found.best_sentence is not None
    assert found.document[found.best_sentence] == "Visas were sold."
    assert found.to_dict()["best_sentence"] == {"text": "Visas were sold.", "start": 21, "end": 37}


def test_a_sentence_has_the_words_of_the_headings_above_it() -> None:
    """Whether its passage begins with them or is further down in their section."""
    huts = "".join(
        f"# {name} hut\n\nThe path is steep. The beds cost {price} crowns.\n\n"
        for name, price in (("Rond", 12), ("Stein", 14), ("Tverr", 16))
    )
    embedder = WordEmbedder()
    index = Index.build([text_document(huts, name="huts.md")], embedder)
    found = HybridRetriever(index, embedder).retrieve("What do beds cost in the Stein hut?", 3)
    assert "14 crowns" in found[0].text
    # Its best sentence has all words, the best of the others all but one.
    assert found[0].score > found[1].score + 0.05


def test_sentences_of_passages_that_were_found_are_not_searched_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor are passages of the same question; another index is searched again."""
    searched: list[str] = []
    rank = Index.rank

    def counted(index: Index, question: str, *others: Any) -> Rankings:
        searched.append(question)
        return rank(index, question, *others)

    monkeypatch.setattr(Index, "rank", counted)
    found = retriever("The mill burnt. A bell rang.", "Rain.")
    (passage,) = found.retrieve("mill", 1)
    assert [one.document for one in found.sentences("mill", 1)] == [passage.document] * 2
    assert found.retrieve("mill", 1) == (passage,)
    assert searched == ["mill"]
    other = next(document for document in found.documents if document != passage.document)
    assert found.only([other.id]).retrieve("mill", 1)[0].document == other
    assert searched == ["mill", "mill"]


def test_words_alone_can_find_a_passage() -> None:
    texts = [f"visa number {number}" for number in range(150)]
    both = retriever(*texts)
    question = "what is number 149"
    first = both.retrieve(question, 1)[0]
    assert (first.document.id, first.lexical_rank) == ("149", 1)
    passages = both.retrieve(question, 100)
    assert len(passages) == 100
    assert any(passage.vector_rank is None for passage in passages)


def test_more_than_the_usual_depth_can_be_asked_for() -> None:
    both = retriever(*(f"talks {number}" for number in range(150)))
    assert len(both.retrieve("talks", 200)) == 150


def test_a_question_that_cannot_be_read_whole_is_refused() -> None:
    both = retriever("visa talks")
    assert both.retrieve("visa " * 50)
    with pytest.raises(QuestionError, match="51 tokens"):
        both.retrieve("visa " * 51)


def test_nothing_is_found_in_nothing() -> None:
    assert retriever().retrieve("visa") == ()


def test_k_below_1_is_an_error() -> None:
    with pytest.raises(ValueError, match="k is 0"):
        retriever("visa").retrieve("visa", 0)


def test_a_zero_vector_is_equally_near_to_all_passages() -> None:
    both = retriever("visa", "talks", "police")
    assert not np.any(both.embedder.embed(["?"]))
    assert [passage.document.id for passage in both.retrieve("?", 3)] == ["0", "1", "2"]
