"""Blocks as HTML: how a document's structure is shown, with all text escaped."""

from __future__ import annotations

import pytest
from hypothesis import given

from qa.documents import Document, Kind, Span, text_document
from qa.errors import DocumentError
from qa.page.views.blocks import letters_html
from tests.blocks import at
from tests.page.dom import count, one, plain, texts
from tests.texts import TEXTS

PUMPS = """# Pumps <b>

Text of one line
and of another.

- a <i>
  - b
- c

| Model | Price |
|-------|-------|
| TP <u> | 900 |
| TQ | |

```
x  = 1 & 2
```

> Said.
"""


def whole(document: Document) -> Span:
    return Span(0, len(document.text))


def test_blocks_become_the_matching_html_elements() -> None:
    document = text_document(PUMPS, name="pumps.md")
    markup = letters_html(document, {}, whole(document))
    assert texts(markup, "h3.heading") == ["# Pumps <b>"]
    assert [words.strip() for words in texts(markup, "p")][:2] == ["Text of one line", "and of another."]
    assert texts(markup, "ul.items > li") == ["- a <i>", "- b", "- c"]
    assert texts(markup, "li[data-depth='2']") == ["- b"]
    assert texts(markup, "th") == ["Model", "Price"]
    assert texts(markup, "td") == ["TP <u>", "900", "TQ"]
    assert texts(markup, "pre") == ["```\nx  = 1 & 2\n```"]
    assert texts(markup, "blockquote") == ["> Said."]
    assert count(markup, "b, i, u") == 0


def test_the_cell_of_an_answer_is_marked_with_its_row_and_headings() -> None:
    document = text_document(PUMPS, name="pumps.md")
    span = at(document, "900")
    markup = letters_html(document, {"answer": span}, whole(document))
    assert texts(markup, ".answer-cell mark.answer") == ["900"]
    assert texts(markup, ".names-answer") == ["Price", "TP <u>"]
    assert texts(markup, ".answer-row > td") == ["TP <u>", "900"]


def test_joined_and_empty_cells_keep_their_columns() -> None:
    from qa.documents.parsers.html import html_document

    page = b"<table><tr><th>A<th colspan=2>B<tr><td rowspan=2>c<td><td>d<tr><td>e<td>f</table>"
    document = html_document("a.html", page)
    markup = letters_html(document, {}, whole(document))
    assert one(markup, "th[colspan]").attributes["colspan"] == "2"
    assert one(markup, "td[rowspan]").attributes["rowspan"] == "2"
    rows = one(markup, "tbody").css("tr")
    assert [[cell.text() for cell in row.css("td")] for row in rows][1:] == [
        ["c", "", "d"],
        ["e", "f"],
    ]


def test_a_part_of_a_table_is_shown_alone() -> None:
    text = "| a | b |\n|---|---|\n" + "".join(f"| r{row} | {row} |\n" for row in range(50))
    document = text_document(text, name="a.md")
    start = text.index("| r20")
    markup = letters_html(document, {}, Span(start, text.index("| r23")))
    assert texts(markup, "td") == ["r20", "20", "r21", "21", "r22", "22"]


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@given(TEXTS)
def test_no_text_is_left_out(name: str, text: str) -> None:
    """Whatever the structure, and in order; only bars and rules of tables are left out."""
    try:
        document = text_document(text, name=name)
    except DocumentError:
        return
    shown = "".join(plain(letters_html(document, {}, whole(document))).split())
    tables = {block.span for block in document.blocks if block.kind is Kind.TABLE}
    expected = "".join(
        "".join(document[cell.span] for cell in block.cells) if block.span in tables else document[block.span]
        for block in document.blocks
    )
    assert shown == "".join(expected.split())
