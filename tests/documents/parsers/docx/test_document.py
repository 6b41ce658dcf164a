"""Word parser: text in order, and hostile archives."""

from __future__ import annotations

import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest

from qa.documents import Document, Span
from qa.documents.parsers.docx import docx_document
from qa.errors import DocumentError
from tests.blocks import outline, table
from tests.helpers import FILES

SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
BODY = "word/document.xml"


def plain() -> bytes:
    """Return a document with one paragraph, made by python-docx."""
    document, data = docx.Document(), BytesIO()
    document.add_paragraph("The only paragraph.")
    document.save(data)
    return data.getvalue()


def changed(**parts: bytes | None) -> bytes:
    """Return the plain document with parts replaced by name; `body` is the main part, None deletes a part."""
    replaced = {BODY if name == "body" else name: content for name, content in parts.items()}
    data = BytesIO()
    with ZipFile(BytesIO(plain())) as old, ZipFile(data, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, content in replaced.items():
            if content is not None:
                new.writestr(name, content)
    return data.getvalue()


def text(body: str) -> str:
    """Return the text of a document with this body."""
    whole = f'<w:document xmlns:w="{SPACE}" xmlns:mc="{COMPATIBLE}"><w:body>{body}</w:body></w:document>'
    return docx_document("a.docx", changed(body=whole.encode())).text


def run(words: str) -> str:
    """Return a run with these words."""
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


@pytest.mark.parametrize("name", ["pandoc.docx", "writer.docx"])
def test_documents_of_real_programs(name: str) -> None:
    """Paragraphs, table, list and footnote are in order, whichever program wrote the file."""
    document = docx_document("a.docx", (FILES / name).read_bytes())
    assert document.title == "The Ferry of Skerra"
    parts = [
        "The Ferry of Skerra\n\nInes Halloran\n\nThe island of Skerra",
        "The first crossing\n\nThe first crossing took two hours and ten minutes. Captain",
        "| Season | Sailings a day | Fare |\n| Summer | 3 | £6.50 |\n| Winter | 1 | £4.20 |\n| Holidays",
        "What may be brought:\n\n• bicycles, if they are dry;\n\n• dogs, on a lead;",
        "a yard in Gdańsk.",
        "The cow belonged to Magnus Orr, who sold it the same evening for nine pounds.",
    ]
    offsets = [document.text.index(part) for part in parts]
    assert offsets == sorted(offsets)
    assert document.text.endswith(parts[-1])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(f"<w:p>{run('Doug')}{run('las Fin')}{run('ch')}</w:p>", "Douglas Finch", id="runs"),
        pytest.param(f"<w:p/><w:p>{run('a')}</w:p><w:p/><w:p>{run('b')}</w:p>", "a\n\nb", id="empty ones"),
        pytest.param(
            f"<w:p>{run('a')}<w:r><w:tab/><w:br/><w:noBreakHyphen/></w:r>{run('b')}</w:p>",
            "a\t\n-b",
            id="marks",
        ),
        pytest.param(f"<w:p><w:hyperlink>{run('a link')}</w:hyperlink></w:p>", "a link", id="link"),
        pytest.param(
            f"<w:p><w:ins>{run('new')}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>",
            "new",
            id="revision",
        ),
        pytest.param(
            f"<w:p><w:moveFrom>{run('b')}</w:moveFrom>{run('a')}<w:moveTo>{run('b')}</w:moveTo></w:p>",
            "ab",
            id="move",
        ),
        pytest.param(
            f"<w:p>{run('a')}<w:del><w:r><w:br/><w:tab/></w:r></w:del>{run('b')}</w:p>",
            "ab",
            id="deleted marks",
        ),
        pytest.param(
            "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>no</w:t></w:r>"
            '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>yes</w:t></w:r></w:p>',
            "yes",
            id="hidden",
        ),
        pytest.param(
            f"<w:sdt><w:sdtContent><w:p>{run('a')}</w:p></w:sdtContent></w:sdt><w:p>{run('b')}</w:p>",
            "a\n\nb",
            id="content control",
        ),
        pytest.param(
            f"<w:p>{run('a')}<w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>{run('box')}</w:p>"
            f"</w:txbxContent></mc:Choice><mc:Fallback><w:p>{run('box')}</w:p></mc:Fallback>"
            f"</mc:AlternateContent></w:r>{run('b')}</w:p>",
            "ab\nbox",
            id="text box",
        ),
        pytest.param(
            f"<w:p>{run('a')}</w:p><w:tbl><w:tr><w:tc><w:p>{run('b')}</w:p><w:p>{run('c')}</w:p></w:tc><w:tc>"
            f"<w:tbl><w:tr><w:tc><w:p>{run('d')}</w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>"
            f"<w:p>{run('e')}</w:p>",
            "a\n\n| b c | \\| d \\| |\n\ne",
            id="table in a table",
        ),
        pytest.param(
            '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
            f"<w:p>{run('a')}</w:p></w:tc><w:tc><w:p>{run('b|c')}</w:p></w:tc></w:tr></w:tbl>",
            "| a |  | b\\|c |",
            id="cell over two columns",
        ),
    ],
)
def test_text_of_a_body(body: str, expected: str) -> None:
    """Each paragraph is read once, whatever contains it; hidden and deleted text is not."""
    assert text(body) == expected


def test_a_document_without_properties_has_no_title() -> None:
    """The default title of python-docx is not used."""
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relationship = f'<Relationship Id="r" Type="{office}" Target="{BODY}"/>'
    relationships = f'<Relationships xmlns="{package}">{relationship}</Relationships>'
    parts = {"docProps/core.xml": None, "_rels/.rels": relationships.encode()}
    document = docx_document("a.docx", changed(**parts))
    assert (document.title, document.text) == (None, "The only paragraph.")


