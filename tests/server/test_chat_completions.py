"""A real server with the packaged models, asked by the openai package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from openai import AuthenticationError as NotAllowedError
from openai import BadRequestError, NotFoundError, OpenAI, UnprocessableEntityError
from openai.types.chat import ChatCompletionMessageParam

from qa.reader import Reader
from qa.results import ReplyDict
from qa.server.transcript import Said
from tests.server.conftest import BRIDGE

MODEL = "verbatim-qa"


@pytest.fixture
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/v1", api_key="correct-horse-battery", max_retries=0) as opened:
        yield opened


def user(text: str) -> ChatCompletionMessageParam:
    return {"role": "user", "content": text}


def test_the_model_is_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).owned_by == "verbatim-qa"


def test_an_answer_is_quoted_with_its_sentence_and_source(client: OpenAI) -> None:
    """The full reply, with all locations, is included. Usage counts the quoted text."""
    completion = client.chat.completions.create(model=MODEL, messages=[user("Who opened the bridge?")])
    text = completion.choices[0].message.content
    assert text is not None
    lines = text.splitlines()
    assert lines[0] == "**Anna Lund**"
    assert lines[2] == "> The bridge over the Lune was opened in 1932 by the mayor, Anna Lund."
    assert "Source: bridge.txt, characters 58–67" in lines[-1]
    assert completion.choices[0].finish_reason == "stop"
    reply: ReplyDict = completion.model_extra["reply"]  # type: ignore[index]
    assert BRIDGE[reply["start"] : reply["end"]] == reply["answer"] == "Anna Lund"
    reader, usage = Reader.load(), completion.usage
    assert usage is not None
    assert usage.prompt_tokens == reader.count_tokens("Who opened the bridge?")
    assert usage.completion_tokens == sum(map(reader.count_tokens, Said.of(text).quoted))
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_a_stream_has_the_same_text(client: OpenAI) -> None:
    messages = [user("Who opened the bridge?")]
    whole = client.chat.completions.create(model=MODEL, messages=messages)
    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=messages, stream=True, stream_options={"include_usage": True}
        )
    )
    deltas = [chunk.choices[0].delta for chunk in chunks[:-1]]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert deltas[0].role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 2) + ["stop"]
    assert (chunks[-1].choices, chunks[-1].usage) == ([], whole.usage)
    assert len({chunk.id for chunk in chunks}) == 1


def test_earlier_messages_are_turns(client: OpenAI) -> None:
    """A follow-up is completed from the previous answer. Greetings and other roles in between are skipped."""
    chat: list[ChatCompletionMessageParam] = [{"role": "system", "content": "Be brief."}, user("hello")]
    for question in ("Who opened the bridge?", "When did she open it?"):
        said = client.chat.completions.create(model=MODEL, messages=chat).choices[0].message.content
        chat += [{"role": "assistant", "content": said}, user(question)]
    last = client.chat.completions.create(model=MODEL, messages=chat)
    text = last.choices[0].message.content
    assert text is not None
    assert text.startswith("Read as: When did Anna Lund open")
    assert "**1932**" in text


def test_a_guess_and_no_answer_are_worded(client: OpenAI) -> None:
    """With a threshold of 1 nothing is confident enough. Without an answer the nearest passage is quoted."""
    guess = client.chat.completions.create(
        model=MODEL, messages=[user("Who opened the bridge?")], extra_body={"min_confidence": 1}
    )
    assert guess.choices[0].message.content is not None
    assert guess.choices[0].message.content.startswith(
        "Nothing reaches the confidence that you asked for. Perhaps:"
    )
    silent = client.chat.completions.create(
        model=MODEL, messages=[user("What is the recipe for Belgian waffles?")]
    )
    assert silent.choices[0].message.content is not None
    assert silent.choices[0].message.content.startswith("I found no answer.")
    assert "**" not in silent.choices[0].message.content
    greeting = client.chat.completions.create(model=MODEL, messages=[user("hello")])
    assert greeting.usage is not None
    assert greeting.usage.completion_tokens == 0


def test_parts_of_a_message_are_read_as_text(client: OpenAI) -> None:
    parts: ChatCompletionMessageParam = {
        "role": "user",
        "content": [{"type": "text", "text": "Who opened the bridge?"}],
    }
    completion = client.chat.completions.create(model=MODEL, messages=[parts], temperature=0.7, max_tokens=5)
    assert "**Anna Lund**" in (completion.choices[0].message.content or "")


def test_errors_say_what_to_do(client: OpenAI, address: str) -> None:
    with pytest.raises(NotFoundError, match="use 'verbatim-qa'"):
        client.chat.completions.create(model="gpt-4o", messages=[user("Who?")])
    with pytest.raises(UnprocessableEntityError, match="The last message must be a question"):
        client.chat.completions.create(model=MODEL, messages=[{"role": "assistant", "content": "Who?"}])
    with pytest.raises(UnprocessableEntityError, match="n: "):
        client.chat.completions.create(model=MODEL, messages=[user("Who?")], n=2)
    with pytest.raises((BadRequestError, UnprocessableEntityError), match="messages"):
        client.chat.completions.create(model=MODEL, messages=[])
    with pytest.raises(NotAllowedError, match="Authorization: Bearer TOKEN"):
        client.with_options(api_key="wrong").models.list()


def test_kept_documents_are_shared(address: str, corpus: Path) -> None:
    """With --keep a document that a program adds becomes a file in the folder, until a program removes it."""
    headers = {"Authorization": "Bearer correct-horse-battery"}
    with httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False) as client:
        files = {"file": ("ferry.txt", b"The ferry to Norvik was built by Olga Dahl.\n")}
        added = client.post("/v1/documents", files=files)
        assert (added.status_code, added.json()["added"]) == (201, False)
        assert (corpus / "ferry.txt").read_bytes() == files["file"][1]
        asked = client.post(
            "/v1/ask", json={"question": "Who built the ferry?"}, headers={"Session": "a" * 16}
        )
        assert asked.json()["answer"] == "Olga Dahl"
        assert client.delete("/v1/documents/ferry.txt").status_code == 204
        assert client.delete("/v1/documents/ferry.txt").status_code == 404
        assert not (corpus / "ferry.txt").exists()
