"""Turns of the conversation as HTML: the questions with their outcomes, and the examples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qa.errors import QAError
from qa.page.elements import Markup, button, element
from qa.page.views.conversation import nearest_sentence, reply_html
from qa.page.views.document import TRACKS
from qa.presentation import (
    Turn,
    confidence_words,
    kept_evidence,
    missing,
    readable,
    to_json,
    to_markdown,
    without_answer,
)
from qa.results import Reply

LONG_QUESTION = 200
"""A question with more characters may overflow its box, and can be scrolled with the keyboard."""


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn on its way to the browser.

    Attributes:
        turn: The turn.
        number: Its number in the conversation, from 0.
        asked: The browser's id of the question; "" if the browser does not know the question.
    """

    turn: Turn
    number: int
    asked: str = ""


def conversation_html() -> Markup:
    """Return the empty conversation. conversation.js puts the turns of `latest_html` into it."""
    undo = button("Undo", class_="link", data_undo=True)
    cleared = element("p", "The conversation was cleared. ", undo, class_="cleared note", hidden=True)
    return cleared + element("div", class_="turns")


def latest_html(turns: Sequence[ShownTurn], conversation: int, *, rated: bool = False) -> Markup:
    """Return turns that are new or have changed, for conversation.js.

    Args:
        turns: The turns.
        conversation: How often the reader has started over. The browser drops turns from earlier
            conversations.
        rated: Whether to ask readers if a reply is right.
    """
    rows = [row_of(shown, rated=rated) for shown in turns]
    return element("div", class_="latest", data_turns=rows, data_conversation=conversation)


def row_of(shown: ShownTurn, *, rated: bool = False) -> dict[str, Any]:
    """Return a turn as plain data for conversation.js, see `latest_html`."""
    is_finished = not isinstance(shown.turn.outcome, str)
    return {
        "number": shown.number,
        "asked": shown.asked,
        "html": turn_html(shown.number, shown.turn, rated=rated),
        "announce": _announcement(shown.turn),
        "refused": shown.turn.question if isinstance(shown.turn.outcome, QAError) else None,
        "saved": _saved(shown.turn) if is_finished else None,
    }


def examples_html(examples: Sequence[str], *, open: bool, title: str = "Questions to try") -> Markup:
    """Return example questions as buttons, in an open or closed fold."""
    if not examples:
        return Markup("")
    items = [element("li", button(example, data_ask=example)) for example in examples]
    return element(
        "details",
        element("summary", title),
        element("ul", *items),
        class_="examples",
        open=open,
    )


def turn_html(number: int, turn: Turn, *, rated: bool = False) -> Markup:
    """Return a turn: the question, then the reply, error or progress."""
    outcome = turn.outcome
    if isinstance(outcome, Reply):
        body = reply_html(number, outcome, rated=rated)
    elif isinstance(outcome, QAError):
        body = element("p", str(outcome), class_="notice")
    else:
        body = element("p", outcome, *[element("i", ".")] * 3, class_="progress")
    long = len(turn.question) > LONG_QUESTION
    question = element("h3", turn.question, class_="question", tabindex=0 if long else None)
    if isinstance(outcome, Reply) and outcome.read_as is not None:
        alone = button("as typed", class_="link", data_ask=outcome.question, data_alone=True)
        question += element("p", f"Read as: {outcome.read_as} ", alone, class_="read-as")
    return element("section", question, body, class_="turn", data_turn=number)


def _announcement(turn: Turn) -> str | None:
    """Return the screen reader announcement of a turn; None if it is not finished."""
    reply = turn.outcome
    if not isinstance(reply, Reply):
        return str(reply) if isinstance(reply, QAError) else None
    read_as = "" if reply.read_as is None else f"Read as: {reply.read_as} "
    if reply.answer is not None:
        answer = reply.answer
        words = readable(answer.document, answer.span) if answer.is_sentences else answer.text
        return f"{read_as}{words}. {confidence_words(answer.confidence)}."
    shown = missing(reply)
    if reply.remark is not None:
        return " ".join([reply.remark.text, *(section.text for section in reply.remark.sections)])
    if reply.perhaps is not None:
        shown = f"{reply.perhaps.text}."
    elif reply.passages:
        nearest = reply.passages[0]
        shown = f"{readable(nearest.document, nearest_sentence(nearest))} {shown}"
    return f"{read_as}{without_answer(reply)} {shown}".strip()


def _saved(turn: Turn) -> dict[str, Any]:
    """Return the data that the browser keeps of a turn.

    That is the turn as in the files of `to_markdown` and `to_json`, and the places of its evidence, so that
    another server can find them again.
    """
    _, words = to_markdown([turn]).split("\n", 1)
    reply = turn.outcome
    places = {
        name: [kept_evidence(one) for one in list_of(reply)] if isinstance(reply, Reply) else []
        for name, list_of in TRACKS.items()
    }
    return {
        "markdown": words.rstrip("\n"),
        "json": json.dumps(json.loads(to_json([turn]))[0]),
        "places": places,
    }
