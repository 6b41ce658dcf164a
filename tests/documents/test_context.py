"""Context of passages and cells: title, headings, names of columns."""

from __future__ import annotations

from dataclasses import replace

from qa.documents import Document, Span, cell_headings, context, section_titles, text_document
from tests.blocks import at

HUTS = """# Huts of the *range*

Four huts.

## Rond hut

Open in May.

| Bed | Price |
|-----|-------|
| upper | 9 |
| lower | 12 |
"""
DOCUMENT = text_document(HUTS, name="huts.md")


def test_a_passage_is_about_its_title_and_headings() -> None:
    """Headings inside the passage are not repeated, nor is a title that is also a heading."""
    assert context(DOCUMENT, at(DOCUMENT, "Open in May.")) == "Huts of the range. Rond hut"
    assert context(DOCUMENT, at(DOCUMENT, "## Rond hut\n\nOpen")) == "Huts of the range"
    assert context(DOCUMENT, at(DOCUMENT, "# Huts")) == ""
    titled = replace(DOCUMENT, title="Club")
    assert context(titled, at(DOCUMENT, "Four huts.")) == "Club. Huts of the range"
    named = replace(DOCUMENT, title="Rond hut")
    assert context(named, at(DOCUMENT, "Open in")) == "Huts of the range. Rond hut"
    assert context(Document("a", "text"), Span(0, 4)) == ""
    assert section_titles(DOCUMENT, HUTS.index("Open")) == ["Huts of the range", "Rond hut"]


def test_a_passage_in_a_table_has_the_names_of_its_columns() -> None:
    assert context(DOCUMENT, at(DOCUMENT, "| lower | 12 |")).endswith("Rond hut. Bed, Price")


def test_a_cell_has_headings_and_other_words_have_none() -> None:
    headings = cell_headings(DOCUMENT, at(DOCUMENT, "12"))
    assert headings is not None
    assert [DOCUMENT[cell.span] for cell in (*headings.row, *headings.column)] == ["lower", "Price"]
    assert cell_headings(DOCUMENT, at(DOCUMENT, "lower | 12")) is None
    assert cell_headings(DOCUMENT, at(DOCUMENT, "May")) is None
