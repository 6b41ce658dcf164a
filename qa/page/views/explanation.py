"""Explanation of a reply as HTML: the reasons in words, then in numbers, and the passages read."""

from __future__ import annotations

from collections.abc import Sequence

from qa.page.elements import Markup, button, element
from qa.presentation import page_label
from qa.results import Passage, Reason, Reply

SNIPPET_CHARACTERS = 160
MIN_LOG_ODDS = 0.05
"""Weaker reasons would be shown as 0.0, and are left out."""

STRONG_LOG_ODDS = 0.3
"""Weaker reasons are not put into words."""

MOST_WORDS = 3
"""The number of reasons that are put into words, strongest first."""

KINDS = (
    ("The reader prefers it to no answer", frozenset({"score", "silence"})),
    ("Its lead over different answers", frozenset({"lead"})),
    ("Other places say the same", frozenset({"support"})),
    ("How high the search ranked its passage", frozenset({"vector_rank", "lexical_rank", "relevance_lead"})),
    ("How near its passage is to the question", frozenset({"similarity"})),
)
"""The features of `qa.reader.features` by kind, each kind with its label for readers."""

IN_WORDS = {
    KINDS[0][0]: ("the sentence says it plainly", "it is not clear that the sentence says it"),
    KINDS[1][0]: ("the next best answer is far behind", "another answer is close behind"),
    KINDS[2][0]: ("other places say the same", "no other place says the same"),
    KINDS[3][0]: (
        "it is in the passage that fits the question best",
        "other passages fit the question better",
    ),
    KINDS[4][0]: ("its passage is about what was asked", "its passage is about something else"),
}
"""The words for evidence in favour of an answer and against it, by kind."""

OTHER_KIND = "Other signs"


def explanation_html(turn_number: int, reply: Reply) -> Markup:
    """Return the explanation of a reply; empty if no passage was read.

    Args:
        turn_number: The turn's number in the conversation, from 0.
        reply: The reply.
    """
    if not reply.passages:
        return Markup("")
    words = reasons_words(reply)
    numbers = element(
        "details",
        element("summary", "In numbers"),
        _reasons_html(reply),
        _spans_html(reply),
        _passages_html(turn_number, reply.passages),
        class_="numbers",
    )
    return (element("p", words, class_="in-words") if words else "") + numbers


def reasons_words(reply: Reply) -> str:
    """Return the reasons for and against the best candidate in words; empty if there is no candidate."""
    if reply.best is None:
        return ""
    totals = [(kind, total) for kind, total in weigh(reply.best.reasons) if kind in IN_WORDS]
    strong = [one for one in totals if abs(one[1]) >= STRONG_LOG_ODDS][:MOST_WORDS]
    good = [IN_WORDS[kind][0] for kind, total in strong if total > 0]
    bad = [IN_WORDS[kind][1] for kind, total in strong if total < 0]
    words = "; but ".join(filter(None, ("; ".join(good), "; ".join(bad))))
    words = words if words else "there is no strong evidence either way"
    about = "" if reply.answer is not None else f"Of “{reply.best.text}”: "
    return f"{about}{words if about else words[0].upper() + words[1:]}."


def weigh(reasons: Sequence[Reason]) -> list[tuple[str, float]]:
    """Add up the reasons of each kind. Return kinds with their log-odds, the strongest first."""
    totals: dict[str, float] = {}
    for reason in reasons:
        kind = next((words for words, features in KINDS if reason.feature in features), OTHER_KIND)
        totals[kind] = totals.get(kind, 0.0) + reason.log_odds
    return sorted(totals.items(), key=lambda total: -abs(total[1]))


def _reasons_html(reply: Reply) -> Markup:
    if reply.best is None or not reply.best.reasons:
        return Markup("")
    totals = [(words, total) for words, total in weigh(reply.best.reasons) if abs(total) >= MIN_LOG_ODDS]
    largest = max((abs(total) for _, total in totals), default=1.0)
    items = [
        element(
            "li",
            element("span", words),
            element("span", class_="bar", style=f"--share: {abs(total) / largest:.2f}"),
            element("span", f"{'+' if total >= 0 else '−'}{abs(total):.1f}", class_="number"),
            class_="for" if total >= 0 else "against",
        )
        for words, total in totals
    ]
    about = "" if reply.answer is not None else f" for “{reply.best.text}”"
    note = (
        "In log-odds, against an average candidate: + speaks for it, − against it. Its chance of "
        f"being right: {reply.best.confidence * 100:.0f} in 100."
    )
    return (
        element("h4", "What decided", about)
        + element("ul", *items, class_="reasons")
        + element("p", note, class_="note")
    )


def _spans_html(reply: Reply) -> Markup:
    answers = ([] if reply.shown is None else [reply.shown]) + list(reply.alternatives)
    items = []
    for answer in answers:
        score = f"{answer.score:.1f}".replace("-", "−")
        number = element("span", f"score {score}, chance {answer.confidence:.2f}", class_="number")
        items.append(element("li", element("span", answer.text, class_="words"), number))
    note = "The score is the reader’s, in logits: above 0 it prefers the span to no answer."
    return (
        element("h4", "Best spans")
        + element("ol", *items, class_="spans")
        + element("p", note, class_="note")
    )


def _passages_html(turn_number: int, passages: Sequence[Passage]) -> Markup:
    items = []
    for position, passage in enumerate(passages):
        target = {"turn": turn_number, "track": "passages", "position": position}
        page = page_label(passage.document, passage.span)
        cite = element("cite", passage.document.id, "" if page is None else f", {page}")
        ranks = f"{_rank(passage.vector_rank, 'meaning')}, {_rank(passage.lexical_rank, 'words')}"
        items.append(
            element(
                "li",
                button(cite, class_="link", data_look=target),
                element("span", ranks, class_="number"),
                element("p", _snippet(passage.text), class_="words"),
            )
        )
    return element("h4", "Passages read") + element("ol", *items, class_="passages")


def _snippet(text: str) -> str:
    """Return the beginning of a text on one line, cut between words."""
    line = " ".join(text.split())
    if len(line) <= SNIPPET_CHARACTERS:
        return line
    return f"{line[:SNIPPET_CHARACTERS].rsplit(' ', 1)[0]} …"


def _rank(rank: int | None, ranking: str) -> str:
    return f"by {ranking} not found" if rank is None else f"by {ranking} no. {rank}"
