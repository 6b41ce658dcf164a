from __future__ import annotations

import json

import pytest

from qa.page import exchanges as page_exchanges
from qa.server.transcript import Said, exchanges, markdown
from tests.helpers import tiny_chatbot

TEXT = "the *bridge* [over] the lune was opened in 1932 by 1. anna lund"


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_the_answer_is_parsed_from_the_markdown(threshold: float) -> None:
    """The answer or guess and its sentence, exactly as in the document."""
    reply = tiny_chatbot(TEXT).ask("who opened the bridge?", min_confidence=threshold)
    said = Said.of(markdown(reply))
    assert reply.shown is not None
    assert said.answer == " ".join(reply.shown.text.split())
    assert said.context == reply.shown.document[reply.shown.sentence].strip()


def test_a_chat_is_read_as_turns() -> None:
    """Greetings, other roles and answers of other models are not turns with an answer."""
    reply = tiny_chatbot(TEXT).ask("who opened the bridge?", min_confidence=0)
    found = exchanges(
        [
            ("system", "You are kind."),
            ("user", "hello"),
            ("assistant", "Hello! Ask me about the documents."),
            ("user", "who opened the bridge?"),
            ("assistant", markdown(reply)),
            ("user", "unanswered"),
        ]
    )
    assert [turn.question for turn in found] == ["who opened the bridge?", "unanswered"]
    assert reply.answer is not None
    assert found[0].answer == reply.answer.text
    assert found[0].answer in found[0].context


def test_a_question_is_remembered_as_it_was_read() -> None:
    (turn,) = exchanges(
        [("user", "and when?"), ("assistant", "Read as: When was it \\*opened\\*?\n\n**1932**\n\n> In 1932.")]
    )
    assert (turn.question, turn.answer, turn.context) == ("When was it *opened*?", "1932", "In 1932.")


def test_replies_to_several_questions_are_numbered() -> None:
    reply = tiny_chatbot(TEXT).ask("Who opened the bridge? When was the bridge opened?", min_confidence=0)
    assert len(reply.more) == 1
    assert [line for line in markdown(reply).splitlines() if line.startswith("#")] == ["### 1", "### 2"]


@pytest.mark.parametrize("threshold", [0.0, 1.0])
@pytest.mark.parametrize(
    "typed", ["who opened the bridge?", "hello", "Who opened the bridge? When was the bridge opened?"]
)
def test_clients_that_send_the_history_get_the_same_turns_as_python(typed: str, threshold: float) -> None:
    """As JSON or as the Markdown of a chat: the same questions, answers and guesses."""
    reply = tiny_chatbot(TEXT).ask(typed, min_confidence=threshold)
    kept = [one.exchange for one in (reply, *reply.more) if one.exchange is not None]
    expected = [(one.question, " ".join(one.answer.split())) for one in kept]
    for found in (
        page_exchanges([json.loads(json.dumps(reply.to_dict()))]),
        exchanges([("user", typed), ("assistant", markdown(reply))]),
    ):
        assert [(one.question, " ".join(one.answer.split())) for one in found] == expected
