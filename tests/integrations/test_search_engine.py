"""Texts of a search engine: Qdrant in this process; the queries for OpenSearch and Elasticsearch."""

from __future__ import annotations

from typing import Any

import pytest

from qa.chatbot import Chatbot
from qa.documents import Document
from qa.errors import CorpusError
from qa.integrations.opensearch import opensearch_search
from qa.integrations.search_engine import SearchEngineRetriever
from qa.results import Reply
from tests.helpers import INDIFFERENT
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

TEXTS = {
    "1": "The bridge over the Lune was opened in 1932. It cost four million crowns.",
    "2": "The mill burnt down in 1822, on a Sunday.",
    "3": "Trams crossed the bridge until 1968.",
    "4": "Rice and cotton were sold at the mill.",
}


def chatbot(search: Any) -> Chatbot:
    retriever = SearchEngineRetriever(search, WordEmbedder(), depth=2)
    return Chatbot(retriever, tiny_reader(max_tokens=160), INDIFFERENT)


def quotes_a_text(reply: Reply) -> bool:
    """Return whether a text of the engine has the answer at the offsets in the reply."""
    assert reply.answer is not None
    start, end = reply.answer.span.start, reply.answer.span.end
    return TEXTS[reply.answer.document.id][start:end] == reply.answer.text


def test_what_the_engine_finds_is_read() -> None:
    """It is queried once for each question, and each text is embedded once."""
    asked: list[str] = []
    embedder = WordEmbedder()

    def search(question: str, count: int) -> list[Document]:
        asked.append(question)
        words = set(question.lower().strip("?").split())
        ranked = sorted(TEXTS, key=lambda name: -len(words & set(TEXTS[name].lower().split())))
        return [Document(name, TEXTS[name]) for name in ranked[:count]]

    retriever = SearchEngineRetriever(search, embedder, depth=2)
    bot = Chatbot(retriever, tiny_reader(max_tokens=160), INDIFFERENT)
    reply = bot.ask("When was the bridge opened?")
    assert quotes_a_text(reply)
    assert {passage.document.id for passage in reply.passages} == {"1", "3"}
    assert reply.missing_words == ()
    assert asked == ["When was the bridge opened?"]
    bot.ask("Who sold cotton at the mill?")
    assert bot.documents.ids == ["1", "2", "3", "4"]
    texts = [text for text in embedder.embedded if text in TEXTS.values()]
    assert sorted(texts) == sorted(TEXTS.values())
    assert bot.ask("When was the bridge opened?", documents=["3"]).passages[0].document.id == "3"
    for change in (
        lambda: bot.add("Another text."),
        lambda: bot.remove("1"),
        lambda: bot.fork().add("More."),
    ):
        with pytest.raises(CorpusError, match="search engine"):
            change()


def test_qdrant() -> None:
    """The client searches in this process; no server is tested."""
    pytest.importorskip("qdrant_client")
    from qdrant_client import QdrantClient
    from qdrant_client.models import Distance, PointStruct, VectorParams

    from qa.integrations.qdrant import qdrant_search

    embedder, client = WordEmbedder(), QdrantClient(":memory:")
    client.create_collection("texts", vectors_config=VectorParams(size=16, distance=Distance.COSINE))
    points = [
        PointStruct(id=int(name), vector=vector.tolist(), payload={"text": text, "title": f"Text {name}"})
        for (name, text), vector in zip(TEXTS.items(), embedder.embed(list(TEXTS.values())), strict=True)
    ]
    client.upsert("texts", [*points, PointStruct(id=9, vector=[1.0] * 16, payload={})])
    reply = chatbot(qdrant_search(client, "texts", lambda text: embedder.embed([text])[0].tolist())).ask(
        "When was the bridge opened?"
    )
    assert quotes_a_text(reply)
    assert [passage.document.title for passage in reply.passages] == ["Text 1", "Text 3"]


class Engine:
    """Answers every query like an OpenSearch server, and records the query."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def search(self, *, index: str, body: Any) -> Any:
        self.asked.append({"index": index, **body})
        hits = [{"_id": name, "_score": 1.0, "_source": {"text": text}} for name, text in TEXTS.items()]
        return {"hits": {"hits": [*hits[: body["size"]], {"_id": "9", "_source": {}}]}}


def test_opensearch() -> None:
    """The form of the queries; no server is tested."""
    engine = Engine()
    embed: dict[str, Any] = {"vector": "embedding", "embed": lambda text: [0.5, 1]}
    assert quotes_a_text(chatbot(opensearch_search(engine, "texts", **embed, pipeline="sum")).ask("bridge"))
    words = {"multi_match": {"query": "bridge", "fields": ["text", "title"]}}
    nearest = {"knn": {"embedding": {"vector": [0.5, 1.0], "k": 2}}}
    common = {"index": "texts", "size": 2, "_source": ["text", "title"]}
    assert engine.asked == [
        {**common, "query": {"hybrid": {"queries": [words, nearest]}}, "search_pipeline": "sum"}
    ]
    opensearch_search(engine, "texts", **embed, elastic=True)("bridge", 2)
    knn = {"field": "embedding", "query_vector": [0.5, 1.0], "k": 2, "num_candidates": 20}
    assert engine.asked[-1] == {**common, "query": words, "knn": knn}
    opensearch_search(engine, "texts")("bridge", 2)
    assert engine.asked[-1] == {**common, "query": words}
    with pytest.raises(ValueError, match="both"):
        opensearch_search(engine, "texts", vector="embedding")
