"""Scripted conversations with the packaged models."""

from __future__ import annotations

import json

import pytest

from qa.chatbot import Chatbot
from qa.conversation import Conversation
from qa.dialogue import Exchange
from qa.documents import Document
from qa.errors import CorpusError, QuestionError

LUNE = (
    "The bridge over the Lune was opened in 1932 by the mayor, Anna Lund. It cost four million crowns. "
    "Trams crossed it until 1968, when the line was closed because too few people used it."
)
OUVEL = (
    "# The Ouvel\n\nThe bridge over the Ouvel was opened in 1764 by Countess Renfrey.\n\n## Ferry\n\n"
    "The ferry over the Ouvel was built by Olga Dahl."
)


@pytest.fixture(scope="module")
def bot() -> Chatbot:
    """Return a chatbot over two documents of the same kind."""
    return Chatbot.from_documents([Document("lune.txt", LUNE), Document("ouvel.md", OUVEL)])


def test_follow_ups_are_read_with_the_turns_before(bot: Chatbot) -> None:
    """The reply shows how. A question that stands alone is read as typed, and remarks between are ignored."""
    conversation = Conversation(bot)
    said = []
    for question in (
        "Who opened the bridge over the Lune?",
        "And the bridge over the Ouvel?",
        "Thanks!",
        "When did she open it?",
        "Who built the ferry?",
    ):
        reply = conversation.ask(question)
        said.append((reply.outcome, reply.read_as, None if reply.shown is None else reply.shown.text))
        assert reply.question == question
    assert said == [
        ("answered", None, "Anna Lund"),
        ("answered", "Who opened the bridge over the Ouvel?", "Countess Renfrey"),
        ("remark", None, None),
        ("answered", "When did Countess Renfrey open the bridge?", "1764"),
        ("answered", None, "Olga Dahl"),
    ]
    conversation.start_over()
    assert conversation.ask("When did she open it?").read_as is None


def test_it_refers_to_the_thing_that_was_mentioned(bot: Chatbot) -> None:
    """Without a previous turn, it refers to the chatbot itself."""
    assert bot.ask("How does it work?").outcome == "remark"
    before = Exchange("Who built the ferry over the Ouvel?", "Olga Dahl", OUVEL)
    assert bot.ask("How does it work?", history=[before]).read_as == "How does the ferry work?"


def test_a_follow_up_can_be_asked_as_it_was_typed(bot: Chatbot) -> None:
    conversation = Conversation(bot)
    conversation.ask("Who opened the bridge over the Lune?")
    assert conversation.ask("When did she open it?", as_typed=True).read_as is None


def test_history_can_be_replies_or_exchanges(bot: Chatbot) -> None:
    reply = bot.ask("Who opened the bridge over the Lune?")
    exchange = reply.exchange
    assert isinstance(exchange, Exchange)
    assert (exchange.question, exchange.answer) == (reply.question, "Anna Lund")
    asked = [bot.ask("When did she open it?", history=[turn]) for turn in (reply, exchange)]
    assert asked[0] == asked[1]


def test_a_question_word_alone_needs_a_turn_before(bot: Chatbot) -> None:
    reply = bot.ask("Why?")
    assert reply.remark is not None
    assert (reply.outcome, reply.remark.kind, reply.passages) == ("remark", "unclear", ())


def test_a_question_word_alone_is_about_the_turn_before(bot: Chatbot) -> None:
    """A remark has nothing to ask further about; thanks are skipped."""
    conversation = Conversation(bot)
    conversation.ask("Who opened the bridge over the Lune?")
    conversation.ask("Thanks!")
    assert conversation.ask("when?").read_as == "When was it that Anna Lund opened the bridge over the Lune?"
    conversation.ask("Translate this into French")
    reply = conversation.ask("when?")
    assert (reply.read_as, None if reply.remark is None else reply.remark.kind) == (None, "unclear")


def test_a_contraction_needs_no_apostrophe(bot: Chatbot) -> None:
    reply = bot.ask("whos the builder of the ferry over the Ouvel")
    assert reply.read_as == "who's the builder of the ferry over the Ouvel"
    assert reply.passages == bot.ask("who's the builder of the ferry over the Ouvel").passages


