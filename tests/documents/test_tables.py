"""Headings of cells: which rows and columns name them."""

from __future__ import annotations

from qa.documents.parsers.html import html_document
from tests.blocks import table

FERRY = """<table><tr><th>Harbour<th>Day<th>Leaves
<tr><td rowspan=2>Norvik<td>Saturday<td>08:10<tr><td>Sunday<td>09:40
<tr><td rowspan=2>Tangen<td>Saturday<td>07:25<tr><td>Sunday<td>10:15</table>"""


def of(markup: str) -> list[str]:
    return table(html_document("a.html", markup.encode()))


def test_a_joined_cell_counts_for_every_row() -> None:
    """Where names repeat, the next column of words names the rows too."""
    found = of(FERRY)
    assert "Norvik, Sunday / Leaves: 09:40" in found
    assert "Tangen, Sunday / Leaves: 10:15" in found
    assert "Norvik / Day: Sunday" in found


def test_a_cell_has_headings_from_both_rows() -> None:
    found = of(
        "<table><thead><tr><th rowspan=2>Model<th colspan=2>Capacity<tr><th>Tray<th>Feeder</thead>"
        "<tr><th>LX-40<td>50<td>80<tr><th>LX-60<td>90<td>100</table>"
    )
    assert found[1:3] == ["LX-40 / Capacity, Tray: 50", "LX-40 / Capacity, Feeder: 80"]


def test_a_column_of_words_names_the_rows() -> None:
    """Unless the file marks another."""
    assert of("<table><tr><th>No.<th>Model<th>Price<tr><td>1<td>TP<td>9<tr><td>2<td>TQ<td>8</table>")[2] == (
        "TP / Price: 9"
    )
    assert of("<table><tr><th>A<th>B<tr><td>x<th scope=row>y</table>")[0] == "y / A: x"


def test_a_table_without_headings() -> None:
    assert of("<table><tr><td>Born<td>1932<tr><td>Died<td>2001</table>") == [
        " / : Born",
        "Born / : 1932",
        " / : Died",
        "Died / : 2001",
    ]
    assert of("<table><tr><th>Only<th>headings</table>") == [" / : Only", "Only / : headings"]


SWIMMING = """<table><tr><th>Ticket<th>Price<th>Valid
<tr>{day}<tr><td>Adults<td>8 euros<td>one day<tr><td>Children<td>4 euros<td>one day
<tr>{year}<tr><td>Adults<td>320 euros<td>a year<tr><td>{last}<td>150 euros<td>a year</table>"""


def test_a_row_with_one_cell_names_the_rows_below_it() -> None:
    """If row names recur in another group, or if it is as wide as the table."""
    for day, year, last in (
        ("<td>Day pass<td><td>", "<td>Annual pass<td><td>", "Children"),
        ("<td colspan=3>Day pass", "<td colspan=3>Annual pass", "Families"),
    ):
        found = of(SWIMMING.format(day=day, year=year, last=last))
        assert "Day pass, Adults / Price: 8 euros" in found
        assert "Annual pass, Adults / Price: 320 euros" in found
        assert f"Annual pass / Ticket: {last}" in found


def test_a_row_without_values_names_no_other_row() -> None:
    found = of("<table><tr><th>Pump<th>Price<tr><td>GP 20<td><tr><td>GP 40<td>90<tr><td>GP 60<td>120</table>")
    assert found[-1] == "GP 60 / Price: 120"
