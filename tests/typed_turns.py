"""Turns that people type, each with the reply that they would want: tests/gold/turns/turns.csv.

`wanted` is "remark:" and its kind; "passage:" and words from one of the passages shown; "-" for no answer; or
the right answers, separated by "|". A right guess is as wanted, a wrong one is not. Turns of one
`conversation` follow each other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal
from zlib import crc32

from qa.chatbot import Chatbot
from qa.conversation import Conversation
from qa.documents import load_document
from qa.evaluation.metrics import f1
from qa.evaluation.run import RIGHT_F1
from qa.results import Reply
from tests.helpers import GOLD, ROOT

HALVES = ("tune", "report")
SHOWN = 3


@dataclass(frozen=True, slots=True)
class TypedTurn:
    """A turn and the reply that is wanted."""

    kind: str
    article: str
    conversation: str
    question: str
    wanted: str


def load_turns(half: Literal["tune", "report"]) -> Iterator[tuple[TypedTurn, Reply]]:
    """Yield the turns of one half, each with its reply."""
    with (GOLD / "turns" / "turns.csv").open(encoding="utf-8", newline="") as file:
        turns = [TypedTurn(**row) for row in csv.DictReader(file)]
    conversations: dict[str, Conversation] = {}
    for turn in turns:
        name = turn.conversation if turn.conversation else turn.question
        if HALVES[crc32(name.encode()) % 2] == half:
            conversation = conversations.setdefault(name, Conversation(chatbot_of(turn.article)))
            yield turn, conversation.ask(turn.question)


def as_wanted(turn: TypedTurn, reply: Reply) -> bool:
    """Return whether a reply is what a person would want."""
    kind, _, detail = turn.wanted.partition(":")
    if kind == "remark":
        return reply.remark is not None and reply.remark.kind == detail
    if kind == "passage":
        found = [passage.text for passage in reply.passages[:SHOWN]]
        found += [] if reply.shown is None else [reply.shown.document[reply.shown.sentence]]
        return any(detail in " ".join(text.split()) for text in found)
    if turn.wanted == "-":
        return reply.outcome == "not_found"
    return reply.shown is not None and f1(reply.shown.text, turn.wanted.split("|")) >= RIGHT_F1


@cache
def chatbot_of(article: str) -> Chatbot:
    """Return a chatbot over one article of tests/gold, or the one in corpus/."""
    folder = ROOT / "corpus" if article == "article" else GOLD / article
    paths = [path for path in folder.iterdir() if path.suffix in {".txt", ".md"}]
    return Chatbot.from_documents([load_document(path) for path in paths])
