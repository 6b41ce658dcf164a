"""Reply as HTML: the answer with its confidence and source, and the folds under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qa.documents import Document, Span
from qa.page.elements import Markup, button, element
from qa.page.highlight import Highlighter, mark
from qa.page.views.actions import Fold, row_html
from qa.page.views.explanation import explanation_html
from qa.page.views.remark import remark_html
from qa.presentation import (
    DIFFER,
    cell_label,
    confidence_words,
    dated_place,
    is_numbered,
    is_whole_sentence,
    missing,
    page_label,
    quotation,
    rivals,
    row_cells,
    text_link,
    tie,
    without_answer,
)
from qa.results import Answer, Passage, Reply


def reply_html(turn_number: int, reply: Reply, *, rated: bool = False) -> Markup:
    """Return a reply.

    Args:
        turn_number: The turn's number in the conversation, from 0.
        reply: The reply.
        rated: Whether to ask readers if the reply is right.
    """
    if reply.remark is not None:
        return element("div", remark_html(turn_number, reply), class_="reply remark")
    if reply.answer is not None:
        body = _answer_html(turn_number, reply.answer)
        body += _disagreement_html(turn_number, reply) + _tie_html(turn_number, reply)
        return _card_html("answered", body, turn_number, reply, rated=rated)
    if reply.perhaps is not None:
        body = element("p", without_answer(reply), class_="lead") + _answer_html(turn_number, reply.perhaps)
        return _card_html("guess", body + _rivals_html(turn_number, reply), turn_number, reply, rated=rated)
    return _card_html("nothing", _not_found_html(reply), turn_number, reply, rated=rated)


def _card_html(kind: str, body: Markup, turn_number: int, reply: Reply, *, rated: bool) -> Markup:
    """Return a reply with the row under it."""
    shown, source, copies = reply.shown, Markup(""), []
    if shown is not None and shown.evidence:
        copies.append(("copy", "Copy quotations", "\n".join(map(quotation, shown.evidence))))
    elif shown is not None:
        source = _source_html(turn_number, shown.document, shown.span, section=shown.section)
        source += _also_html(turn_number, shown)
        copies.append(("copy", "Copy quotation", quotation(shown)))
        link = text_link(shown.document, shown.sentence)
        if link is not None:
            copies.append(("link", "Copy link to it", link))
    elif reply.passages:
        source = _source_html(turn_number, reply.passages[0].document, reply.passages[0].span)
    folds = []
    if reply.alternatives:
        title = f"{'Rejected' if shown is None else 'Other'} candidates ({len(reply.alternatives)})"
        folds.append(Fold("others", title, _others_html(turn_number, reply, title)))
    why = explanation_html(turn_number, reply)
    if why:
        folds.append(Fold("why", "Why no answer" if reply.answer is None else "Why this answer", why))
    row = row_html(
        turn_number,
        element("p", source, class_="from"),
        copies=copies,
        folds=folds,
        silent=shown is None,
        rated=rated,
    )
    return element("div", body, row, class_=f"reply {kind}")


def _answer_html(turn_number: int, answer: Answer) -> Markup:
    if answer.evidence:
        return _sentences_html(turn_number, answer)
    words = [answer.document[item] for item in answer.items]
    items = element("ul", *(element("li", item) for item in words), class_="answer-text")
    return (
        (items if words else element("p", answer.text, class_="answer-text"))
        + _confidence_html(answer.confidence)
        + (_around(answer) if words else _in_sentence(answer))
    )


def _sentences_html(turn_number: int, answer: Answer) -> Markup:
    """Return the sentences of an answer, numbered or not, after its short answer if it has one."""
    headline = Markup("") if answer.is_sentences else element("p", answer.text, class_="answer-text")
    items = []
    for position, one in enumerate(answer.evidence, start=1 + len(answer.also_at)):
        quote = _quote_html(one.document, one.sentence, {"answer": one.span})
        source = _source_html(turn_number, one.document, one.sentence, position)
        items.append(element("li", element("blockquote", quote), element("p", source, class_="from")))
    tag = "ol" if is_numbered(answer) else "ul"
    return headline + element(tag, *items, class_="evidence") + _confidence_html(answer.confidence)


def _also_html(turn_number: int, answer: Answer) -> Markup:
    """Return a button that opens the other places of an answer, if there are any."""
    if not answer.also_at:
        return Markup("")
    places = "1 other place" if len(answer.also_at) == 1 else f"{len(answer.also_at)} other places"
    return button(f"also in {places}", class_="link", data_look=_evidence_target(turn_number, 1))


def _rivals_html(turn_number: int, reply: Reply) -> Markup:
    """Return the candidates that are shown with a guess, each in its sentence."""
    return _list_html("Or: " + _look_html(turn_number, reply, one) + _around(one) for one in rivals(reply))


def _disagreement_html(turn_number: int, reply: Reply) -> Markup:
    """Return the different answers of the documents, side by side; empty if they do not differ."""
    items = []
    for one in reply.disagreement:
        quote = Markup("") if one == reply.answer else _around(one)
        items.append(_look_html(turn_number, reply, one) + f" {dated_place(one)}" + quote)
    return element("p", DIFFER) + _list_html(items) if items else Markup("")


def _tie_html(turn_number: int, reply: Reply) -> Markup:
    """Return the alternative that is nearly as likely, in its sentence; empty if there is none."""
    tied = tie(reply)
    if tied is None or tied in reply.disagreement:
        return Markup("")
    return _list_html(["Or, nearly as likely: " + _look_html(turn_number, reply, tied) + _around(tied)])


def _list_html(items: Iterable[Markup]) -> Markup:
    found = [element("li", item) for item in items]
    return element("ul", *found, class_="rivals") if found else Markup("")


def _look_html(turn_number: int, reply: Reply, answer: Answer) -> Markup:
    """Return the answer or an alternative as a button that opens its place."""
    position = next((position for position, other in _positions(reply) if other == answer), 0)
    return button(answer.text, class_="link", data_look=_evidence_target(turn_number, position))


def _in_sentence(answer: Answer) -> Markup:
    """Return the answer in its sentence; for a table, the cell after its headings."""
    label = cell_label(answer)
    if label:
        quote = element("p", f"{label}: ", element("mark", answer.text, class_="answer"))
    else:
        quote = _quote_html(answer.document, answer.sentence, {"answer": answer.span})
    return element("blockquote", quote)


def _quote_html(document: Document, quoted: Span, marks: Mapping[str, Span]) -> Markup:
    """Return a quotation; for a table row, its cells, each after the heading of its column."""
    text, inside = document[quoted], {name: span.shift(-quoted.start) for name, span in marks.items()}
    cells = row_cells(document, quoted)
    if not cells:
        return mark(text, inside)
    highlighter, pairs = Highlighter(text, inside), []
    for heading, span in cells:
        words = element("dd", highlighter.inline(span.shift(-quoted.start)))
        pairs.append(element("div", element("dt", heading) if heading else "", words))
    return element("dl", *pairs)


def _around(answer: Answer) -> Markup:
    """Return the answer in its sentence, unless it is the whole sentence."""
    return Markup("") if is_whole_sentence(answer) else _in_sentence(answer)


def _not_found_html(reply: Reply) -> Markup:
    body = element("p", without_answer(reply), class_="lead silent")
    if not reply.passages:
        return body
    nearest = reply.passages[0]
    body += element(
        "blockquote", _quote_html(nearest.document, nearest_sentence(nearest), {}), class_="nearest"
    )
    advice = missing(reply)
    return body + (element("p", advice, class_="missing") if advice else "")


def nearest_sentence(passage: Passage) -> Span:
    """Return the span of the best sentence of a passage, or of all of it if none is known."""
    return passage.span if passage.best_sentence is None else passage.best_sentence


def _source_html(
    turn_number: int, document: Document, span: Span, position: int = 0, *, section: Sequence[str] = ()
) -> Markup:
    """Return a button with the document's name that opens the place, then its page or else its section."""
    label = element("span", "Show in the text: ", class_="unheard")
    cite = element("cite", document.id)
    place = page_label(document, span)
    if place is None and section and section[-1] != document.title:
        place = section[-1]
    return button(label, cite, class_="link", data_look=_evidence_target(turn_number, position)) + (
        "" if place is None else element("span", place, class_="place")
    )


def _evidence_target(turn_number: int, position: int) -> dict[str, str | int]:
    """Return the event data that opens the evidence at a position in the document panel."""
    return {"turn": turn_number, "track": "evidence", "position": position}


def _others_html(turn_number: int, reply: Reply, title: str) -> Markup:
    items = []
    for position, other in _positions(reply):
        link = button(other.text, class_="link", data_look=_evidence_target(turn_number, position))
        items.append(element("li", link, _confidence_html(other.confidence)))
    return element("h4", title) + element("ol", *items)


def _positions(reply: Reply) -> list[tuple[int, Answer]]:
    """Return the alternatives with their positions in the evidence.

    In the evidence, they follow the nearest passage, or the answer or guess and its other places.
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
