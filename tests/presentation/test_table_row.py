from __future__ import annotations

from pathlib import Path

import pytest

from qa.documents import Document, Span, load_document, text_document
from qa.presentation import readable, row_cells

PRICES = "| Ticket | Residents |\n| --- | --- |\n| Day card | 14.50 |\n| Weekend | |\n\nThe | bar stays.\n"
HTML = (
    "<table><tr><th rowspan=2>Ticket<th colspan=2>Price<tr><th>Summer<th>Winter"
    "<tr><td>Day card<td>14.50<td>9</table>"
)


def span_of(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start, start + len(words))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("| Day card | 14.50 |", "Ticket: Day card; Residents: 14.50"),
        ("Day card | 14.50", "Ticket: Day card; Residents: 14.50"),
        ("| Weekend | |", "Ticket: Weekend"),
        ("| Ticket | Residents |", "Ticket; Residents"),
        ("14.5", "14.5"),
        ("The | bar stays.", "The | bar stays."),
        ("| Weekend | |\n\nThe", "| Weekend | |\n\nThe"),
    ],
)
def test_a_row_is_its_cells_after_the_headings_of_their_columns(words: str, shown: str) -> None:
    """Other words stay, and so do those that go beyond the table or are less than a cell."""
    document = text_document(PRICES, name="prices.md")
    assert readable(document, span_of(document, words)) == shown


def test_cells_are_exact_words_of_other_formats_too(tmp_path: Path) -> None:
    """Comma-separated, and of a web page with headings in two rows."""
    (tmp_path / "a.csv").write_text('Ticket,Residents\n"Day, card",14.50\n', encoding="utf-8")
    (tmp_path / "a.html").write_text(HTML, encoding="utf-8")
    for name, expected in (
        ("a.csv", [("Ticket", "Day, card"), ("Residents", "14.50")]),
        ("a.html", [("Ticket", "Day card"), ("Price, Summer", "14.50"), ("Price, Winter", "9")]),
    ):
        document = load_document(tmp_path / name)
        start = document.text.rindex("Day")
        cells = row_cells(document, Span(start, document.blocks[0].span.end))
        assert [(heading, document[span]) for heading, span in cells] == expected