def test_a_document_without_text_is_refused() -> None:
    with pytest.raises(DocumentError, match="contains no text"):
        text("<w:p/>")


@pytest.mark.parametrize("name", ["xl/workbook.xml", "mimetype"])
def test_another_archive_is_refused(name: str) -> None:
    """A spreadsheet or any other archive under the suffix of a document."""
    data = BytesIO()
    with ZipFile(data, "w") as archive:
        archive.writestr(name, b"<x/>")
    with pytest.raises(DocumentError, match="is an archive or another kind of document, not a Word document"):
        docx_document("a.docx", data.getvalue())


def test_a_declared_size_is_not_trusted() -> None:
    """If an archive declares a part smaller than it is, the part is not read beyond that."""
    data = bytearray(changed(body=b" " * 100_000_000))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.index(BODY.encode()) if signature == b"PK\x03\x04" else data.rindex(BODY.encode())
        header = data.rindex(signature, 0, start)
        data[header + offset : header + offset + 4] = struct.pack("<I", 100)
    with pytest.raises(Exception, match=r"(?i)crc|document"):
        docx_document("a.docx", bytes(data))


def test_entities_are_refused() -> None:
    """An entity that expands to billions of others (billion laughs)."""
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    whole = (
        f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><w:document xmlns:w="{SPACE}"><w:body><w:p><w:r>'
        f"<w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"
    )
    for encoding in ("utf-8", "utf-16", "utf-16-be"):
        with pytest.raises(DocumentError, match="declares entities"):
            docx_document("a.docx", changed(body=whole.encode(encoding)))


def made(body: str, **parts: bytes | None) -> Document:
    """Return a document with this body."""
    whole = f'<w:document xmlns:w="{SPACE}" xmlns:mc="{COMPATIBLE}"><w:body>{body}</w:body></w:document>'
    return docx_document("a.docx", changed(body=whole.encode(), **parts))


def paragraph(words: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(words)}</w:p>"


def cell(words: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{words and run(words)}</w:p></w:tc>"


def test_styles_and_outline_levels_are_headings() -> None:
    found = made(
        paragraph("Huts", '<w:pStyle w:val="Title"/>')
        + paragraph("Rond", '<w:pStyle w:val="Heading1"/>')
        + paragraph("Beds", '<w:outlineLvl w:val="4"/>')
        + paragraph("Ten.", '<w:outlineLvl w:val="9"/>')
        + paragraph("So he said.", '<w:pStyle w:val="Quote"/>')
        + paragraph("Text", '<w:pStyle w:val="none such"/>')
    )
    assert outline(found) == [
        "heading 1: Huts",
        "heading 2: Rond",
        "heading 6: Beds",
        "paragraph 0: Ten.",
        "quotation 0: So he said.",
        "paragraph 0: Text",
    ]


NUMBERING = f"""<w:numbering xmlns:w="{SPACE}"><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="2"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="none"/><w:lvlText w:val=""/></w:lvl></w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="8"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>
</w:lvlOverride></w:num></w:numbering>"""


def test_automatic_numbers_are_shown_and_are_not_part_of_the_words() -> None:
    def item(words: str, depth: int = 0, number: int = 7) -> str:
        return paragraph(words, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')

    found = made(
        item("a") + item("b", 1) + item("c", 1) + item("d") + item("e", 1) + item("f", 2)
        + item("g", number=8) + item("h", number=99),
        **{"word/numbering.xml": NUMBERING.encode()},
    )  # fmt: skip
    assert found.text.split("\n\n") == ["2. a", "2a) b", "2b) c", "3. d", "3a) e", "f", "1. g", "h"]
    assert outline(found)[1] == "item 2: b"
    assert outline(found)[-1] == "paragraph 0: h"


TWO_COLUMNS, JOINED = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>'


def test_joined_cells_and_marked_headings() -> None:
    rows = [
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cell('Harbour')}{cell('Leaves', TWO_COLUMNS)}</w:tr>",
        f"<w:tr>{cell('Norvik', JOINED)}{cell('Sat')}{cell('08:10')}</w:tr>",
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('Sun')}{cell('09:40')}</w:tr>",
        f"<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>{cell('Mon')}{cell('never')}</w:tr>",
    ]
    caption = paragraph("Times", '<w:pStyle w:val="Caption"/>')
    found = made(f"{caption}<w:tbl>{''.join(rows)}</w:tbl>")
    assert found.text.splitlines() == [
        "Times",
        "",
        "| Harbour | Leaves |  |",
        "| Norvik | Sat | 08:10 |",
        "|  | Sun | 09:40 |",
        "|  | Mon | never |",
    ]
    assert table(found) == [
        " / Harbour: Norvik",
        "Norvik / Leaves: Sat",
        "Norvik, Sat / Leaves: 08:10",
        "Norvik / Leaves: Sun",
        "Norvik, Sun / Leaves: 09:40",
        " / Leaves: Mon",
        "Mon / Leaves: never",
    ]
    assert found.blocks[0].caption == Span(0, 5)


def test_a_bold_first_row_holds_headings() -> None:
    def bold(words: str) -> str:
        return f"<w:tc><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{words}</w:t></w:r></w:p></w:tc>"

    found = made(
        f"<w:tbl><w:tr>{bold('Hut')}{bold('Cook')}</w:tr><w:tr>{cell('Rond')}{cell('Ann')}</w:tr></w:tbl>"
    )
    assert table(found) == [" / Hut: Rond", "Rond / Cook: Ann"]
