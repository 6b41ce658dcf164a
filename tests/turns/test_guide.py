"""Guides: kind, size, headings and first sentences of a document."""

from __future__ import annotations

import pytest

from qa.documents import SUFFIXES, Document, text_document
from qa.presentation import guide_facts
from qa.turns import guide


def test_the_first_whole_sentences_are_quoted() -> None:
    """At most three, without titles, by-lines, headings and table rows."""
    text = (
        "The Mill of Skerra\nBy Ada Berg\n\n# Fire\n\n| a | b | c | d | e. |\n\nThe mill burnt down in 1822. "
        "Nobody was ever blamed for it. It was built again by the town. Then it was sold to the miller.\n"
    )
    made = guide(text_document(text, name="mill.md"))
    assert [sentence.text for sentence in made.lead] == [
        "The mill burnt down in 1822.",
        "Nobody was ever blamed for it.",
        "It was built again by the town.",
    ]
    assert [heading.text for heading in made.headings] == ["Fire"]


def test_headings_of_every_format_are_named() -> None:
    """Without Markdown's markup; a # in a code block is not a heading."""
    text = "Opening hours\n=============\n\nThe hut opens at nine.\n"
    made = guide(text_document(text, name="hut.txt"))
    assert [heading.text for heading in made.headings] == ["Opening hours"]
    assert [sentence.text for sentence in made.lead] == ["The hut opens at nine."]
    assert guide(text_document("```\n# comment\n```\n", name="a.md")).headings == ()


def test_every_format_has_its_name() -> None:
    named = {suffix: guide(Document(f"a{suffix}", "One.")).kind for suffix in SUFFIXES}
    assert {suffix for suffix, kind in named.items() if kind == "text"} == {".txt", ".text"}


def test_a_sentence_that_may_be_cut_is_left_out() -> None:
    assert guide(text_document("word " * 5_000 + "end.", name="long.txt")).lead == ()


@pytest.mark.parametrize(
    ("document", "facts"),
    [
        (Document("a.txt", "One two. # three"), "text, 3 words"),
        (Document("a.pdf", "One two.\fThree", title="Fires", pages=(0, 9)), "Fires. PDF, 2 pages, 3 words"),
        (Document("a.html", "One", title="Fires"), "Fires. web page, 1 word"),
    ],
)
def test_a_document_is_described_in_one_line(document: Document, facts: str) -> None:
    assert guide_facts(guide(document)) == facts
    assert guide(document).headings == ()
