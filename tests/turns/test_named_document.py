"""The document that the user names, by its title, file name or first heading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qa.chatbot import Chatbot
from qa.documents import Document, text_document
from qa.index import Index
from qa.results import Reply
from qa.retrieval import HybridRetriever
from qa.settings import DEFAULTS
from tests.helpers import INDIFFERENT, READER
from tests.tiny_embedder import WordEmbedder

MILL = text_document(
    "# Survey of the old mills\n\nNine mills still stand in the valley.\n", name="survey-2020.md"
)
TRAMS = replace(
    text_document("Trams ran until the war came.\n", name="transport/tram_minutes.txt"),
    title="Meeting on trams",
)
BUSES = text_document("Buses ran after the war had ended.\n", name="transport/bus_minutes.txt")
MINUTES = text_document("All members of the council came.\n", name="minutes.txt")


def bot(*documents: Document) -> Chatbot:
    embedder = WordEmbedder()
    return Chatbot(HybridRetriever(Index.build(documents, embedder), embedder), READER, INDIFFERENT)


BOT = bot(MILL, TRAMS, BUSES, MINUTES)


def guided(reply: Reply) -> list[str]:
    """Return the ids of the documents that a reply guides to; [] if it is not a guide."""
    if reply.remark is None or reply.remark.kind != "guide":
        return []
    assert (reply.answer, reply.perhaps, reply.passages) == (None, None, ())
    return [one.document.id for one in reply.remark.guides]


@pytest.mark.parametrize(
    ("typed", "document"),
    [
        ("What is the mill survey about?", MILL),
        ("summarise the survey", MILL),
        ("What is the article on old mills about?", MILL),
        ("summarise transport/tram_minutes.txt", TRAMS),
        ("sum up the tram meeting", TRAMS),
        ("What do the bus minutes say?", BUSES),
        ("What do the minutes cover?", MINUTES),
        ("tell me about minutes.txt", MINUTES),
    ],
)
def test_a_document_is_known_by_its_names(typed: str, document: Document) -> None:
    reply = BOT.ask(typed)
    assert guided(reply) == [document.id]
    assert reply.remark is not None
    assert reply.remark.text.endswith("Here is how the document begins:")
    assert reply.remark.guides[0].lead[0].text in document.text


@pytest.mark.parametrize(
    "typed", ["What is transport about?", "What is the bridge about?", "Tell me about mills"]
)
def test_without_one_clear_document_the_input_is_a_question(typed: str) -> None:
    assert guided(BOT.ask(typed)) == []


def test_what_is_this_about_guides_to_all_documents() -> None:
    assert len(guided(BOT.ask("What is this about?"))) == 4


def test_a_document_among_many_is_found_by_its_file_name() -> None:
    many = [Document(f"{n}.txt", f"Rain fell on day {n}.") for n in range(DEFAULTS.listed_documents)]
    assert guided(bot(*many, TRAMS).ask("summarise the tram minutes")) == [TRAMS.id]


def test_a_topic_gets_passages_unless_the_documents_lack_its_words() -> None:
    packaged = Chatbot.from_documents([MILL, BUSES])
    told, lacking = (
        packaged.ask(f"tell me about the {topic}", min_confidence=1) for topic in ("mills", "zebras")
    )
    for reply in (told, lacking):
        assert reply.answer is None
        assert reply.passages
    assert told.outcome in {"perhaps", "remark"}
    assert lacking.remark is None
