"""The reading panel: a whole document, a part of it at a time where it is long, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qa.documents import Document, Span
from qa.page.highlight import attribute, escape, mark, request
from qa.presentation import Evidence, is_web, text_link

PART_CHARACTERS = 60_000
"""What is shown at once: more would make a browser slow."""

PARAGRAPH_CHARACTERS = 120  # a text with a longer line than this has a paragraph, not a row, on each


@dataclass(frozen=True, slots=True)
class Track:
    """Evidence to go through by its place, and where it is asked for: the turn, and which of its lists."""

    turn: int
    name: str
    evidence: tuple[Evidence, ...]


def parts(text: str) -> tuple[Span, ...]:
    """A text in stretches that are shown at once, each to the end of a line where that is near."""
    found = []
    start = 0
    while start < len(text):
        end = min(len(text), start + PART_CHARACTERS)
        if end < len(text):
            end = text.rfind("\n", start + PART_CHARACTERS // 2, end) + 1 or end
        found.append(Span(start, end))
        start = end
    return tuple(found)


def document_html(document: Document, *, part: int = 0) -> str:
    """A document with nothing marked in it."""
    title = _title_html(document, page=document.page(0), link=document.url)
    return f'<div class="head">{title}</div>{_text_html(document, {}, part, {"document": document.id})}'


def evidence_html(track: Track, number: int, *, part: int | None = None) -> str:
    """The document of a piece of evidence, that marked in it, and the way to the pieces beside it.

    The part is that of the mark unless another is asked for.
    """
    shown = track.evidence[number]
    document, span = shown.document, shown.span
    if part is None:
        part = next((place for place, shape in enumerate(parts(document.text)) if span.start < shape.end), 0)
    link = text_link(document, shown.marks.get("sentence", span))
    title = _title_html(document, page=document.page(span.start), link=link)
    wanted: dict[str, str | int] = {"turn": track.turn, "track": track.name, "number": number}
    return (
        f'<div class="head">{title}{_steps_html(track, number)}</div>'
        f"{_text_html(document, shown.marks, part, wanted)}"
    )


def _title_html(document: Document, *, page: int | None, link: str | None) -> str:
    facts = [] if document.title is None else [f"<span>{escape(document.id)}</span>"]
    if page is not None:
        facts.append(f'<span class="pages">Page {page:,} of {len(document.pages):,}</span>')
    if link is not None and is_web(link):
        facts.append(f'<a href="{attribute(link)}" target="_blank" rel="noopener noreferrer">On the web</a>')
    under = f'<p class="facts">{" ".join(facts)}</p>' if facts else ""
    name = document.id if document.title is None else document.title
    return f'<div class="title"><h2 class="source">{escape(name)}</h2>{under}</div>'


def _steps_html(track: Track, number: int) -> str:
    count = len(track.evidence)

    def step(to: int, name: str, sign: str) -> str:
        wanted = request(turn=track.turn, track=track.name, number=to % count)
        alone = " disabled" if count == 1 else ""
        button = f'<button type="button" class="step" aria-label="{name}" data-look="{wanted}"{alone}>'
        return f"{button}{sign}</button>"

    role = f'<span class="role">{track.evidence[number].role}</span>'
    return (
        f'<nav class="steps" aria-label="Evidence">{step(number - 1, "Previous evidence", "‹")}'
        f"<p><strong>{number + 1} of {count}</strong> {role}</p>"
        f"{step(number + 1, 'Next evidence', '›')}</nav>"
    )


def _text_html(
    document: Document, marks: Mapping[str, Span], part: int, wanted: Mapping[str, str | int]
) -> str:
    stretches = parts(document.text)
    part = min(max(part, 0), len(stretches) - 1) if stretches else 0
    shown = stretches[part] if stretches else None
    if shown is not None:  # a mark is shown whole, unless it is as long as a part
        inside = [span.end for span in marks.values() if shown.start <= span.start < shown.end]
        shown = Span(shown.start, min(max([shown.end, *inside]), shown.end + PART_CHARACTERS))
    text = mark(document.text, marks, part=shown, pages=document.pages)
    layout = "rows" if shown is None or _has_rows(document[shown]) else "paragraphs"
    before = _turn_html("Earlier text", part - 1, len(stretches), wanted) if part > 0 else ""
    after = _turn_html("Later text", part + 1, len(stretches), wanted) if part + 1 < len(stretches) else ""
    name = attribute(document.id)
    return (
        f'<div class="text {layout}" tabindex="0" role="region" aria-label="Text of {name}" '
        f'data-document="{name}">'
        f'{before}<div class="letters">{text}</div>{after}</div>'
    )


def _turn_html(words: str, part: int, count: int, wanted: Mapping[str, str | int]) -> str:
    asked = request(**wanted, part=part)
    return (
        f'<p class="more"><button type="button" data-look="{asked}">{words}</button> '
        f"<span>part {part + 1:,} of {count:,}</span></p>"
    )


def _has_rows(text: str) -> bool:
    return max(map(len, text.splitlines()), default=0) <= PARAGRAPH_CHARACTERS
