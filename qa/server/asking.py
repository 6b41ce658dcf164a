"""Routes that ask: `POST /v1/ask` and `POST /v1/search`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from qa.page import ask, exchanges
from qa.results import ReplyDict
from qa.server.found import FoundDict, found_passage
from qa.server.problems import responses
from qa.server.services import AnyCaller
from qa.settings import DEFAULTS

router = APIRouter(tags=["questions"])


def _whole(number: Any) -> Any:
    """Return a float without a fraction as an integer: 5.0 and 5 are the same number in JSON."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Words = Annotated[str, Field(min_length=1, max_length=DEFAULTS.max_question_characters, pattern=r"\S")]
Documents = Annotated[
    list[Annotated[str, Field(max_length=1_000)]] | None,
    Field(max_length=1_000, description="the ids of the documents to look in; null for all of them"),
]
TopK = Annotated[
    int,
    Field(ge=1, le=DEFAULTS.max_top_k, description="how many passages to read"),
    BeforeValidator(_whole),
]
MinConfidence = Annotated[
    float,
    Field(ge=0, le=1, description="the least probability of being right that an answer must have"),
]


class Turn(BaseModel):
    """An earlier turn: a reply from `/v1/ask`, or a question and its answer."""

    model_config = ConfigDict(extra="allow", strict=True)

    question: str
    answer: str | None = None


class Question(BaseModel):
    """A question, and how to answer it."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"question": "Who did Naqvi meet in Brussels?"}]},
    )

    question: Words
    documents: Documents = None
    history: Annotated[
        list[Turn], Field(max_length=200, description="the earlier turns, oldest first, for follow-ups")
    ] = []
    top_k: TopK = DEFAULTS.top_k
    min_confidence: MinConfidence = DEFAULTS.min_confidence


class Search(BaseModel):
    """What to search for."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"words": "security cooperation"}]}
    )

    words: Words
    documents: Documents = None
    top_k: TopK = DEFAULTS.top_k


@router.post("/v1/ask", responses=responses(404))
async def ask_question(asked: Question, caller: AnyCaller) -> ReplyDict:
    """Answer a question with an exact quotation, its place and the probability of being right.

    `outcome` is "answered", "perhaps" (a guess, in `perhaps`), "not_found" (the nearest passages are in
    `passages`) or "remark" (the input was not a question about the documents).
    """
    reply = await caller.ask(
        ask,
        caller.services.sessions,
        caller.session,
        asked.question,
        top_k=asked.top_k,
        min_confidence=asked.min_confidence,
        history=exchanges([turn.model_dump() for turn in asked.history]),
        documents=asked.documents,
    )
    return reply.to_dict()


@router.post("/v1/search", responses=responses(404))
async def search(sought: Search, caller: AnyCaller) -> FoundDict:
    """Return the passages that best match keywords or a question, without reading them for an answer."""
    passages = await caller.ask(
        caller.chatbot.search, sought.words, top_k=sought.top_k, documents=sought.documents
    )
    return {"passages": [found_passage(passage) for passage in passages]}
