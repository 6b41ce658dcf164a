"""Why a reply is what it is, as HTML: what was read, what was found in it, and what decided."""

from __future__ import annotations

from collections.abc import Sequence

from qa.page.highlight import escape, request
from qa.results import Passage, Reason, Reply

SNIPPET_CHARACTERS = 160
NOTICED = 0.05  # log-odds; what weighs less would be shown as 0.0

#: What a reader is told of the features of `qa.reader.calibration`, those of one kind together.
KINDS = (
    ("The reader prefers it to silence", frozenset({"score", "silence"})),
    ("Its lead over different answers", frozenset({"lead"})),
    ("Other places say the same", frozenset({"support"})),
    ("How high the search ranked its passage", frozenset({"vector_rank", "lexical_rank", "relevance_lead"})),
    ("How near its passage is to the question", frozenset({"similarity"})),
)
OTHER_KIND = "Other signs"


def explanation_html(number: int, reply: Reply, title: str) -> str:
    """What is folded under a reply, the turn of this number; nothing where nothing was read."""
    if not reply.passages:
        return ""
    return (
        f'<details class="why"><summary>{title}</summary>{_reasons_html(reply)}{_spans_html(reply)}'
        f"{_passages_html(number, reply.passages)}</details>"
    )


def weigh(reasons: Sequence[Reason]) -> list[tuple[str, float]]:
    """Kinds of reasons with what they add together, in log-odds, the weightiest first."""
    totals: dict[str, float] = {}
    for reason in reasons:
        kind = next((words for words, names in KINDS if reason.feature in names), OTHER_KIND)
        totals[kind] = totals.get(kind, 0.0) + reason.log_odds
    return sorted(totals.items(), key=lambda total: -abs(total[1]))


def _reasons_html(reply: Reply) -> str:
    if reply.best is None or not reply.best.reasons:
        return ""
    totals = [(words, total) for words, total in weigh(reply.best.reasons) if abs(total) >= NOTICED]
    longest = max((abs(total) for _, total in totals), default=1.0)
    items = "".join(
        f'<li class="{"for" if total >= 0 else "against"}"><span>{words}</span>'
        f'<span class="bar" style="--share: {abs(total) / longest:.2f}"></span>'
        f'<span class="number">{"+" if total >= 0 else "−"}{abs(total):.1f}</span></li>'
        for words, total in totals
    )
    about = "" if reply.answer is not None else f" for “{escape(reply.best.text)}”, which was turned down"
    return (
        f'<h4>What decided{about}</h4><ul class="reasons">{items}</ul><p class="note">In log-odds, against '
        f"an average candidate: + speaks for it, − against it. Together: a chance of "
        f"{reply.best.confidence * 100:.0f} in 100.</p>"
    )


def _spans_html(reply: Reply) -> str:
    spans = ([] if reply.answer is None else [reply.answer]) + list(reply.alternatives)
    items = "".join(
        f'<li><span class="words">{escape(span.text)}</span><span class="number">score {span.score:.1f}, '
        f"chance {span.confidence:.2f}</span></li>"
        for span in spans
    )
    return (
        f'<h4>Best spans</h4><ol class="spans">{items}</ol><p class="note">The score is the reader’s, in '
        "logits: above 0 it prefers the span to silence.</p>"
    )


def _passages_html(number: int, passages: Sequence[Passage]) -> str:
    items = []
    for place, passage in enumerate(passages):
        look = request(turn=number, track="passages", number=place)
        page = passage.document.page(passage.span.start)
        where = escape(passage.document.id) + ("" if page is None else f", page {page:,}")
        snippet = " ".join(passage.text.split())
        if len(snippet) > SNIPPET_CHARACTERS:
            snippet = f"{snippet[:SNIPPET_CHARACTERS].rsplit(' ', 1)[0]} …"
        items.append(
            f'<li><button type="button" class="link" data-look="{look}"><cite>{where}</cite></button>'
            f'<span class="number">{_rank(passage.vector_rank, "meaning")}, '
            f'{_rank(passage.lexical_rank, "words")}</span><p class="words">{escape(snippet)}</p></li>'
        )
    return f'<h4>Passages read</h4><ol class="passages">{"".join(items)}</ol>'


def _rank(rank: int | None, ranking: str) -> str:
    return f"by {ranking} not found" if rank is None else f"by {ranking} no. {rank}"
