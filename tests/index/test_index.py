"""Index in memory, against brute force and against a new index of the same documents."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qa.index.index
from qa.documents import Document, sentences
from qa.errors import CorpusError
from qa.index import Index, Segment
from qa.index.chunking import Chunk
from qa.index.live_segment import LiveSegment
from qa.index.merging import MERGE_FACTOR, SMALLEST_TIER_ROWS
from qa.settings import DEFAULTS
from tests.tiny_embedder import WordEmbedder, documents

TALKS = "The talks were held in Brussels. Naqvi met the minister. They spoke of visas and of drugs."
TRADE = "Trade grew last year. Exports of rice and of cotton rose. Belgium bought most of the cotton."
RIVER = "The river rose in spring. Three bridges were closed. Nobody was hurt."
WORDS = ["visa", "talks", "police", "drug", "border", "minister", "rice"]

TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
CHANGES = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.one_of(st.none(), TEXTS)), min_size=1, max_size=25
)


def chunks(index: Index) -> list[Chunk]:
    return [index.chunk(row) for row in index.rows]


def search(index: Index, question: str, k: int) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Return the texts and scores found by vector, and those found by word."""
    scores, rows = index.search(WordEmbedder().embed([question]), k)
    by_vector = [(index.chunk(row).text, score) for row, score in zip(rows[0], scores[0], strict=True)]
    by_word = [(index.chunk(row).text, score) for row, score in index.bm25.search(question, k)]
    return by_vector, by_word


def is_same(found: Sequence[tuple[str, float]], expected: Sequence[tuple[str, float]]) -> bool:
    """Compare results. Texts with equal scores may be in another order, so the last of them may differ."""
    scores = [score for _, score in found]
    if scores != pytest.approx([score for _, score in expected], abs=1e-6):
        return False
    bound = scores[-1] + 1e-5 if scores else 0
    above_bound = [{text for text, score in results if score > bound} for results in (found, expected)]
    return above_bound[0] == above_bound[1]


@settings(deadline=None, max_examples=60)  # the first example imports libraries
@given(CHANGES, TEXTS, st.integers(1, 9))
def test_changes_give_the_results_of_a_new_index(
    changes: list[tuple[str, str | None]], question: str, k: int
) -> None:
    embedder = WordEmbedder()
    index = Index.build([], embedder)
    expected: dict[str, str] = {}
    for name, text in changes:
        if text is None:
            index = index.without([name])
            expected.pop(name, None)
        elif text not in expected.values() or expected.get(name) == text:
            index = index.with_documents([Document(name, text)], embedder)
            expected[name] = text
        index = index.merged(foreground=True)
    remaining = [Document(name, text) for name, text in sorted(expected.items())]
    assert list(index.documents) == remaining
    assert index.documents.ids == sorted(expected)
    assert len(index) == len(index.rows) == len(remaining)
    whole = Index.build(remaining, embedder)
    for found, expected_results in zip(search(index, question, k), search(whole, question, k), strict=True):
        assert is_same(found, expected_results)
    assert index.bm25.missing_words(question) == whole.bm25.missing_words(question)
    assert index.text_bytes == whole.text_bytes == sum(map(len, expected.values()))


def test_each_chunk_has_its_own_vector() -> None:
    """Rows follow the order of the documents, in one segment and in many."""
    embedder = WordEmbedder()
    at_once = Index.build(documents(TALKS, TRADE, RIVER), embedder, size=8, overlap=0)
    assert sorted(embedder.embedded) == sorted({chunk.text for chunk in chunks(at_once)})
    one_by_one = Index.build([], embedder, size=8, overlap=0)
    for document in documents(TALKS, TRADE, RIVER):
        one_by_one = one_by_one.with_documents([document], embedder)
    assert len(one_by_one.segments) == 3
    for index in (at_once, one_by_one):
        texts = [chunk.text for chunk in chunks(index)]
        assert len(texts) > 6
        assert [chunk.document.id for chunk in chunks(index)] == sorted(
            chunk.document.id for chunk in chunks(index)
        )
        scores, rows = index.search(embedder.embed(texts), 1)
        np.testing.assert_allclose(scores[:, 0], 1, atol=1e-6)
        assert [texts[row] for row in rows[:, 0]] == texts


