"""Row under a reply: its source and its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.page.elements import Markup, button, element
from qa.page.views.icons import icon


@dataclass(frozen=True, slots=True)
class Fold:
    """Content below the row, which a button of the row opens.

    Attributes:
        name: Its name in the page, and the name of its icon.
        label: The label of the button.
        content: The content.
    """

    name: str
    label: str
    content: Markup


def row_html(
    turn_number: int,
    source: Markup,
    *,
    copies: Sequence[tuple[str, str, str]] = (),
    folds: Sequence[Fold] = (),
    silent: bool = False,
    rated: bool = False,
) -> Markup:
    """Return the row, and the folds that its buttons open.

    Args:
        turn_number: The number of the turn in the conversation, from 0.
        source: The source of the reply, as HTML.
        copies: The texts that can be copied, each as icon, button label and text.
        folds: The folds that can be opened.
        silent: Whether the reply has no answer.
        rated: Whether to ask if the reply is right.
    """
    buttons = [
        button(icon(name), class_="icon-button", aria_label=label, title=label, data_copy=text)
        for name, label, text in copies
    ]
    buttons += [
        button(
            icon(fold.name),
            class_="icon-button",
            aria_label=fold.label,
            title=fold.label,
            aria_expanded="false",
            aria_controls=_id(turn_number, fold),
            data_fold=_id(turn_number, fold),
        )
        for fold in folds
    ]
    opened = [
        element("div", fold.content, class_=f"fold {fold.name}", id=_id(turn_number, fold), hidden=True)
        for fold in folds
    ]
    thumbs = _thumbs_html(turn_number, silent=silent) if rated else Markup("")
    more = _more_verdicts_html(turn_number) if rated and not silent else Markup("")
    actions = element("div", *buttons, thumbs, class_="actions")
    return element("div", source, actions, class_="row") + more + Markup("").join(opened)


def _id(turn_number: int, fold: Fold) -> str:
    return f"turn-{turn_number}-{fold.name}"


def _verdict_html(turn_number: int, verdict: str, content: str, **attributes: str) -> Markup:
    target = {"turn": turn_number, "verdict": verdict}
    return button(content, aria_pressed="false", data_rate=target, **attributes)


def _thumbs_html(turn_number: int, *, silent: bool) -> Markup:
    right = "Right, there is no answer" if silent else "Right"
    wrong = "Wrong, there is an answer" if silent else "Wrong"
    return element(
        "span",
        _verdict_html(
            turn_number, "right", icon("thumb"), class_="icon-button", aria_label=right, title=right
        ),
        _verdict_html(
            turn_number, "wrong", icon("thumb"), class_="icon-button down", aria_label=wrong, title=wrong
        ),
        class_="rating",
        role="group",
        aria_label="Is this right?",
    )


def _more_verdicts_html(turn_number: int) -> Markup:
    """Return the follow-up question for a reply that was rated wrong; conversation.js then shows it."""
    return element(
        "p",
        "What is wrong? ",
        _verdict_html(turn_number, "wrong place", "The place", class_="quiet"),
        _verdict_html(turn_number, "should not know", "It should not have answered", class_="quiet"),
        class_="more-verdicts",
        hidden=True,
    )
