"""Structure of PDF files: headings by size, weight and bookmarks; rows; and what is not a heading."""

from __future__ import annotations

from qa.documents import Document
from qa.documents.parsers.pdf import pdf_document
from qa.documents.parsers.pdf.bookmarks import Bookmark
from qa.documents.parsers.pdf.headings import MAX_HEADING, pdf_headings
from qa.documents.parsers.pdf.lines import Line
from qa.documents.parsers.pdf.paragraphs import PlacedLine
from tests.helpers import FILES
from tests.pages import Line as Drawn
from tests.pages import pdf

BODY = (
    "The club runs four huts on the western shore of the lake, and keys",
    "are handed out in the office in Holm until six in the evening.",
)


def page(*drawn: tuple[float, str]) -> list[Drawn]:
    """Return a page of lines one below the other, each with its font size, and body text after each."""
    lines: list[Drawn] = []
    height = 750.0
    for size, words in drawn:
        lines.append((50, height, size, words))
        for body in BODY:
            height -= 14
            lines.append((50, height, 10, body))
        height -= 40
    return lines


def headings(document: Document) -> list[tuple[int, str]]:
    return [(found.level, " ".join(document[found.words].split())) for found in document.blocks.headings]


def placed(*lines: Line) -> tuple[str, list[PlacedLine]]:
    """Return the text of lines that are a paragraph each, and the lines with their offsets."""
    found, text = [], ""
    for line in lines:
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{line.text}" if text else line.text
        found.append(PlacedLine(line, 0, start, len(text)))
    return text, found


def line(words: str, height: float, *, size: float = 10, bold: bool = False) -> Line:
    return Line(words, 50, 50 + 5 * len(words), height, size, bold)


def test_larger_lines_are_headings_and_the_largest_the_outermost() -> None:
    document = pdf_document("a.pdf", pdf([page((20, "Huts"), (14, "Rond hut"), (14, "Stein hut"))]))
    assert headings(document) == [(1, "Huts"), (2, "Rond hut"), (2, "Stein hut")]
    assert document.blocks.section(document.text.rindex("Holm"))[-1].span.start == document.text.index(
        "Stein"
    )


def test_a_heading_of_two_lines_is_one() -> None:
    lines = [(50, 750, 20, "How to use the boats"), (50, 727, 20, "of the club"), *page((10, "Text"))]
    lines = [*lines[:2], *((x, y - 80, size, words) for x, y, size, words in lines[3:])]
    assert headings(pdf_document("a.pdf", pdf([lines]))) == [(1, "How to use the boats of the club")]


def test_what_is_larger_but_not_a_heading() -> None:
    """Sentences, what begins with a small letter or a bullet, captions, long lines, and the last line."""
    for words in (
        "The hut is shut.",
        "shut in winter",
        "\u2022 Blankets",
        "Figure 3 The hut in May",
    ):
        assert headings(pdf_document("a.pdf", pdf([page((14, words))]))) == [], words
    text, lines = placed(line("Word " * (MAX_HEADING // 5 + 1), 700, size=14), line(BODY[0], 680))
    assert pdf_headings(text, lines, []) == []
    at_end = [*page((10, BODY[0])), (50, 300, 14, "The End")]
    assert headings(pdf_document("a.pdf", pdf([at_end]))) == []


def test_text_in_one_size_has_the_headings_of_plain_text() -> None:
    lines = [
        (50, 780, 10, "HOUSE RULES"),
        *page((10, "It is quiet here from ten in the evening on, every day.")),
    ]
    assert headings(pdf_document("a.pdf", pdf([lines]))) == [(1, "HOUSE RULES")]


def test_bold_lines_above_text_are_headings_and_bold_names_of_rows_are_not() -> None:
    text, lines = placed(
        line("Rond hut", 700, bold=True),
        line(BODY[0], 680),
        line("Stein hut", 650, bold=True),
        line(BODY[1], 630),
    )
    assert [text[found.words.start : found.words.end] for found in pdf_headings(text, lines, [])] == [
        "Rond hut",
        "Stein hut",
    ]
    text, lines = placed(
        line(BODY[0], 720),
        line("Loan A", 700, bold=True),
        line("5.4%", 680),
        line("Loan B", 650, bold=True),
        line("6.1%", 630),
        line(BODY[1], 600),
    )
    assert pdf_headings(text, lines, []) == []


def test_bookmarks_name_headings_and_their_depth() -> None:
    """Also where they look like text, with or without their number; a title above them comes first."""
    text, lines = placed(
        line("The Huts", 760, size=22),
        line("1 Rond hut", 700),
        line(BODY[0], 680),
        line("1.1 Beds", 650),
        line(BODY[1], 630),
    )
    outline = [Bookmark("Rond hut", 0, 0), Bookmark("1.1 Beds", 1, 0), Bookmark("Elsewhere", 0, 0)]
    found = pdf_headings(text, lines, outline)
    assert [(one.level, text[one.words.start : one.words.end]) for one in found] == [
        (1, "The Huts"),
        (2, "1 Rond hut"),
        (3, "1.1 Beds"),
    ]
    assert pdf_headings(text, lines, [Bookmark("Rond hut", 0, 5)])[1:] == []  # on another page


def test_posters_have_no_headings() -> None:
    """They have more large lines in a row than there are headings above a text."""
    text, lines = placed(*(line(f"Band {n}", 700 - 60 * n, size=20) for n in range(6)), line(BODY[0], 100))
    assert pdf_headings(text, lines, []) == []


def test_files_of_real_programs() -> None:
    for name in ("writer.pdf", "chromium.pdf", "latex.pdf"):
        document = pdf_document(name, (FILES / name).read_bytes())
        found = [words for _, words in headings(document)]
        assert any(words.endswith("The engine") for words in found), (name, found)
        assert all(len(words.split()) < 12 for words in found), (name, found)
