"""Document panel as HTML: the text, one part at a time if it is long, with evidence highlighted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.documents import Document, Span, is_web_address
from qa.page.elements import Markup, button, element
from qa.page.highlight import mark
from qa.page.views.blocks import letters_html
from qa.page.views.contents import contents_html
from qa.page.views.page_picture import picture_fold_html
from qa.presentation import Evidence, evidence, guide_facts, passages_read, text_link
from qa.turns import guide

PART_CHARACTERS = 60_000
"""How much text is shown at once. More would slow down the browser."""

MAX_GUIDE_CHARACTERS = 1_000_000
"""A longer document has no guide, since making one takes time proportional to the length."""

PARAGRAPH_CHARACTERS = 120
"""If any line is longer, lines are laid out as paragraphs, not as rows."""


TRACKS = {"evidence": evidence, "passages": passages_read}
"""The lists of evidence that a reader can step through, by name."""


@dataclass(frozen=True, slots=True)
class Track:
    """A list of evidence to step through.

    Attributes:
        turn: The number of the turn in the conversation, from 0.
        name: The name of the list, a key of `TRACKS`.
        evidence: The list.
    """

    turn: int
    name: str
    evidence: tuple[Evidence, ...]

    def target(self, position: int) -> dict[str, Any]:
        """Return the event data that opens the evidence at a position, modulo the length."""
        return {"turn": self.turn, "track": self.name, "position": position % len(self.evidence)}


def parts(text: str) -> tuple[Span, ...]:
    """Split a text into parts to show, each ending at the end of a line if one is near."""
    found = []
    start = 0
    while start < len(text):
        end = min(len(text), start + PART_CHARACTERS)
        if end < len(text):
            end = text.rfind("\n", start + PART_CHARACTERS // 2, end) + 1 or end
        found.append(Span(start, end))
        start = end
    return tuple(found)


def document_html(document: Document, *, part: int = 0) -> Markup:
    """Return one part of a document, with nothing highlighted."""
    title = _title_html(document, page=document.page(0), link=document.url)
    head = element("div", title, class_="head")
    target = {"document": document.id}
    all_parts = parts(document.text)
    contents = contents_html(document, all_parts, target)
    about = _about_html(document)
    return head + about + contents + _text_html(document, {}, all_parts, part, target)


def evidence_html(track: Track, position: int, *, part: int | None = None, drawn: bool = False) -> Markup:
    """Return a document with one piece of evidence highlighted, and buttons for the next and previous one.

    Args:
        track: The list that the evidence is in.
        position: Its position in the list, from 0.
        part: The part to show, by default the one in which the evidence begins.
        drawn: Whether its page can be drawn.

    Raises:
        IndexError: there is no evidence at this position.
    """
    one = track.evidence[position]
    document, span = one.document, one.span
    all_parts = parts(document.text)
    if part is None:
        part = next((number for number, shown in enumerate(all_parts) if span.start < shown.end), 0)
    link = text_link(document, one.marks.get("sentence", span))
    title = _title_html(document, page=document.page(span.start), link=link)
    head = element("div", title, _steps_html(track, position), class_="head")
    target = track.target(position)
    contents = contents_html(document, all_parts, target)
    picture = picture_fold_html(target) if drawn else Markup("")
    return head + contents + picture + _text_html(document, one.marks, all_parts, part, target)


def search_html() -> Markup:
    """Return the field that searches the shown text; the search runs in the browser."""
    label = "Search in the text"
    return element(
        "div",
        element("input", type="search", aria_label=label, placeholder=label, autocomplete="off"),
        element("output", role="status"),
        button(class_="step previous", aria_label="Previous match", data_step="-1", disabled=True),
        button(class_="step next", aria_label="Next match", data_step="1", disabled=True),
        class_="search",
        role="search",
    )


def _about_html(document: Document) -> Markup:
    """Return a fold with the kind, facts and first sentences of a document; empty if it is very long."""
    if len(document.text) > MAX_GUIDE_CHARACTERS:
        return Markup("")
    about = guide(document)
    sentences = [element("blockquote", mark(sentence.text, {})) for sentence in about.lead]
    return element(
        "details",
        element("summary", "About this document"),
        element("p", guide_facts(about), class_="note"),
        *sentences,
        class_="about",
    )


def _title_html(document: Document, *, page: int | None, link: str | None) -> Markup:
    facts = [] if document.title is None else [element("span", document.id)]
    if page is not None:
        facts.append(element("span", f"Page {page:,} of {len(document.pages):,}", class_="pages"))
    if link is not None and is_web_address(link):
        facts.append(element("a", "On the web", href=link, target="_blank", rel="noopener noreferrer"))
    name = document.id if document.title is None else document.title
    return element(
        "div",
        element("h2", name, class_="source"),
        element("p", Markup(" ").join(facts), class_="facts") if facts else "",
        class_="title",
    )


def _steps_html(track: Track, position: int) -> Markup:
    count = len(track.evidence)

    def step(to: int, label: str, way: str) -> Markup:
        return button(class_=f"step {way}", aria_label=label, data_look=track.target(to), disabled=count == 1)

    return element(
        "nav",
        step(position - 1, "Previous evidence", "previous"),
        element(
            "p",
            element("strong", f"{position + 1} of {count}"),
            " ",
            element("span", track.evidence[position].role, class_="role"),
        ),
        step(position + 1, "Next evidence", "next"),
        class_="steps",
        aria_label="Evidence",
    )


def _text_html(
    document: Document,
    marks: Mapping[str, Span],
    all_parts: Sequence[Span],
    part: int,
    target: dict[str, Any],
) -> Markup:
    part = min(max(part, 0), len(all_parts) - 1) if all_parts else 0
    shown = all_parts[part] if all_parts else None
    if shown is not None:  # extend the part to the end of a mark that begins in it, by up to a part's length
        ends = [span.end for span in marks.values() if shown.start <= span.start < shown.end]
        shown = Span(shown.start, min(max([shown.end, *ends]), shown.end + PART_CHARACTERS))
    layout = "rows" if shown is None or _has_rows(document[shown]) else "paragraphs"

    def other_part(label: str, number: int) -> Markup:
        if not 0 <= number < len(all_parts):
            return Markup("")
        return element(
            "p",
            button(label, data_look={**target, "part": number}),
            " ",
            element("span", f"part {number + 1:,} of {len(all_parts):,}"),
            class_="other-part",
        )

    return element(
        "div",
        other_part("Earlier text", part - 1),
        element("div", letters_html(document, marks, shown), class_="letters"),
        other_part("Later text", part + 1),
        class_=f"text {layout}",
        tabindex=0,
        role="region",
        aria_label=f"Text of {document.id}",
        data_document=document.id,
    )


def _has_rows(text: str) -> bool:
    return max(map(len, text.splitlines()), default=0) <= PARAGRAPH_CHARACTERS
