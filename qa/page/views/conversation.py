"""Reply as HTML: the answer with its confidence and source, and what is folded under it."""

from __future__ import annotations

from qa.documents import Document, Span
from qa.page.elements import Markup, button, element
from qa.page.highlight import mark
from qa.page.views.explanation import explanation_html
from qa.page.views.remark import remark_html
from qa.presentation import (
    cell_label,
    confidence_words,
    missing,
    page_label,
    quotation,
    rivals,
    text_link,
    without_answer,
)
from qa.results import Answer, Passage, Reply

_THUMB = Markup(
    '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">'
    '<path d="M3 11h4v10H3zM7 12l4-9c2 0 3 1.5 2.6 3.4L13 10h6c1.4 0 2.3 1.2 2 2.5l-1.6 6.8A2.2 2.2 0 0 1 '
    '17.2 21H7"/></svg>'
)


def reply_html(turn_number: int, reply: Reply, *, rated: bool = False) -> Markup:
    """Return a reply.

    Args:
        turn_number: The turn's number in the conversation, from 0.
        reply: The reply.
        rated: Whether to ask readers if it is right.
    """
    if reply.remark is not None:
        return element("div", remark_html(turn_number, reply), class_="reply")
    if reply.answer is not None:
        body = _answer_html(turn_number, reply.answer) + _rivals_html(turn_number, reply)
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


def _rivals_html(turn_number: int, reply: Reply) -> Markup:
    """Return the candidates that are shown beside the answer or guess, each in its sentence."""
    items = []
    label = "Or: " if reply.answer is None else "Another document: "
    for rival in rivals(reply):
        position = next(position for position, other in _positions(reply) if other == rival)
        sentence = rival.document[rival.sentence]
        quote = mark(sentence, {"answer": rival.span.shift(-rival.sentence.start)})
        words = button(rival.text, class_="link", data_look=_evidence_target(turn_number, position))
        items.append(element("li", label, words, element("blockquote", quote)))
    return element("ul", *items, class_="rivals") if items else Markup("")


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


def nearest_sentence(passage: Passage) -> str:
    """Return the best sentence of a passage, all of it if none is known."""
    return passage.text if passage.best_sentence is None else passage.document[passage.best_sentence]


def _source_html(turn_number: int, document: Document, span: Span) -> Markup:
    label = element("span", "Show in the text: ", class_="unheard")
    cite = element("cite", document.id)
    page = page_label(document, span)
    return button(label, cite, class_="link", data_look=_evidence_target(turn_number, 0)) + (
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
        position = 1 + len(reply.shown.also_at)
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