def test_a_removed_document_is_not_found() -> None:
    embedder = WordEmbedder()
    index = Index.build(documents(TALKS, TRADE, RIVER), embedder)
    less = index.without(["1"])
    assert [document.id for document in less.documents] == ["0", "2"]
    assert less.find("1") is None
    by_vector, by_word = search(less, "Exports of rice and of cotton rose", 9)
    assert TRADE not in [text for text, _ in by_vector + by_word]
    assert less.bm25.missing_words("Who sold the cotton?") == ("sold", "cotton")
    assert index.bm25.missing_words("Who sold the cotton?") == ("sold",)
    assert index.find("1") == Document("1", TRADE), "an index is immutable"


def test_a_text_is_indexed_once() -> None:
    """Of documents with the same text, the first is. It is embedded again only under another title."""
    embedder = WordEmbedder()
    index = Index.build(documents(TALKS, TRADE, TALKS), embedder, size=30)
    assert index.documents.ids == ["0", "1"]
    embedder.embedded.clear()
    assert index.with_documents([Document("x", TALKS)], embedder) is index
    renamed = index.without(["0"]).with_documents([Document("x", TALKS)], embedder, known=index)
    assert renamed.documents.ids == ["1", "x"]
    assert embedder.embedded == []
    titled = renamed.with_documents([Document("x", TALKS, title="Talks")], embedder)
    assert titled.find("x") == Document("x", TALKS, title="Talks")
    assert embedder.embedded == [f"Talks\n\n{TALKS}"]


def test_documents_come_back_unchanged() -> None:
    given_documents = [
        Document("a/b.pdf", "Ärger 😀\r\n中文", "Title", "https://example.org/ä", (0, 4)),
        Document("ü", TALKS),
        Document("z", "plain"),
    ]
    index = Index.build(given_documents, WordEmbedder())
    assert list(index.documents) == sorted(given_documents, key=lambda document: document.id)
    assert index.documents[-1] == index.documents[2] == index.documents[1:][1]
    assert given_documents[0] in index.documents


def test_documents_without_words_have_no_chunks() -> None:
    for given_documents in ([], documents("", " \n")):
        index = Index.build(given_documents, WordEmbedder())
        assert list(index.documents) == given_documents
        scores, rows = index.search(WordEmbedder().embed(["talks"]), 3)
        assert scores.shape == rows.shape == (1, 0)
        assert index.bm25.search("talks", 3) == []


def test_a_chunk_is_never_longer_than_the_embedder_reads() -> None:
    embedder = WordEmbedder(max_tokens=9)
    index = Index.build(documents(" ".join([TALKS, TRADE])), embedder)
    assert index.settings.size == 9
    assert max(len(embedder.token_offsets(chunk.text)) for chunk in chunks(index)) <= 9


def test_a_chunk_knows_its_sentences() -> None:
    """In one segment, in many and in merged ones: their spans, and their quantized directions."""
    embedder = WordEmbedder(max_tokens=200)
    index = Index.build([], embedder, size=30, overlap=4)
    for document in documents(TALKS, TRADE, RIVER):
        index = index.with_documents([document], embedder)
    together = Index.build(documents(TALKS, TRADE, RIVER), embedder, size=30, overlap=4)
    parts = [(live.segment, live.deleted) for live in index.without(["1"]).segments]
    merged = Index(index.settings, [LiveSegment(Segment.merge(parts))])
    for variant in (index, together, merged):
        for row in variant.rows:
            chunk = variant.chunk(row)
            spans, directions = variant.sentences(row)
            assert [span.shift(-chunk.span.start) for span in spans] == sentences(chunk.text)
            vectors = embedder.embed([chunk.document[span] for span in spans])
            assert np.einsum("ij,ij->i", vectors, directions) == pytest.approx(
                np.linalg.norm(directions.astype(np.float32), axis=1), rel=1e-3
            )
            assert np.abs(directions).max() == 127
            assert np.array_equal(variant.vector(row), embedder.embed([chunk.text])[0])


def test_texts_of_a_known_index_are_not_embedded_again() -> None:
    """If it has the same settings."""
    known = Index.build(documents(TALKS), WordEmbedder())
    same_embedder, other_embedder = WordEmbedder(), WordEmbedder(name="other")
    index = Index.build(documents(TALKS, TRADE), same_embedder, known=known)
    assert sorted(same_embedder.embedded) == sorted([TRADE])
    assert len(index.documents) == 2
    Index.build(documents(TALKS), other_embedder, known=known)
    assert sorted(other_embedder.embedded) == sorted([TALKS])


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_vectors_that_cannot_be_compared_are_refused(number: float) -> None:
    index = Index.build(documents(TALKS), WordEmbedder(dimension=3))
    with pytest.raises(ValueError, match="NaN or infinity"):
        index.search(np.array([[0, number, 0]], dtype=np.float32), 1)
    with pytest.raises(ValueError, match="shape"):
        index.search(np.zeros((1, 2), dtype=np.float32), 1)


