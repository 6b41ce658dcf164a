"""Heading rows: two rows name the columns of a table in every format, and rows of contents do not."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from docx.oxml import OxmlElement
from pptx import Presentation
from pptx.util import Inches

from qa.documents import Document, text_document
from qa.documents.parsing import parse
from tests.blocks import table
from tests.pages import pdf

ROWS = [
    ["", "Summer", "", "Winter", ""],
    ["Goods", "Single", "Contract", "Single", "Contract"],
    ["Timber", "140", "115", "180", "150"],
    ["Cattle feed", "95", "80", "120", "101"],
    ["Parcels", "420", "390", "460", "425"],
]


def of_markdown(rows: list[list[str]]) -> Document:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return text_document("\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]]), name="a.md")


def of_text(rows: list[list[str]]) -> Document:
    return text_document("\n".join(f"| {' | '.join(row)} |" for row in rows), name="a.txt")


def of_csv(rows: list[list[str]]) -> Document:
    return parse("a.csv", ".csv", "\n".join(",".join(row) for row in rows).encode())


def of_html(rows: list[list[str]]) -> Document:
    """With the upper headings over two columns, as no heading is marked."""
    joined = "<tr><td><td colspan=2>Summer<td colspan=2>Winter"
    lower = "".join(f"<tr><td>{'<td>'.join(row)}" for row in rows[1:])
    return parse("a.html", ".html", f"<p>Rates of the ferry.<table>{joined}{lower}</table>".encode())


def of_docx(rows: list[list[str]]) -> Document:
    """With joined cells and a first row that is marked as the heading."""
    file, data = docx.Document(), BytesIO()
    grid = file.add_table(len(rows), len(rows[0]))
    for row, words in enumerate(rows):
        for column, word in enumerate(words):
            grid.cell(row, column).text = word
    for left in (1, 3):
        grid.cell(0, left).merge(grid.cell(0, left + 1)).text = rows[0][left]
    grid.cell(0, 0).merge(grid.cell(1, 0)).text = rows[1][0]
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    file.save(data)
    return parse("a.docx", ".docx", data.getvalue())


def of_pptx(rows: list[list[str]]) -> Document:
    deck, data = Presentation(), BytesIO()
    shapes = deck.slides.add_slide(deck.slide_layouts[6]).shapes
    grid = shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(1), Inches(8), Inches(4)).table
    for row, words in enumerate(rows):
        for column, word in enumerate(words):
            grid.cell(row, column).text = word
    deck.save(data)
    return parse("a.pptx", ".pptx", data.getvalue())


def of_pdf(rows: list[list[str]]) -> Document:
    """With the upper headings over the gap between two columns, and a name between both rows."""
    lefts = (60, 160, 230, 300, 370)
    lines = [(175.0, 720.0, 10.0, "Summer, for all"), (315.0, 720.0, 10.0, "Winter, for all")]
    lines.append((60, 708, 10, "Goods"))
    for number, row in enumerate(rows[1:]):
        cells = list(zip(lefts, row, strict=True))[number == 0 :]
        lines += [(left, 696.0 - 14 * number, 10.0, word) for left, word in cells]
    return parse("a.pdf", ".pdf", pdf([lines]))


@pytest.mark.parametrize("of", [of_markdown, of_text, of_csv, of_html, of_docx, of_pptx, of_pdf])
def test_a_cell_has_headings_from_both_rows(of: Callable[[list[list[str]]], Document]) -> None:
    found = [line.replace(", for all", "") for line in table(of(ROWS))]
    assert found[1:5] == [
        "Timber / Summer, Single: 140",
        "Timber / Summer, Contract: 115",
        "Timber / Winter, Single: 180",
        "Timber / Winter, Contract: 150",
    ]


def test_a_row_of_contents_is_not_a_heading() -> None:
    """If a heading leaves out a column, or is above a table of two columns."""
    blank = of_markdown([["", "Price", ""], ["Home", "cheap", "yes"], ["Works", "dear", "no"]])
    assert "Home / Price: cheap" in table(blank)
    markup = b"<table><tr><th colspan=2>Opening<tr><td>Monday<td>noon<tr><td>Friday<td>late</table>"
    assert "Monday / Opening: noon" in table(parse("a.html", ".html", markup))
