"""PDF parser: the rows and cells of tables, with borders and without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from qa.documents.block import Kind
from qa.documents.parsers.pdf import pdf_document
from tests.pages import pdf_of_streams

Box = tuple[float, float, float, float]
"""The left, bottom, right and top edge, in points."""

SIZE = 10.0
LEFT, TOP = 50.0, 700.0


def strokes(box: Box) -> str:
    left, bottom, right, top = box
    return f"0.7 w {left} {bottom} m {right} {bottom} l {right} {top} l {left} {top} l h S"


def lines(box: Box) -> str:
    """Return a stroke for each side."""
    left, bottom, right, top = box
    ends = (
        (left, bottom, right, bottom),
        (left, top, right, top),
        (left, bottom, left, top),
        (right, bottom, right, top),
    )
    return "\n".join(f"{x} {y} m {x_end} {y_end} l S" for x, y, x_end, y_end in ends)


def _bars(box: Box, scale: float) -> list[str]:
    left, bottom, right, top = (edge * scale for edge in box)
    thick = 0.75 * scale
    return [
        f"{left} {bottom} {right - left} {thick} re",
        f"{left} {top - thick} {right - left} {thick} re",
        f"{left} {bottom} {thick} {top - bottom} re",
        f"{right - thick} {bottom} {thick} {top - bottom} re",
    ]


def bars(box: Box) -> str:
    """Return a thin filled rectangle for each side, as browsers draw borders."""
    return "\n".join(f"{bar} f" for bar in _bars(box, 1))


def one_path(box: Box) -> str:
    """Return the same rectangles as one path, with its own scale."""
    return f"q 0.1 0 0 0.1 0 0 cm {' '.join(_bars(box, 10))} f Q"


def words(left: float, baseline: float, text: str) -> str:
    return f"BT /F {SIZE} Tf {left} {baseline} Td ({text}) Tj ET"


def wide(text: str) -> float:
    """Return about how wide a text in Helvetica is."""
    shares = {
        **dict.fromkeys(" fijlt", 0.28),
        **dict.fromkeys("cksvxyz", 0.5),
        "r": 0.33,
        "m": 0.83,
        "w": 0.72,
    }
    return SIZE * sum(shares.get(letter, 0.7 if letter.isupper() else 0.556) for letter in text)


def ruled(
    rows: Sequence[Sequence[str | None]],
    draw: Callable[[Box], str] = bars,
    *,
    align: float = 0.0,
    head: float = 0.0,
    height: float = 14.0,
    padding: float = 2.0,
    gap: float = 0.0,
) -> list[str]:
    """Return a table with borders around its cells, each as wide as its longest text.

    Args:
        rows: The texts of the cells; None if the cell before it spans this one too.
        draw: Draws the border of a cell.
        align: Which share of the free space is left of a text.
        head: The same in the first row.
        height: The height of a cell.
        padding: The space at either side of the longest text.
        gap: The space between cells.
    """
    widths = [max(wide(row[n] or "") for row in rows) + 2 * padding for n in range(len(rows[0]))]
    drawn = []
    for number, row in enumerate(rows):
        bottom = TOP - (number + 1) * (height + gap)
        for column, text in enumerate(row):
            if text is None:
                continue
            end = next((n for n in range(column + 1, len(row)) if row[n] is not None), len(row))
            left = LEFT + sum(widths[:column]) + gap * column
            right = LEFT + sum(widths[:end]) + gap * (end - 1)
            drawn.append(draw((left, bottom, right, bottom + height)))
            free = right - left - 2 * padding - wide(text)
            drawn.append(words(left + padding + (align if number else head) * free, bottom + 4, text))
    return drawn


def read(*drawn: str) -> str:
    above, below = words(LEFT, 760, "Counted in spring."), words(LEFT, 60, "The report ends here.")
    stream = "\n".join([above, *drawn, below]).encode("cp1252")
    text = pdf_document("a.pdf", pdf_of_streams([stream])).text
    return text.removeprefix("Counted in spring.\n\n").removesuffix("\n\nThe report ends here.")


def as_lines(rows: Sequence[Sequence[str | None]]) -> str:
    return "\n".join(f"| {' | '.join(text or '' for text in row)} |" for row in rows)


NUMBERS = [
    ["Year", "Adults", "Kits", "Dams"],
    ["2021", "8", "0", "2"],
    ["2022", "8", "5", "6"],
    ["2023", "12", "5", "11"],
]
WORDS = [
    ["Name", "Harbour", "Remark"],
    ["Ann Lee", "Old Mole", "lends out the boats on Sundays"],
    ["Bo Berg", "Lund", "has the key of the shed"],
]
EMPTY = [["Day", "Noon", "Evening"], ["Mon", "soup", ""], ["Tue", "", "fish"], ["Wed", "", "bread"]]
SPANNED: Sequence[Sequence[str | None]] = [
    ["Site", "Summer", None, "Winter", None],
    ["", "Nests", "Young", "Nests", "Young"],
    ["Weir", "12", "30", "4", "9"],
    ["North side", None, None, None, None],
    ["Mill", "7", "11", "3", "5"],
]


@pytest.mark.parametrize("draw", [strokes, lines, bars, one_path])
@pytest.mark.parametrize("rows", [NUMBERS, WORDS, EMPTY, SPANNED])
def test_borders_decide_the_cells(draw: Callable[[Box], str], rows: list[list[str | None]]) -> None:
    """However they are drawn, and even if words of two cells are as close as words of one."""
    assert read(*ruled(rows, draw)) == as_lines(rows)


@pytest.mark.parametrize(("head", "align"), [(0.0, 1.0), (0.5, 0.0), (1.0, 0.5)])
@pytest.mark.parametrize(("padding", "gap"), [(2.0, 3.0), (12.0, 0.0), (40.0, 0.0)])
def test_a_heading_and_its_values_are_one_column(
    head: float, align: float, padding: float, gap: float
) -> None:
    """Wherever they are in a wide cell, and even with a space between the borders of two cells."""
    drawn = ruled(NUMBERS, padding=padding, gap=gap, align=align, head=head)
    assert read(*drawn) == as_lines(NUMBERS)


@pytest.mark.parametrize(("head", "align"), [(0.0, 0.0), (0.0, 1.0), (0.5, 0.0), (1.0, 0.0), (0.5, 0.5)])
@pytest.mark.parametrize("rows", [NUMBERS, EMPTY])
def test_without_borders_a_heading_is_above_its_values(
    rows: list[list[str | None]], head: float, align: float
) -> None:
    """Whatever side of a wide column either is on."""
    assert read(*ruled(rows, lambda box: "", padding=40, align=align, head=head)) == as_lines(rows)


def test_without_borders_two_numbers_in_line_are_two_cells() -> None:
    """In columns that are hardly wider than their headings."""
    assert read(*ruled(NUMBERS, lambda box: "", padding=6)) == as_lines(NUMBERS)


def test_lines_of_a_cell_are_one_cell_and_underlines_are_not_borders() -> None:
    rows: list[list[str | None]] = [["Name", "Remark about boats"], ["Ann", ""], ["Bo", "rows"]]
    drawn = ruled(rows, height=28)
    bottom = TOP - 2 * 28
    text = [words(90, bottom + 17, "lends them to"), words(90, bottom + 4, "members only")]
    marks = [f"90 {bottom + height} 90 0.5 re f" for height in (2.8, 15.8)]
    rows[1][1] = "lends them to members only"
    assert read(*drawn, *text, *marks) == as_lines(rows)


def test_rows_that_no_border_divides_are_rows() -> None:
    """Only with borders between the columns, around the table and below its head."""
    edges = LEFT, LEFT + 60, LEFT + 100, LEFT + 140
    drawn = [lines((left, 600, right, 720)) for left, right in pairwise(edges)]
    drawn += [lines((left, 700, right, 720)) for left, right in pairwise(edges)]
    for number, row in enumerate(row[:3] for row in NUMBERS):
        drawn += [
            words(left + 3, 706 - 25 * number, str(text)) for left, text in zip(edges, row, strict=False)
        ]
    assert read(*drawn) == as_lines([row[:3] for row in NUMBERS])


def test_a_table_is_in_the_column_in_which_it_is_drawn() -> None:
    """Beside a column of text with lines at the height of its rows."""
    sentence = [
        "The harbour was closed for a week since",
        "the ice had come early, and the pilots went",
        "home. They came back in the first week of",
        "March, when the last floe had gone out.",
    ]
    beside = [words(320, 700 - 14 * number, line) for number, line in enumerate(sentence)]
    text = read(*ruled(WORDS), *beside)
    assert as_lines(WORDS) in text
    assert " ".join(sentence) in text


def test_what_is_not_a_table_is_read_as_text() -> None:
    """A frame around a text, the lines of a diagram, and the boxes of a form."""
    frame = [
        lines((LEFT - 5, 500, 400, 720)),
        words(LEFT, 700, "Ring twice."),
        words(LEFT, 686, "Then wait."),
    ]
    grid = [f"{LEFT} {y} m 350 {y} l S" for y in range(500, 700, 20)]
    grid += [f"{x} 500 m {x} 680 l S" for x in range(50, 351, 30)]
    names = [words(150, 646, "North"), words(212, 566, "South")]
    assert read(*frame).split() == ["Ring", "twice.", "Then", "wait."]
    assert "|" not in read(*frame)
    assert "|" not in read(*grid, *names)


def test_a_table_has_cells_by_row_and_column() -> None:
    stream = "\n".join(ruled(SPANNED)).encode("cp1252")
    document = pdf_document("a.pdf", pdf_of_streams([stream]))
    (table,) = (block for block in document.blocks if block.kind is Kind.TABLE)
    found = {(cell.row, cell.column): document.text[cell.span.start : cell.span.end] for cell in table.cells}
    assert found[4, 2] == "11"
    assert found[0, 3] == "Winter"