def test_each_of_two_questions_gets_its_reply(bot: Chatbot) -> None:
    """The second is read as a follow-up to the first, and a later follow-up refers to both."""
    conversation = Conversation(bot)
    reply = conversation.ask("Who opened the bridge over the Lune, and when was the tram line closed?")
    assert reply.question == "Who opened the bridge over the Lune?"
    assert [one.shown.text for one in (reply, *reply.more) if one.shown is not None] == ["Anna Lund", "1968"]
    second = bot.ask("Who opened the bridge over the Lune? And when did she open it?")
    assert [one.read_as for one in second.more] == ["when did Anna Lund open the bridge?"]
    assert [one["answer"] for one in second.to_dict()["more"]] == ["1932"]


def test_small_talk_is_not_looked_up(bot: Chatbot) -> None:
    """Nothing is retrieved, and the first event of the stream is the reply."""
    for words, kind in (("Hello!", "greeting"), ("Wo ist die Brücke?", "language"), ("x", "nonsense")):
        (reply,) = bot.stream(words)
        assert reply == bot.ask(words)
        assert bot.ask(words).remark is not None
        assert bot.ask(words).remark.kind == kind  # type: ignore[union-attr]
        assert bot.ask(words).passages == ()


def test_a_guide_quotes_every_document(bot: Chatbot) -> None:
    """The sentences and headings of the guide are spans of the document."""
    reply = bot.ask("What is this about?")
    assert reply.remark is not None
    assert "I do not summarise" in reply.remark.text
    first, second = reply.remark.guides
    assert [guide.kind for guide in (first, second)] == ["text", "Markdown"]
    assert first.lead[0].text.startswith("The bridge over the Lune was opened")
    assert [heading.text for heading in second.headings] == ["The Ouvel", "Ferry"]
    plain = json.loads(json.dumps(reply.to_dict()))
    for guide, text in zip(plain["remark"]["guides"], (LUNE, OUVEL), strict=True):
        for quoted in guide["lead"] + guide["headings"]:
            assert text[quoted["start"] : quoted["end"]] == quoted["text"]


def test_a_task_gets_passages_and_is_not_done(bot: Chatbot) -> None:
    reply = bot.ask("Write a poem about the ferry over the Ouvel")
    assert reply.remark is not None
    assert reply.remark.text == "I can only quote; I cannot do that."
    assert "Olga Dahl" in reply.passages[0].text


def test_key_words_find_passages_without_a_verdict(bot: Chatbot) -> None:
    """This holds unless the reader finds an answer in them."""
    reply = bot.ask("waffle iron")
    assert reply.remark is not None
    assert (reply.remark.kind, len(reply.passages)) == ("keywords", len(bot.search("waffle iron")))
    assert bot.search("tram line closed")[0].document.id == "lune.txt"
    with pytest.raises(QuestionError):
        bot.search(" ")


def test_some_documents_are_asked_as_if_there_were_no_others(bot: Chatbot) -> None:
    """Passages, scores and missing words are those of a chatbot over only these documents."""
    alone = Chatbot.from_documents([Document("ouvel.md", OUVEL)])
    for question in ("Who opened the bridge?", "When was the tram line closed?"):
        found, expected = bot.ask(question, documents=["ouvel.md"]), alone.ask(question)
        assert (found.outcome, found.missing_words) == (expected.outcome, expected.missing_words)
        assert found.confidence == pytest.approx(expected.confidence, abs=1e-3)
        for passage, other in zip(found.passages, expected.passages, strict=True):
            assert (passage.document, passage.span) == (other.document, other.span)
            assert passage.score == pytest.approx(other.score, abs=1e-3)
    assert {passage.document.id for passage in bot.search("bridge", documents=["ouvel.md"])} == {"ouvel.md"}
    with pytest.raises(CorpusError, match=r"none\.txt"):
        bot.ask("Who opened the bridge?", documents=["none.txt"])
