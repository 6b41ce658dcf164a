"""Remark as HTML: the response to input that is not a question, with sections, guides or passages."""

from __future__ import annotations

from qa.documents import Document, Span
from qa.page.elements import Markup, button, element
from qa.page.highlight import mark
from qa.page.views.actions import row_html
from qa.page.views.blocks import letters_html
from qa.presentation import (
    SHOWN_PASSAGES,
    compact_location,
    guide_facts,
    matches,
    quotation,
    words_left,
)
from qa.results import Guide, Passage, Reply, Section


def remark_html(turn_number: int, reply: Reply) -> Markup:
    """Return a remark. Each quotation opens its place in the document.

    Args:
        turn_number: The turn's number in the conversation, from 0.
        reply: A reply with a remark.
    """
    assert reply.remark is not None
    parts = [element("p", reply.remark.text, class_="lead")]
    position = 0  # in the evidence
    for section in reply.remark.sections:
        parts.append(_section_html(turn_number, section, position))
        position += 1
    for guide in reply.remark.guides:
        parts.append(_guide_html(turn_number, guide, position))
        position += len(guide.lead)
    if reply.remark.more:
        parts.append(element("p", f"and {reply.remark.more:,} more documents", class_="note"))
    for passage in reply.passages[:SHOWN_PASSAGES]:
        parts.append(_passage_html(turn_number, reply.question, passage, position))
        position += 1
    return Markup("").join(parts)


def _section_html(turn_number: int, section: Section, position: int) -> Markup:
    marks = {f"answer s{number}": span for number, span in enumerate(section.marked)}
    quote = element("blockquote", letters_html(section.document, marks, section.span), class_="section")
    place = _place_html(turn_number, position, section.document, section.span)
    source = element("p", place, f" {words_left(section)}", class_="from")
    return quote + row_html(turn_number, source, copies=[("copy", "Copy quotation", quotation(section))])


def _guide_html(turn_number: int, guide: Guide, position: int) -> Markup:
    document = guide.document
    name = button(element("cite", document.id), class_="link", data_look={"document": document.id})
    headings = element("ul", *(element("li", heading.text) for heading in guide.headings), class_="headings")
    sentences = [
        element("blockquote", mark(sentence.text, {}))
        + element("p", _place_html(turn_number, position + number, document, sentence.span), class_="from")
        for number, sentence in enumerate(guide.lead)
    ]
    facts = element("p", name, " ", guide_facts(guide), class_="facts")
    return element("div", facts, headings if guide.headings else "", *sentences, class_="guide")


def _passage_html(turn_number: int, words: str, passage: Passage, position: int) -> Markup:
    start = passage.span.start
    marks = {f"word w{number}": span.shift(-start) for number, span in enumerate(matches(words, passage))}
    return element("blockquote", mark(passage.text, marks), class_="nearest") + element(
        "p", _place_html(turn_number, position, passage.document, passage.span), class_="from"
    )


def _place_html(turn_number: int, position: int, document: Document, span: Span) -> Markup:
    target = {"turn": turn_number, "track": "evidence", "position": position}
    return button(element("cite", compact_location(document, span)), class_="link", data_look=target)
