"""Parsers of e-books, OpenDocument, RTF, presentations, spreadsheets, tables with separators and e-mails."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from pptx import Presentation
from pptx.util import Inches

from qa.documents import Document, Kind
from qa.documents.parsing import parse
from qa.errors import DocumentError
from tests.blocks import outline
from tests.helpers import FILES

OPENING = (
    "The island of Skerra lies eleven kilometres off the coast. For ninety years a single ferry, the Maid of "
    "Skerra, has carried its post, its flour and its schoolchildren. She was built in Aberdeen in 1931 by "
    "Douglas Finch, a shipwright who had never been to sea."
)
SUCCESSOR = "A successor has been ordered from a yard in Gdańsk."
TABLE = "| Season | Sailings a day | Fare |\n| Summer | 3 | £6.50 |\n| Winter | 1 | £4.20 |"


def read(name: str) -> Document:
    return parse(name, f".{name.rsplit('.', 1)[1]}", (FILES / name).read_bytes())


@pytest.mark.parametrize(
    "name", ["two-chapters.epub", "by-hand.odt", "by-hand.rtf", "python.pptx", "python.eml"]
)
def test_paragraphs_are_complete_and_separate(name: str) -> None:
    document = read(name)
    assert OPENING in document.text.split("\n\n")
    assert document.text.split("\n\n").count(SUCCESSOR) == 1
    assert document.title == ("The next boat" if name.endswith(".eml") else "The Ferry of Skerra")


@pytest.mark.parametrize("name", ["by-hand.odt", "by-hand.rtf", "python.pptx"])
def test_rows_of_a_table_are_kept(name: str) -> None:
    assert f"\n\n{TABLE}\n| Holidays | none | free for islanders |\n\n" in read(name).text


@pytest.mark.parametrize("name", ["by-hand.odt", "by-hand.rtf"])
def test_marks_are_set_apart_and_what_is_struck_out_is_not_read(name: str) -> None:
    text = read(name).text
    assert "There were 12 ⁴ passengers aboard, and one cow." in text
    assert "£9" not in text
    assert "Deleted" not in text


def test_notes_of_an_open_document_come_last() -> None:
    assert read("by-hand.odt").text.endswith("The cow belonged to Magnus Orr.")


def test_chapters_come_in_reading_order_without_the_contents() -> None:
    text = read("two-chapters.epub").text
    assert text.startswith("The first crossing\n\n")
    assert text.index("Twelve passengers") < text.index("The next boat")
    assert "Contents" not in text


def test_slides_are_pages() -> None:
    document = read("python.pptx")
    assert len(document.pages) == 2
    assert document.text[document.pages[1] :].startswith("What she carries")
    assert document.page(document.text.index("Twelve passengers")) == 1  # in the notes of the first slide


def test_hidden_slides_and_struck_out_text_are_not_read_and_marks_are_set_apart() -> None:
    presentation = Presentation()
    for number in range(2):
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        paragraph = slide.shapes.add_textbox(0, 0, Inches(5), Inches(1)).text_frame.paragraphs[0]
        for words, entry in (
            (f"Slide {number}: 120", {}),
            ("4", {"baseline": "30000"}),
            (" old", {"strike": "sngStrike"}),
        ):
            run = paragraph.add_run()
            run.text = words
            for key, value in entry.items():
                run._r.get_or_add_rPr().set(key, value)
    presentation.slides[0]._element.set("show", "0")
    data = BytesIO()
    presentation.save(data)
    document = parse("a.pptx", ".pptx", data.getvalue())
    assert document.text == "Slide 1: 120 ⁴"
    assert document.pages == (0, 0)


def test_sheets_keep_rows_values_and_names() -> None:
    text = read("python.xlsx").text
    assert text == (
        "Fares\n\n| Season | Sailings a day | Fare | From |\n| Summer | 3 | 6.5 | 2031-05-01 |\n"
        "| Winter | 1 | 4.2 | 2031-10-01 |\n\nCrew\n\n| Name | Post |\n| Tom Achebe | engineer |\n"
        "| Rosalind Ward | captain |"
    )


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_with_separators(separator: str) -> None:
    rows = [["Season", "Fare"], ["Summer", "6.50"], ["Winter", "4.20"]]
    data = "\n".join(separator.join(row) for row in rows).encode()
    text = parse("a.csv", ".csv", data).text
    assert text == "| Season | Fare |\n|---|---|\n| Summer | 6.50 |\n| Winter | 4.20 |"


def test_cells_in_quotation_marks_stay_whole() -> None:
    text = parse("a.csv", ".csv", b'Name,Note\r\nOda,"first, and\r\nsecond | third"\r\n').text
    assert text.endswith("| Oda | first, and second \\| third |")


def test_an_email_has_its_headers_text_and_names_of_attachments() -> None:
    text = read("python.eml").text
    assert text.startswith("Subject: The next boat\nFrom: Ada Brown <ada@skerra.example.org>\nTo: Tom Achebe")
    assert "Attachment: timetable.pdf" in text
    message = EmailMessage()
    message["Subject"] = "Fähre"
    message.set_content("<p>She sails at <b>nine</b>.</p>", subtype="html")
    assert parse("a.eml", ".eml", message.as_bytes()).text == "Subject: Fähre\n\nShe sails at nine."


@pytest.mark.parametrize("name", ["tale.epub", "she unpacks.epub"])
def test_chapters_without_text_are_left_out(name: str) -> None:
    """Such as a cover, whatever the name of the file."""
    data = BytesIO()
    with ZipFile(FILES / "two-chapters.epub") as old, ZipFile(data, "w") as new:
        for part in old.namelist():
            cover = b"<html><body><img src='cover.png'/></body></html>"
            new.writestr(part, cover if part == "OPS/two.xhtml" else old.read(part))
    text = parse(name, ".epub", data.getvalue()).text
    assert OPENING in text
    assert SUCCESSOR not in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("by-hand.odt", "content.xml"),
        ("two-chapters.epub", "OPS/book.opf"),
        ("python.pptx", "ppt/slides/slide1.xml"),
    ],
)
def test_entities_are_refused(name: str, part: str, encoding: str) -> None:
    """No system file gets into a document, and no text is lost silently."""
    data = BytesIO()
    bomb = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    with ZipFile(FILES / name) as old, ZipFile(data, "w") as new:
        assert part in old.namelist(), old.namelist()
        for other in old.namelist():
            content = old.read(other)
            if other == part:
                declaration, _, rest = content.decode().partition("?>")
                assert declaration.startswith("<?xml")
                content = f'<?xml version="1.0" encoding="{encoding}"?>{bomb}{rest}'.encode(encoding)
            new.writestr(other, content)
    with pytest.raises(DocumentError, match="declares entities"):
        parse(name, Path(name).suffix, data.getvalue())


@pytest.mark.parametrize(
    ("suffix", "data", "message"),
    [
        (".rtf", b"words", "is not an RTF document"),
        (".eml", b"words", "is not an e-mail"),
        (".rtf", b"{\\rtf1 }", "contains no text"),
        (".csv", b",,\n,,", "contains no text"),
    ],
)
def test_a_file_of_another_format_is_refused(suffix: str, data: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        parse(f"a{suffix}", suffix, data)


def headings(document: Document) -> list[tuple[int, str]]:
    return [(found.level, document[found.words]) for found in document.blocks.headings]


def test_headings_of_books_and_open_documents_are_kept() -> None:
    assert headings(read("two-chapters.epub")) == [(1, "The first crossing"), (1, "The next boat")]
    assert headings(read("by-hand.odt")) == [(1, "The Ferry of Skerra")]


def test_slides_have_their_titles_as_headings_and_their_text_as_items() -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "What to bring"
    frame = slide.placeholders[1].text_frame
    frame.text = "Oilskins"
    for words, level in (("boots", 1), ("Lamp", 0)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = words, level
    data = BytesIO()
    presentation.save(data)
    document = parse("a.pptx", ".pptx", data.getvalue())
    assert headings(document) == [(1, "What to bring")]
    assert outline(document)[1:] == ["item 1: Oilskins", "item 2: boots", "item 1: Lamp"]
    assert document.blocks.section(document.text.index("Lamp"))[0].span.start == 0


def test_sheets_are_headings_over_their_tables() -> None:
    document = read("python.xlsx")
    assert headings(document) == [(1, "Fares"), (1, "Crew")]
    assert [block.kind for block in document.blocks][1::2] == [Kind.TABLE, Kind.TABLE]


def test_outline_levels_of_rich_text_are_headings() -> None:
    """Only those of the paragraph itself, even with bold letters; one that inherits its level is text."""
    source = (
        rb"{\rtf1\ansi {\stylesheet{\s1\outlinelevel0 heading 1;}}\pard\s1\outlinelevel0 {\b Huts}\par "
        rb"\pard Keys are in Holm.\par \pard\outlinelevel1 Rond\par It is open.\par}"
    )
    document = parse("a.rtf", ".rtf", source)
    assert document.text == "Huts\n\nKeys are in Holm.\n\nRond\n\nIt is open."
    assert headings(document) == [(1, "Huts"), (2, "Rond")]


def test_structure_of_an_email_is_that_of_its_page() -> None:
    message = EmailMessage()
    message["Subject"] = "Huts"
    message["From"] = "Ada"
    message.set_content("<h2>Rond</h2><ul><li>beds<li>lamps</ul><h2>Stein</h2><p>Open.</p>", subtype="html")
    document = parse("a.eml", ".eml", message.as_bytes())
    assert headings(document) == [(2, "Rond"), (2, "Stein")]
    assert outline(document)[:4] == [
        "label 0: Subject = Huts",
        "label 0: From = Ada",
        "heading 2: Rond",
        "item 1: beds",
    ]
    message.set_content("Hello\n\n- beds\n- lamps\n")
    plain = parse("a.eml", ".eml", message.as_bytes())
    assert outline(plain)[-2:] == ["item 1: beds", "item 1: lamps"]
