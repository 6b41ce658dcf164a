"""Transcript: writes replies as Markdown for a chat, and reads earlier turns back from that Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.dialogue import Exchange, several
from qa.presentation import READ_AS, reply_markdown
from qa.results import Reply
from qa.settings import DEFAULTS

_ANSWER = re.compile(r"^\*\*(.+)\*\*$", re.MULTILINE)
_QUOTED = re.compile(r"^> (.*)$", re.MULTILINE)
_READ_AS = re.compile(rf"^{READ_AS}(.+)$", re.MULTILINE)
_NUMBER = re.compile(r"^### \d+$", re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of a chatbot's message.

    Attributes:
        answer: The first answer or guess; "" if there is none.
        quoted: All answers, then all quoted sentences, line by line.
        read_as: The question as it was read; "" if it was read as typed.
    """

    answer: str
    quoted: tuple[str, ...]
    read_as: str

    @classmethod
    def of(cls, markdown: str) -> Said:
        """Parse a message that `markdown` wrote. Parts that are not found are empty."""
        answers = [_plain(found) for found in _ANSWER.findall(markdown)]
        sentences = [_plain(found) for found in _QUOTED.findall(markdown)]
        read_as = _READ_AS.search(markdown)
        return cls(
            answers[0] if answers else "",
            (*answers, *sentences),
            "" if read_as is None else _plain(read_as[1]),
        )

    @property
    def context(self) -> str:
        """The first quoted line that contains the answer; "" if none does."""
        return next((text for text in self.quoted if self.answer in text and text != self.answer), "")


def markdown(reply: Reply) -> str:
    """Return a reply, and the replies to further questions, as one message of a chat."""
    replies = (reply, *reply.more)
    texts = [reply_markdown(one) for one in replies]
    if len(texts) > 1:
        texts = [f"### {number}\n\n{text}" for number, text in enumerate(texts, 1)]
    return "\n\n".join(texts)


def exchanges(messages: Sequence[tuple[str, str]]) -> list[Exchange]:
    """Return the latest questions of a chat with their answers, oldest first.

    Args:
        messages: Pairs of role and text. Each message of the role "user" may be followed by one of the role
            "assistant".
    """
    found: list[Exchange] = []
    most = DEFAULTS.max_question_characters
    for (role, text), following in pairwise([*messages, ("", "")]):
        if role != "user":
            continue
        if following[0] != "assistant":
            found.append(Exchange(text[:most]))
            continue
        for typed, reply in _replies(text, following[1]):
            said = Said.of(reply)
            if said.quoted:  # a greeting quotes nothing, for example
                question = said.read_as if said.read_as else typed
                found.append(Exchange(question[:most], said.answer[:most], said.context[:most]))
    return found[-DEFAULTS.remembered_turns :]


def _replies(text: str, message: str) -> list[tuple[str, str]]:
    """Return each question in a text with its reply, taken from a message that `markdown` wrote."""
    parts = [part.strip() for part in _NUMBER.split(message)[1:]]
    questions = several(text) if parts else []
    return list(zip(questions, parts, strict=True)) if len(questions) == len(parts) > 0 else [(text, message)]


def _plain(text: str) -> str:
    return _ESCAPE.sub(r"\1", text).strip()
