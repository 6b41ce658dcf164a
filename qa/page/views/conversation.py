"""Conversation as HTML: questions, answers with confidence and source, what is folded under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.documents import Document, Span
from qa.errors import QAError
from qa.page.elements import Markup, button, element
from qa.page.highlight import mark
from qa.page.views.explanation import explanation_html
from qa.page.views.remark import remark_html
from qa.presentation import (
    DIFFER,
    Turn,
    cell_label,
    confidence_words,
    dated_place,
    missing,
    page_label,
    quotation,
    rivals,
    text_link,
    without_answer,
)
from qa.results import Answer, Passage, Reply

LONG_QUESTION = 200
"""A question of more characters may not fit its box and can be scrolled with the keyboard."""

WELCOME = element(
    "div",
    element("h2", "What would you like to know?"),
    element(
        "p",
        "Ask in your own words. The answer is the text’s own words, marked where they stand. Where I find "
        "none, I say so and show the nearest passage.",
    ),
    class_="welcome",
)

_THUMB = Markup(
    '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">'
    '<path d="M3 11h4v10H3zM7 12l4-9c2 0 3 1.5 2.6 3.4L13 10h6c1.4 0 2.3 1.2 2 2.5l-1.6 6.8A2.2 2.2 0 0 1 '
    '17.2 21H7"/></svg>'
)


@dataclass(frozen=True, slots=True)
class FinishedTurn(Turn):
    """A turn that will not change, with its HTML, which takes long to make if documents are large."""

    html: Markup


def finished_turn(turn_number: int, turn: Turn, *, rated: bool = False) -> FinishedTurn:
    """Return a turn with its HTML.

    Args:
        turn_number: Its number in the conversation, from 0.
        turn: The turn.
        rated: As in `conversation_html`.
    """
    return FinishedTurn(turn.question, turn.outcome, _turn_html(turn_number, turn, rated))


def conversation_html(turns: Sequence[Turn], *, rated: bool = False) -> Markup:
    """Return the whole conversation.

    Args:
        turns: The turns, oldest first. If there are none, a welcome is shown.
        rated: Whether to ask readers if a reply is right.
    """
    if not turns:
        return WELCOME
    return Markup("").join(
        turn.html if isinstance(turn, FinishedTurn) else _turn_html(turn_number, turn, rated)
        for turn_number, turn in enumerate(turns)
    )


def examples_html(examples: Sequence[str], *, open: bool) -> Markup:
    """Return example questions as buttons, in a fold that is open or not."""
    if not examples:
        return Markup("")
    items = [element("li", button(example, data_ask=example)) for example in examples]
    return element(
        "details",
        element("summary", "Questions to try"),
        element("ul", *items),
        class_="examples",
        open=open,
    )


def _turn_html(turn_number: int, turn: Turn, rated: bool) -> Markup:
    outcome = turn.outcome
    announcement: str | None = None
    refused = isinstance(outcome, QAError)
    if isinstance(outcome, Reply):
        announcement, body = _announcement(outcome), _reply_html(turn_number, outcome, rated)
    elif isinstance(outcome, QAError):
        announcement, body = str(outcome), element("p", str(outcome), class_="notice")
    else:
        body = element("p", outcome, *[element("i", ".")] * 3, class_="progress")
    long = len(turn.question) > LONG_QUESTION
    question = element("h3", turn.question, class_="question", tabindex=0 if long else None)
    if isinstance(outcome, Reply) and outcome.read_as is not None:
        alone = button("as typed", class_="link", data_ask=outcome.question, data_alone=True)
        question += element("p", f"Read as: {outcome.read_as} ", alone, class_="read-as")
    return element("section", question, body, class_="turn", data_announce=announcement, data_refused=refused)


def _announcement(reply: Reply) -> str:
    """Return what a screen reader says when the reply is there."""
    read_as = "" if reply.read_as is None else f"Read as: {reply.read_as} "
    if reply.answer is not None:
        return f"{read_as}{reply.answer.text}. {confidence_words(reply.answer.confidence)}."
    shown = missing(reply)
    if reply.remark is not None:
        return reply.remark.text
    if reply.perhaps is not None:
        shown = f"{reply.perhaps.text}."
    elif reply.passages:
        shown = f"{_nearest_sentence(reply.passages[0])} {shown}"
    return f"{read_as}{without_answer(reply)} {shown}".strip()


def _reply_html(turn_number: int, reply: Reply, rated: bool) -> Markup:
    if reply.remark is not None:
        return element("div", remark_html(turn_number, reply), class_="reply")
    if reply.answer is not None:
        body = _answer_html(turn_number, reply.answer) + _disagreement_html(turn_number, reply)
        others_title, why_title = "Other candidates", "Why this answer"
    elif reply.perhaps is not None:
        body = element("p", without_answer(reply), class_="lead") + _answer_html(turn_number, reply.perhaps)
        body += _rivals_html(turn_number, reply)
        others_title, why_title = "Other candidates", "Why no answer"
    else:
        body = _not_found_html(turn_number, reply)
        others_title, why_title = "Rejected candidates", "Why no answer"
    folds = element(
        "div",
        _others_html(turn_number, reply, others_title),
        explanation_html(turn_number, reply, why_title),
        class_="folds",
    )
    rating = _rating_html(turn_number, silent=reply.shown is None) if rated else ""
    return element("div", body, folds, rating, class_="reply")


def _answer_html(turn_number: int, answer: Answer) -> Markup:
    if answer.evidence:
        return _sentences_html(turn_number, answer)
    sentence, span = answer.sentence, answer.span
    label = cell_label(answer)
    if label:
        quote = element("p", f"{label}: ", element("mark", answer.text, class_="answer"))
    else:
        quote = mark(answer.document[sentence], {"answer": span.shift(-sentence.start)})
    words = [answer.document[item] for item in answer.items]
    items = element("ul", *(element("li", item) for item in words), class_="answer-text")
    also = Markup("")
    if answer.also_at:
        places = "1 other place" if len(answer.also_at) == 1 else f"{len(answer.also_at)} other places"
        also = button(f"also in {places}", class_="link", data_look=_evidence_target(turn_number, 1))
    copies = [_copy_html("Copy quotation", quotation(answer))]
    link = text_link(answer.document, sentence)
    if link is not None:
        copies.append(_copy_html("Copy link to it", link))
    return (
        (items if words else element("p", answer.text, class_="answer-text"))
        + _confidence_html(answer.confidence)
        + element("blockquote", quote)
        + element("p", _source_html(turn_number, answer.document, span), also, class_="from")
        + element("p", *copies, class_="copies")
    )


def _sentences_html(turn_number: int, answer: Answer) -> Markup:
    """Return the sentences of an answer, numbered, after its words if it has some."""
    headline = Markup("") if answer.is_sentences else element("p", answer.text, class_="answer-text")
    items = []
    for position, one in enumerate(answer.evidence, start=1 + len(answer.also_at)):
        start = one.sentence.start
        quote = mark(one.document[one.sentence], {"answer": one.span.shift(-start)})
        source = _source_html(turn_number, one.document, one.sentence, position)
        items.append(element("li", element("blockquote", quote), element("p", source, class_="from")))
    quotations = "\n".join(map(quotation, answer.evidence))
    return (
        headline
        + element("ol", *items, class_="evidence")
        + _confidence_html(answer.confidence)
        + element("p", _copy_html("Copy quotations", quotations), class_="copies")
    )


def _rivals_html(turn_number: int, reply: Reply) -> Markup:
    """Return the candidates that are shown beside the guess, each in its sentence."""
    items = [
        element("li", "Or: ", _look_html(turn_number, reply, rival), _in_sentence(rival))
        for rival in rivals(reply)
    ]
    return element("ul", *items, class_="rivals") if items else Markup("")


def _disagreement_html(turn_number: int, reply: Reply) -> Markup:
    """Return what the documents say where they differ, side by side; nothing if they do not."""
    items = []
    for one in reply.disagreement:
        quote = "" if one == reply.answer else _in_sentence(one)
        items.append(element("li", _look_html(turn_number, reply, one), f" {dated_place(one)}", quote))
    return element("p", DIFFER) + element("ul", *items, class_="rivals") if items else Markup("")


def _look_html(turn_number: int, reply: Reply, answer: Answer) -> Markup:
    """Return the words of the answer or an alternative as a button that opens its place."""
    position = next((position for position, other in _positions(reply) if other == answer), 0)
    return button(answer.text, class_="link", data_look=_evidence_target(turn_number, position))


def _in_sentence(answer: Answer) -> Markup:
    sentence = answer.document[answer.sentence]
    return element("blockquote", mark(sentence, {"answer": answer.span.shift(-answer.sentence.start)}))


def _not_found_html(turn_number: int, reply: Reply) -> Markup:
    body = element("p", without_answer(reply), class_="lead silent")
    if not reply.passages:
        return body
    nearest = reply.passages[0]
    start = nearest.span.start
    marks = {} if nearest.best_sentence is None else {"sentence": nearest.best_sentence.shift(-start)}
    body += element("blockquote", mark(nearest.text, marks), class_="nearest")
    body += element("p", _source_html(turn_number, nearest.document, nearest.span), class_="from")
    advice = missing(reply)
    return body + (element("p", advice, class_="missing") if advice else "")


def _nearest_sentence(passage: Passage) -> str:
    return passage.text if passage.best_sentence is None else passage.document[passage.best_sentence]


def _source_html(turn_number: int, document: Document, span: Span, position: int = 0) -> Markup:
    label = element("span", "Show in the text: ", class_="unheard")
    cite = element("cite", document.id)
    page = page_label(document, span)
    return button(label, cite, class_="link", data_look=_evidence_target(turn_number, position)) + (
        "" if page is None else element("span", page, class_="pages")
    )


def _evidence_target(turn_number: int, position: int) -> dict[str, str | int]:
    """Return what a button sends to open the evidence at a position in the document panel."""
    return {"turn": turn_number, "track": "evidence", "position": position}


def _copy_html(label: str, text: str) -> Markup:
    return button(label, class_="quiet", data_copy=text)


def _others_html(turn_number: int, reply: Reply, title: str) -> Markup:
    if not reply.alternatives:
        return Markup("")
    items = []
    for position, other in _positions(reply):
        link = button(other.text, class_="link", data_look=_evidence_target(turn_number, position))
        items.append(element("li", link, _confidence_html(other.confidence)))
    summary = element("summary", f"{title} ({len(items)})")
    return element("details", summary, element("ol", *items), class_="others")


def _positions(reply: Reply) -> list[tuple[int, Answer]]:
    """Return the alternatives with their positions in the evidence.

    They follow the nearest passage, or the answer or guess and its other places.
    """
    position = 1 if reply.passages else 0
    if reply.shown is not None:
        position = 1 + len(reply.shown.also_at) + len(reply.shown.evidence)
    found = []
    for other in reply.alternatives:
        found.append((position, other))
        position += 1 + len(other.also_at)
    return found


def _confidence_html(confidence: float) -> Markup:
    words = confidence_words(confidence)
    level = words.lower().replace(" ", "-")
    meaning = f"Confidence {confidence:.2f}: of such answers, about {confidence * 100:.0f} in 100 are right."
    return element(
        "details",
        element("summary", words, title=meaning),
        element("p", meaning),
        class_=f"confidence {level}",
    )


def _rating_html(turn_number: int, *, silent: bool) -> Markup:
    def verdict_button(verdict: str, content: str, **attributes: str) -> Markup:
        target = {"turn": turn_number, "verdict": verdict}
        return button(content, aria_pressed="false", data_rate=target, **attributes)

    right = "Right, there is no answer" if silent else "Right"
    wrong = "Wrong, there is an answer" if silent else "Wrong"
    buttons = [
        verdict_button("right", _THUMB, class_="thumb", aria_label=right, title=right),
        verdict_button("wrong", _THUMB, class_="thumb down", aria_label=wrong, title=wrong),
    ]
    if not silent:
        buttons += [
            verdict_button("wrong place", "Wrong place", class_="quiet"),
            verdict_button("should not know", "Should have said it does not know", class_="quiet"),
        ]
    return element("div", *buttons, class_="rating", role="group", aria_label="Is this right?")