def test_too_much_is_refused_before_it_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replacing a document does not count as an addition."""
    embedder = WordEmbedder()
    monkeypatch.setattr(qa.index.index, "DEFAULTS", replace(DEFAULTS, max_documents=2))
    index = Index.build(documents(TALKS, TRADE), embedder)
    embedder.embedded.clear()
    with pytest.raises(CorpusError, match="more than 2 documents"):
        index.with_documents([Document("x", RIVER)], embedder)
    assert embedder.embedded == []
    assert index.with_documents([Document("1", RIVER)], embedder).find("1") == Document("1", RIVER)
    monkeypatch.setattr(
        qa.index.index, "DEFAULTS", replace(DEFAULTS, max_all_bytes=len(TALKS) + len(TRADE) - 1)
    )
    with pytest.raises(CorpusError, match="characters"):
        index.with_documents([Document("1", TRADE + ".")], embedder)


@settings(deadline=None, max_examples=30)
@given(st.lists(TEXTS, min_size=1, max_size=8, unique=True), st.sets(st.integers(0, 7)), TEXTS)
def test_a_part_of_an_index_is_searched_as_if_there_were_nothing_else(
    texts: list[str], chosen: set[int], question: str
) -> None:
    """By vector and by word, with the same scores and missing words."""
    embedder = WordEmbedder()
    all_documents = [Document(f"{number}", text) for number, text in enumerate(texts)]
    kept = [document for number, document in enumerate(all_documents) if number in chosen]
    index = Index.build(all_documents[:4], embedder)
    whole = index.with_documents(all_documents[4:], embedder) if all_documents[4:] else index
    part, alone = whole.only([document.id for document in kept]), Index.build(kept, embedder)
    assert part.documents.ids == alone.documents.ids
    for found, expected in zip(search(part, question, 5), search(alone, question, 5), strict=True):
        assert is_same(found, expected)
    assert part.bm25.missing_words(question) == alone.bm25.missing_words(question)


def test_after_many_changes_there_are_few_segments_and_few_deleted_rows() -> None:
    embedder = WordEmbedder()
    index = Index.build([], embedder)
    for number in range(300):
        index = index.with_documents([Document(f"{number:03}", f"talks number {number}")], embedder)
        index = index.without([f"{number - 30:03}"]).merged(foreground=True)
        assert len(index.segments) <= MERGE_FACTOR
        assert sum(live.segment.rows for live in index.segments) <= SMALLEST_TIER_ROWS
    assert index.documents.ids == [f"{number:03}" for number in range(270, 300)]
    assert sum(live.segment.rows for live in index.segments) == 30


def test_a_segment_is_freed_without_the_garbage_collector() -> None:
    """Its files stay mapped until it is freed."""
    index = Index.build(documents(TALKS), WordEmbedder())
    assert index.documents[0].text == TALKS
    segment = weakref.ref(index.segments[0].segment)
    gc.disable()
    try:
        del index
        assert segment() is None
    finally:
        gc.enable()


def test_the_time_to_change_an_index_does_not_depend_on_its_size() -> None:
    """Adding to 10,000 documents and removing takes about as long as with 10."""
    embedder = WordEmbedder()
    random = np.random.default_rng(0)
    words = [f"word{number}" for number in range(3000)]

    def texts(count: int) -> list[Document]:
        return [Document(f"{n}.txt", " ".join(random.choice(words, 12))) for n in range(count)]

    def seconds(index: Index) -> float:
        best = np.inf
        for number in range(7):
            article = Document(f"new{number}", f"{TALKS} {number}")
            start = time.process_time()
            more = index.with_documents([article], embedder).merged(foreground=True)
            more.without([article.id]).merged(foreground=True)
            best = min(best, time.process_time() - start)
        return best

    few, many = (Index.build(texts(count), embedder) for count in (10, 10_000))
    assert seconds(many) < 3 * seconds(few) + 0.01
