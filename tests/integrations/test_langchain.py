"""The retriever, in LangChain itself."""

from __future__ import annotations

import asyncio

import pytest

from qa.chatbot import Chatbot
from qa.documents import Document
from tests.helpers import BRIDGE

pytest.importorskip("langchain_core")

from langchain_core.runnables import RunnableLambda

from qa.integrations.langchain import VerbatimRetriever

TEXTS = {"bridge.txt": BRIDGE, "mill.txt": "The mill burnt down in 1822, on a Sunday."}


@pytest.fixture(scope="module")
def retriever() -> VerbatimRetriever:
    documents = [Document(name, text) for name, text in TEXTS.items()]
    return VerbatimRetriever(chatbot=Chatbot.from_documents(documents))


def test_passages_name_their_place_and_the_answer(retriever: VerbatimRetriever) -> None:
    first, *others = retriever.invoke("When did the mill burn down?")
    place = first.metadata
    assert place["source"] == "mill.txt"
    for found in (first, *others):
        text = TEXTS[found.metadata["source"]]
        assert text[found.metadata["start"] : found.metadata["end"]] == found.page_content
    assert place["is_answer"]
    assert place["answer"] == TEXTS["mill.txt"][place["answer_start"] : place["answer_end"]]
    assert "1822" in place["answer"]
    reply = retriever.chatbot.ask("When did the mill burn down?")
    assert place["confidence"] == pytest.approx(reply.confidence, abs=0.01)
    assert not any(found.metadata.get("is_answer", False) for found in others)


def test_a_corpus_without_the_answer_has_passages_but_no_answer(retriever: VerbatimRetriever) -> None:
    found = retriever.invoke("Who painted the ceiling of the chapel?")
    assert found
    assert not any(one.metadata.get("is_answer", False) for one in found)


def test_it_runs_in_a_chain_and_an_event_loop(retriever: VerbatimRetriever) -> None:
    chain = retriever | RunnableLambda(lambda found: found[0].metadata["answer"])
    assert chain.invoke("What did the bridge cost?") == "four million crowns"
    assert asyncio.run(chain.ainvoke("What did the bridge cost?")) == "four million crowns"
