"""A turn of a conversation: the user's input is interpreted, and answered or remarked on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.answering import Answerer, checked_question
from qa.dialogue import (
    Exchange,
    Intent,
    document_asked_about,
    heading_request,
    intent,
    is_bare,
    names_topic,
    remark,
    section_request,
    several,
    stand_alone,
    with_apostrophes,
    without_light,
)
from qa.results import Remark, Reply, Retrieved
from qa.settings import DEFAULTS
from qa.turns.named_document import named_document
from qa.turns.remark_reply import remark_reply
from qa.turns.section import sections


def turn(
    typed: str,
    answerer: Answerer,
    history: Sequence[Reply | Exchange] = (),
    *,
    top_k: int = DEFAULTS.top_k,
    min_confidence: float = DEFAULTS.min_confidence,
) -> Iterator[Retrieved | Reply]:
    """Reply to the user's input, and report progress.

    Args:
        typed: The input: a question, several questions, or anything else.
        answerer: Answers standalone questions.
        history: The earlier turns, oldest first.
        top_k: The number of passages to read, at least 1.
        min_confidence: The least confidence of an answer, 0 to 1.

    Yields:
        What was retrieved for the first question, unless the input is not a question; then the reply.

    Raises:
        QuestionError: the question is empty or too long.
    """
    first, *others = several(checked_question(typed))
    before = [exchange for one in history for exchange in _exchanges(one)]
    if is_bare(first) and history and _is_other_remark(history[-1]):
        before = []
    reply = None
    for step in _one_question(first, answerer, before, top_k, min_confidence):
        if isinstance(step, Reply):
            reply = step
        else:
            yield step
    assert reply is not None  # it is the last step
    for other in others:
        known = [*before, *_exchanges(reply)]
        *_, step = _one_question(other, answerer, known, top_k, min_confidence)
        assert isinstance(step, Reply)
        reply = replace(reply, more=(*reply.more, step))
    yield reply


def _one_question(
    typed: str, answerer: Answerer, before: Sequence[Exchange], top_k: int, min_confidence: float
) -> Iterator[Retrieved | Reply]:
    """Yield what was retrieved, if the input is a question about the documents, and then the reply."""
    asked = with_apostrophes(typed)
    wanted = intent(asked)
    meant = stand_alone(asked, before[-DEFAULTS.remembered_turns :])
    if len(meant) > DEFAULTS.max_question_characters:  # the user did not type that much
        meant = asked
    if wanted.kind == "help" and meant != asked:  # "How does it work?", about something
        wanted = Intent("question", typed)
    name = document_asked_about(asked) if wanted.kind in {"question", "keywords", "task"} else ""
    document = named_document(name, answerer.retriever) if name else None
    if document is not None:
        wanted = Intent("guide", typed, document.id)
        yield remark_reply(typed, wanted, answerer.retriever, document=document)
        return
    if wanted.kind not in {"question", "keywords"}:
        yield remark_reply(typed, wanted, answerer.retriever, top_k)
        return
    if meant == asked and is_bare(asked):
        yield remark_reply(typed, Intent("unclear", typed), answerer.retriever)
        return
    section = section_request(meant)
    found = () if section is None else sections(section, answerer)
    shown = None if found else heading_request(meant)
    if shown is not None:
        found = sections(shown, answerer)
        meant = f"Show me the section on {shown.title}" if found else meant
    if found:
        said = Remark("section", remark(Intent("section", meant)), sections=found)
        yield Reply(typed, None, (), (), remark=said, read_as=None if meant == typed else meant)
        return
    yield replace(answerer.retrieve(meant, top_k), question=typed)
    reply = answerer.reply(meant, top_k, min_confidence)
    if meant != typed:
        reply = replace(reply, question=typed, read_as=meant if reply.read_as is None else reply.read_as)
    if names_topic(asked) and reply.outcome == "not_found" and _has_words(reply):
        reply = replace(reply, remark=Remark("keywords", remark(Intent("keywords", meant, "topic"))))
    elif meant == typed and wanted.kind == "keywords" and reply.outcome == "not_found" and reply.passages:
        reply = replace(reply, remark=Remark(wanted.kind, remark(wanted)))
    yield reply


def _has_words(reply: Reply) -> bool:
    """Whether passages were found, and no word of the question but light ones is missing in the documents."""
    return bool(reply.passages) and not without_light(reply.missing_words)


def _is_other_remark(turn: Reply | Exchange) -> bool:
    """Whether a turn was a remark that "Why?" would refer to, which it does not after "Thanks!"."""
    if isinstance(turn, Exchange) or turn.remark is None:
        return False
    return turn.exchange is None and turn.remark.kind not in {"greeting", "thanks"}


def _exchanges(turn: Reply | Exchange) -> list[Exchange]:
    """Return the exchanges of a turn, which complete follow-ups; none if it was not about the documents."""
    if isinstance(turn, Exchange):
        return [turn]
    return [one.exchange for one in (turn, *turn.more) if one.exchange is not None]
