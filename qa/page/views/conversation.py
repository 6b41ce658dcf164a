"""The conversation as HTML: the answer first, how sure, its sentence, its source; all else folded away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.errors import QAError
from qa.page.highlight import attribute, escape, mark, request
from qa.page.views.explanation import explanation_html
from qa.presentation import Turn, confidence_words, missing, quotation, silence, text_link
from qa.results import Answer, Reply

LONG_QUESTION = 200  # characters from which it may not fit the height that it is given

WELCOME = (
    '<div class="welcome"><h2>What would you like to know?</h2><p>Ask in your own words. The answer is the '
    "text’s own words, marked where they stand. Where the text does not say, you are told so.</p></div>"
)

_THUMB = (
    '<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">'
    '<path d="M3 11h4v10H3zM7 12l4-9c2 0 3 1.5 2.6 3.4L13 10h6c1.4 0 2.3 1.2 2 2.5l-1.6 6.8A2.2 2.2 0 0 1 '
    '17.2 21H7"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Finished(Turn):
    """A turn that will not change, with its HTML: to make that takes long where documents are large."""

    html: str


def finished(number: int, turn: Turn, *, rated: bool = False) -> Finished:
    """The turn of this number with its HTML, for `conversation_html`."""
    return Finished(turn.question, turn.outcome, _turn_html(number, turn, rated))


def conversation_html(turns: Sequence[Turn], *, rated: bool = False) -> str:
    """What was asked, oldest first; a word of welcome where that is nothing.

    With `rated`, readers are asked whether a reply is right.
    """
    if not turns:
        return WELCOME
    return "".join(
        turn.html if isinstance(turn, Finished) else _turn_html(number, turn, rated)
        for number, turn in enumerate(turns)
    )


def examples_html(examples: Sequence[str], *, open: bool) -> str:
    """Questions to try, each a button."""
    if not examples:
        return ""
    buttons = "".join(
        f'<li><button type="button" data-ask="{attribute(example)}">{escape(example)}</button></li>'
        for example in examples
    )
    return (
        f'<details class="examples"{" open" if open else ""}><summary>Questions to try</summary>'
        f"<ul>{buttons}</ul></details>"
    )


def _turn_html(number: int, turn: Turn, rated: bool) -> str:
    outcome = turn.outcome
    if isinstance(outcome, Reply):
        said, shown = _announcement(outcome), _reply_html(number, outcome, rated)
    elif isinstance(outcome, QAError):
        said, shown = str(outcome), f'<p class="notice">{escape(str(outcome))}</p>'
    else:
        said, shown = "", f'<p class="reading">{escape(outcome)}<i>.</i><i>.</i><i>.</i></p>'
    # A long question scrolls, so the keyboard must reach it.
    reach = ' tabindex="0"' if len(turn.question) > LONG_QUESTION else ""
    finished = f' data-announce="{attribute(said)}"' if said else ""
    question = f'<h3 class="question"{reach}>{escape(turn.question)}</h3>'
    if isinstance(outcome, Reply) and outcome.read_as is not None:
        question += f'<p class="read-as">Read as: {escape(outcome.read_as)}</p>'
    return f'<section class="turn"{finished}>{question}{shown}</section>'


def _announcement(reply: Reply) -> str:
    """What a screen reader says of a finished reply."""
    read_as = "" if reply.read_as is None else f"Read as: {reply.read_as} "
    if reply.answer is None:
        return f"{read_as}{silence(reply)} {missing(reply)}".strip()
    return f"{read_as}{reply.answer.text}. {confidence_words(reply.answer.confidence)}."


def _reply_html(number: int, reply: Reply, rated: bool) -> str:
    rating = _rating_html(number, silent=reply.answer is None) if rated else ""
    if reply.answer is not None:
        body, title, why = _answer_html(number, reply.answer), "Other candidates", "Why this answer"
    else:
        body, title, why = _silence_html(number, reply), "Candidates that were turned down", "Why no answer"
    return (
        f'<div class="reply">{body}<div class="folds">{_others_html(number, reply, title)}'
        f"{explanation_html(number, reply, why)}</div>{rating}</div>"
    )


def _answer_html(number: int, answer: Answer) -> str:
    sentence, span = answer.sentence, answer.span
    quote = mark(answer.document[sentence], {"answer": span.shift(-sentence.start)})
    also = ""
    if answer.also_at:
        places = "1 other place" if len(answer.also_at) == 1 else f"{len(answer.also_at)} other places"
        look = request(turn=number, track="evidence", number=1)
        also = f'<button type="button" class="link" data-look="{look}">also in {places}</button>'
    link = text_link(answer.document, sentence)
    copies = [("Copy quotation", quotation(answer)), *([("Copy link to it", link)] if link else [])]
    return (
        f'<p class="said">{escape(answer.text)}</p>{_confidence_html(answer.confidence)}'
        f"<blockquote>{quote}</blockquote>"
        f'<p class="from">{_source_html(number, 0, answer.document.id, answer.page)}{also}</p>'
        f'<p class="copies">{"".join(_copy_html(*copy) for copy in copies)}</p>'
    )


def _silence_html(number: int, reply: Reply) -> str:
    words = missing(reply)
    nowhere = f'<p class="missing">{escape(words)}</p>' if words else ""
    said = f'<p class="said silent">{silence(reply)}</p>{nowhere}'
    if not reply.passages:
        return said
    closest = reply.passages[0]
    page = closest.document.page(closest.span.start)
    return (
        f'{said}<p class="label">Closest passage, not an answer</p><blockquote class="closest">'
        f'{mark(closest.excerpt, {})}</blockquote><p class="from">'
        f"{_source_html(number, 0, closest.document.id, page)}</p>"
    )


def _source_html(number: int, place: int, name: str, page: int | None) -> str:
    look = request(turn=number, track="evidence", number=place)
    where = "" if page is None else f'<span class="pages">page {page:,}</span>'
    return (
        f'<button type="button" class="link" data-look="{look}"><span class="unheard">Show in the text: '
        f"</span><cite>{escape(name)}</cite></button>{where}"
    )


def _copy_html(words: str, text: str) -> str:
    return f'<button type="button" class="quiet" data-copy="{attribute(text)}">{words}</button>'


def _others_html(number: int, reply: Reply, title: str) -> str:
    if not reply.alternatives:
        return ""
    place = 1 + (0 if reply.answer is None else len(reply.answer.also_at))
    if reply.answer is None and not reply.passages:
        place = 0
    items = []
    for other in reply.alternatives:
        look = request(turn=number, track="evidence", number=place)
        items.append(
            f'<li><button type="button" class="link" data-look="{look}">{escape(other.text)}</button>'
            f"{_confidence_html(other.confidence)}</li>"
        )
        place += 1 + len(other.also_at)
    heading = f"<summary>{title} ({len(items)})</summary>"
    return f'<details class="others">{heading}<ol>{"".join(items)}</ol></details>'


def _confidence_html(confidence: float) -> str:
    words = confidence_words(confidence)
    strength = words.lower().replace(" ", "-")
    meaning = f"Confidence {confidence:.2f}: of such answers, about {confidence * 100:.0f} in 100 are right."
    return (
        f'<details class="confidence {strength}"><summary title="{meaning}">{words}</summary>'
        f"<p>{meaning}</p></details>"
    )


def _rating_html(number: int, *, silent: bool) -> str:
    verdicts = [
        ("right", "thumb", "Right" if not silent else "Right, it does not say", _THUMB),
        ("wrong", "thumb down", "Wrong" if not silent else "Wrong, it does say", _THUMB),
    ]
    if not silent:
        verdicts += [
            ("wrong place", "quiet", "", "Wrong place"),
            ("should not know", "quiet", "", "Should have said it does not know"),
        ]
    buttons = []
    for verdict, kind, label, shown in verdicts:
        name = f' aria-label="{label}" title="{label}"' if label else ""
        buttons.append(
            f'<button type="button" class="{kind}"{name} aria-pressed="false" data-turn="{number}" '
            f'data-verdict="{verdict}">{shown}</button>'
        )
    return f'<div class="rating" role="group" aria-label="Is this right?">{"".join(buttons)}</div>'
