"""The OpenAI-compatible API: `/v1/models` and `/v1/chat/completions`."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import NotRequired, TypedDict

from qa.errors import QuestionError
from qa.page import ask
from qa.reader import PassageReader
from qa.results import Reply, ReplyDict
from qa.server.asking import Documents, MinConfidence, TopK
from qa.server.problems import responses
from qa.server.services import AnyCaller
from qa.server.transcript import Said, exchanges, markdown
from qa.settings import DEFAULTS

router = APIRouter(tags=["OpenAI-compatible API"])

MODEL = "verbatim-qa"

STARTED = int(time.time())


class Part(BaseModel):
    """A part of a message. Only text is read."""

    model_config = ConfigDict(extra="allow", strict=True)

    type: str
    text: str | None = None


class Message(BaseModel):
    """A message of a chat."""

    model_config = ConfigDict(extra="allow", strict=True)

    role: str
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        """The text of the message."""
        if self.content is None or isinstance(self.content, str):
            return "" if self.content is None else self.content
        return "\n".join(part.text for part in self.content if part.text is not None)


class StreamOptions(BaseModel):
    """What a stream contains."""

    model_config = ConfigDict(extra="allow", strict=True)

    include_usage: bool = False


class Chat(BaseModel):
    """A chat. Fields that are not listed here, such as `temperature`, are ignored."""

    model_config = ConfigDict(
        extra="allow",
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "Who did Naqvi meet in Brussels?"}],
                }
            ]
        },
    )

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1, max_length=1_000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    documents: Documents = None
    top_k: TopK = DEFAULTS.top_k
    min_confidence: MinConfidence = DEFAULTS.min_confidence


class ModelDict(TypedDict):
    """A model in the format of the OpenAI API."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelListDict(TypedDict):
    """The list of models in the format of the OpenAI API."""

    object: Literal["list"]
    data: list[ModelDict]


class UsageDict(TypedDict):
    """Token counts, by the reader's tokenizer, of all messages and of the text that the reply quotes."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class SpokenDict(TypedDict):
    """A message of the chatbot."""

    role: Literal["assistant"]
    content: str


class ChoiceDict(TypedDict):
    """The only choice of a completion."""

    index: int
    message: SpokenDict
    finish_reason: Literal["stop"]
    logprobs: NotRequired[None]


class CompletionDict(TypedDict):
    """A reply in the format of the OpenAI API. `reply` is the full reply, as `/v1/ask` returns it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChoiceDict]
    usage: UsageDict
    reply: ReplyDict


@router.get("/v1/models", responses=responses())
async def list_models() -> ModelListDict:
    """List the models: the chatbot is the only one."""
    return {"object": "list", "data": [_model()]}


@router.get("/v1/models/{model}", responses=responses(404))
async def read_model(model: str) -> ModelDict:
    """Return a model."""
    _check(model)
    return _model()


@router.post(
    "/v1/chat/completions",
    response_model=CompletionDict,
    responses=responses(404)
    | {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "The reply"}},
)
async def complete(chat: Chat, caller: AnyCaller) -> Any:
    """Answer the last message with quotations in Markdown. The earlier messages are its history."""
    _check(chat.model)
    spoken = [(message.role, message.words) for message in chat.messages]
    if spoken[-1][0] != "user" or not spoken[-1][1].strip():
        raise QuestionError("The last message must be a question from the user: send one with text.")

    def work() -> tuple[Reply, str, UsageDict]:
        reply = ask(
            caller.services.sessions,
            caller.session,
            spoken[-1][1],
            top_k=chat.top_k,
            min_confidence=chat.min_confidence,
            history=exchanges(spoken[:-1]),
            documents=chat.documents,
        )
        text = markdown(reply)
        return reply, text, _usage(caller.chatbot.reader, [words for _, words in spoken], text)

    reply, text, usage = await caller.ask(work)
    about = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
    if chat.stream:
        wants_usage = chat.stream_options is not None and chat.stream_options.include_usage
        chunks = _chunks(about, text, usage if wants_usage else None)
        return StreamingResponse(chunks, media_type="text/event-stream")
    message = {"role": "assistant", "content": text}
    return {
        **about,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": usage,
        "reply": reply.to_dict(),
    }


def _chunks(about: Mapping[str, Any], text: str, usage: UsageDict | None) -> Iterator[str]:
    """Yield a reply as server-sent events, one line of its text in each."""

    def event(choices: list[dict[str, Any]], **more: Any) -> str:
        chunk = {**about, "object": "chat.completion.chunk", "choices": choices, **more}
        return f"data: {json.dumps(chunk)}\n\n"

    def choice(delta: dict[str, str], finish_reason: str | None = None) -> list[dict[str, Any]]:
        return [{"index": 0, "delta": delta, "finish_reason": finish_reason}]

    yield event(choice({"role": "assistant", "content": ""}))
    for line in text.splitlines(keepends=True):
        yield event(choice({"content": line}))
    yield event(choice({}, "stop"))
    if usage is not None:
        yield event([], usage=usage)
    yield "data: [DONE]\n\n"


def _usage(reader: PassageReader, messages: list[str], text: str) -> UsageDict:
    asked = sum(map(reader.count_tokens, messages))
    quoted = sum(map(reader.count_tokens, Said.of(text).quoted))
    return {"prompt_tokens": asked, "completion_tokens": quoted, "total_tokens": asked + quoted}


def _check(model: str) -> None:
    if model != MODEL:
        raise HTTPException(404, f"There is no model {model!r}: use {MODEL!r}.")


def _model() -> ModelDict:
    return {"id": MODEL, "object": "model", "created": STARTED, "owned_by": "verbatim-qa"}
