"""A conversation: what was asked and what came of it, and its forms to be kept."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import QAError
from qa.presentation.citation import source
from qa.presentation.wording import silence
from qa.results import Answer, Reply

# What begins markup anywhere, and where that of a line's beginning needs a backslash.
_MARKUP = re.compile(r"([\\`*_\[\]<>&#|~!$])")
_LINE_MARKUP = re.compile(r"^ *(?:\d+(?=[.)])|(?=[-+=]))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: while it is worked on, a word on how far that is."""

    question: str
    outcome: Reply | QAError | str


def to_markdown(turns: Sequence[Turn]) -> str:
    """The conversation as Markdown, each question a heading; letters of texts are never markup."""
    return "\n".join(["# Questions and answers", *(_turn(turn) for turn in turns)]) + "\n"


def to_json(turns: Sequence[Turn]) -> str:
    """The conversation as a JSON list: of each turn the reply's `to_dict`, or question and `error`."""
    told = [
        turn.outcome.to_dict()
        if isinstance(turn.outcome, Reply)
        else {"question": turn.question, "error": str(turn.outcome)}
        for turn in turns
    ]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _turn(turn: Turn) -> str:
    heading = f"\n## {_literal(' '.join(turn.question.split()))}\n"
    outcome = turn.outcome
    if not isinstance(outcome, Reply):
        return f"{heading}\n{_literal(str(outcome))}"
    if outcome.read_as is not None:
        heading += f"\nRead as: {_literal(' '.join(outcome.read_as.split()))}\n"
    if outcome.answer is not None:
        return f"{heading}\n{_answer(outcome.answer)}"
    lines = [heading, silence(outcome)]
    if outcome.passages:
        closest = outcome.passages[0]
        place = f"{closest.document.id}, characters {closest.span.start:,}–{closest.span.end:,}"
        lines += ["\nClosest passage, not an answer:\n", _quoted(closest.excerpt), f"\n{_literal(place)}"]
    return "\n".join(lines)


def _answer(answer: Answer) -> str:
    words = _literal(" ".join(answer.text.split()))
    chance = f"Confidence {answer.confidence:.2f}. Source: {_literal(source(answer))}"
    return f"**{words}**\n\n{_quoted(answer.document[answer.sentence])}\n\n{chance}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {_literal(line.strip())}" for line in text.splitlines())


def _literal(text: str) -> str:
    r"""Markdown that shows `text`: what could be markup has a backslash before it."""
    return _LINE_MARKUP.sub(r"\g<0>\\", _MARKUP.sub(r"\\\1", text))
