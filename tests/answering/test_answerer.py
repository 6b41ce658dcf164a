"""The cache of answers: texts embedded and passages read are counted, before and after changes."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.chatbot import Chatbot
from qa.documents import Document
from qa.errors import QuestionError
from qa.index import Index
from qa.reader import Calibrator, Candidate, Reader
from qa.reader.early_stopping import STOPS
from qa.results import Passage
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS
from tests.helpers import INDIFFERENT
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

BRIDGE, MILL = "The bridge was opened in 1932.", "The mill burnt down in 1822."


class RecordingReader(Reader):
    """A reader that records which questions it read."""

    questions: list[str]

    def read_many(
        self, asked: Sequence[tuple[str, Sequence[Passage]]], *, count: int | None = 20
    ) -> list[list[Candidate]]:
        self.questions += [question for question, _ in asked]
        return super().read_many(asked, count=count)


@pytest.fixture
def reader() -> RecordingReader:
    tiny = tiny_reader()
    reader = RecordingReader(tiny.model, tiny.tokenizer, max_tokens=tiny.max_tokens, stride=tiny.stride)
    reader.questions = []
    return reader


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
def chatbot(reader: RecordingReader, embedder: WordEmbedder) -> Chatbot:
    index = Index.build([Document("bridge.txt", BRIDGE)], embedder, size=20, overlap=5)
    return Chatbot(HybridRetriever(index, embedder), reader, INDIFFERENT)


def test_a_question_is_embedded_once_and_each_passage_is_read_once(embedder: WordEmbedder) -> None:
    """In at most three forward passes: the passages up to each stop, and the rest."""
    texts = [f"Bridge {number} was opened by Anna Lund in {1900 + number}." for number in range(20)]
    documents = [Document(f"{number}.txt", text) for number, text in enumerate(texts)]
    index = Index.build(documents, embedder, size=20, overlap=5)
    assert sorted(embedder.embedded) == sorted(texts), "and so was each text"
    reader = tiny_reader(max_tokens=128)
    windows: list[int] = []
    reader.model.register_forward_pre_hook(
        lambda _, __, inputs: windows.append(len(inputs["input_ids"])), with_kwargs=True
    )
    embedder.embedded.clear()
    unsure = Calibrator(INDIFFERENT.weights, -1.0, INDIFFERENT.mean, INDIFFERENT.spread)
    Chatbot(HybridRetriever(index, embedder), reader, unsure).ask("Who opened bridge 7?")
    assert embedder.embedded == ["Who opened bridge 7?"]
    assert windows == [1, 1, DEFAULTS.top_k - STOPS[-1].passages]


def test_another_threshold_reads_nothing_again(
    chatbot: Chatbot, reader: RecordingReader, embedder: WordEmbedder
) -> None:
    """The slider of the page changes it. The reply is the same as without a cache."""
    question = "When was the bridge opened?"
    low = chatbot.ask(question, min_confidence=0)
    embedder.embedded.clear()
    reader.questions.clear()
    high = chatbot.ask(f" {question}\n", min_confidence=1)
    assert low.answer is not None
    assert high.answer is None
    assert high.perhaps == low.answer
    assert list(chatbot.stream(question, min_confidence=0))[-1] == low
    assert embedder.embedded == reader.questions == []
    assert chatbot.ask(question, top_k=1, min_confidence=0).answer == low.answer
    assert (embedder.embedded, reader.questions) == ([], [question]), "read again, but not embedded"


def test_after_any_change_of_the_documents_questions_are_read_again(
    chatbot: Chatbot, reader: RecordingReader
) -> None:
    """A reply never comes from a removed document, nor misses an added or replaced one."""
    question = "When did the mill burn down?"

    def sources() -> list[str]:
        before = len(reader.questions)
        reply = chatbot.ask(question, min_confidence=0)
        assert len(reader.questions) > before or not reply.passages
        assert chatbot.ask(question, min_confidence=0) == reply
        return sorted(passage.text for passage in reply.passages)

    fork = chatbot.fork()
    assert sources() == [BRIDGE]
    chatbot.add(MILL, name="mill.txt")
    assert sources() == [BRIDGE, MILL]
    chatbot.add("The mill stands.", name="mill.txt")
    assert sources() == [BRIDGE, "The mill stands."]
    chatbot.remove("mill.txt")
    assert sources() == [BRIDGE]
    chatbot.remove("bridge.txt")
    assert sources() == []
    assert [passage.text for passage in fork.ask(question).passages] == [BRIDGE]


def test_a_guess_is_surer_where_no_document_has_a_word_of_the_question(embedder: WordEmbedder) -> None:
    """Words that say little do not count."""
    index = Index.build([Document("bridge.txt", BRIDGE)], embedder, size=20, overlap=5)
    between = (DEFAULTS.perhaps + DEFAULTS.perhaps_missing) / 2
    unsure = Calibrator(
        INDIFFERENT.weights, math.log(between / (1 - between)), INDIFFERENT.mean, INDIFFERENT.spread
    )
    chatbot = Chatbot(HybridRetriever(index, embedder), tiny_reader(max_tokens=128), unsure)
    for question, outcome in (
        ("When was the bridge opened?", "perhaps"),
        ("At what time was the bridge opened?", "perhaps"),
        ("When was the Ouvel bridge opened?", "not_found"),
    ):
        assert chatbot.ask(question).outcome == outcome


def test_an_answer_is_not_likely_if_no_document_has_a_year_of_the_question(embedder: WordEmbedder) -> None:
    """Any other number may be a detail or a page, or be written out."""
    index = Index.build([Document("bridge.txt", BRIDGE)], embedder, size=20, overlap=5)
    sure = Calibrator(INDIFFERENT.weights, 3.0, INDIFFERENT.mean, INDIFFERENT.spread)
    chatbot = Chatbot(HybridRetriever(index, embedder), tiny_reader(max_tokens=128), sure)
    for question, known in (
        ("Was the bridge opened in 1932?", True),
        ("Was the bridge opened in 1933?", False),
        ("Was the bridge opened on day 7?", True),
    ):
        best = chatbot.ask(question).best
        assert best is not None
        assert (best.confidence > DEFAULTS.min_confidence) == known, question


def test_only_the_latest_questions_are_cached(chatbot: Chatbot, reader: RecordingReader) -> None:
    for number in range(DEFAULTS.remembered_questions + 1):
        chatbot.ask(f"bridge {number}?")
    reader.questions.clear()
    chatbot.ask(f"bridge {DEFAULTS.remembered_questions}?")
    assert reader.questions == []
    chatbot.ask("bridge 0?")
    assert reader.questions == ["bridge 0?"]


def test_an_old_index_is_freed(chatbot: Chatbot) -> None:
    """As soon as it is unused, without waiting for the cyclic garbage collector."""
    chatbot.ask("bridge?")
    assert isinstance(chatbot.retriever, HybridRetriever)
    old = weakref.ref(chatbot.retriever.index)
    gc.disable()
    try:
        chatbot.add(MILL)
        assert old() is None
    finally:
        gc.enable()


def test_several_threads_get_the_same_replies_as_one(chatbot: Chatbot) -> None:
    questions = [f"When was bridge {number} opened?" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(chatbot.ask, questions * 4))
    alone = [chatbot.fork().ask(question) for question in questions * 4]
    assert [reply.to_dict() for reply in replies] == [reply.to_dict() for reply in alone]


def test_an_error_is_not_cached(chatbot: Chatbot, reader: RecordingReader) -> None:
    for _ in range(2):
        with pytest.raises(QuestionError, match="fewer words"):
            chatbot.ask("bridge " * 60)
