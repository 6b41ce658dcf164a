"""Word: what Word shows is read, as Word shows it, and nothing else."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from docx.oxml.ns import nsdecls

from qa.documents import load_document
from qa.documents.parsers.docx import docx_document
from tests.documents.parsers.docx.test_document import changed, plain, run

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
WORD_2010 = "http://schemas.microsoft.com/office/word/2010/wordml"


def text(body: str) -> str:
    """Return the text of a document with this body."""
    spaces = f'{nsdecls("w", "r")} xmlns:m="{MATH}" xmlns:w14="{WORD_2010}"'
    whole = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    return docx_document("a.docx", changed(body=whole.encode())).text


def styled(properties: str, words: str) -> str:
    """Return a run with these properties and words."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def raised(words: str) -> str:
    return styled('<w:vertAlign w:val="superscript"/>', words)


def lowered(words: str) -> str:
    return styled('<w:vertAlign w:val="subscript"/>', words)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        pytest.param(run("sold 310") + raised("7") + run(" kites"), "sold 310 ⁷ kites", id="mark"),
        pytest.param(run("sold 310") + raised("1") + raised("2") + run("."), "sold 310 ¹².", id="split mark"),
        pytest.param(run("70 m") + raised("2") + raised("9") + run("."), "70 m² ⁹.", id="unit, then mark"),
        pytest.param(run("4 × 10") + raised("−") + raised("6") + run(" g"), "4 × 10⁻⁶ g", id="power"),
        pytest.param(run("CO") + lowered("2"), "CO₂", id="formula"),
        pytest.param(run("the 3") + raised("rd") + run(" of"), "the 3rd of", id="ending"),
        pytest.param(
            run("1") + raised("3") + run("/") + lowered("4") + run(" cups"), "1 3/4 cups", id="fraction"
        ),
    ],
)
def test_raised_and_lowered_text(runs: str, expected: str) -> None:
    """Exponents and fractions keep their meaning; footnote marks are set apart from numbers."""
    assert text(f"<w:p>{runs}</w:p>") == expected


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        pytest.param(run("is ") + styled("<w:strike/>", "red") + run(" blue"), "is blue", id="struck out"),
        pytest.param(run("is ") + styled("<w:dstrike/>", "red ") + run("blue"), "is blue", id="twice"),
        pytest.param(styled('<w:strike w:val="0"/>', "red"), "red", id="not struck out"),
        pytest.param(
            styled("<w:rPrChange><w:rPr><w:vanish/><w:strike/></w:rPr></w:rPrChange>", "red"),
            "red",
            id="visible again",
        ),
        pytest.param(
            run("Name: ")
            + "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr>"
            + f"<w:sdtContent>{run('Enter it')}</w:sdtContent></w:sdt>",
            "Name:",
            id="placeholder",
        ),
        pytest.param(
            f"<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{run('Io Ek')}</w:sdtContent></w:sdt>",
            "Io Ek",
            id="entry",
        ),
    ],
)
def test_only_visible_text_is_read(runs: str, expected: str) -> None:
    assert text(f"<w:p>{runs}</w:p>") == expected


def test_deleted_rows_are_not_read() -> None:
    rows = "".join(
        f"<w:tr>{properties}<w:tc><w:p>{run(words)}</w:p></w:tc></w:tr>"
        for properties, words in (("", "a"), ("<w:trPr><w:del/></w:trPr>", "b"))
    )
    assert text(f"<w:tbl>{rows}</w:tbl>") == "| a |"


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FD"/></w:r>', "☒"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F06F"/></w:r>', "☐"),
        ('<w:r><w:sym w:font="Wingdings 2" w:char="F052"/></w:r>', "☑"),
        ('<w:r><w:sym w:font="Unknown" w:char="F0FD"/><w:sym w:char="none"/></w:r>', ""),
        ('<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>\uf0a8</w:t></w:r>', "☐"),
        ('<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>þ</w:t></w:r>', "☑"),
        ("<w:r><w:fldChar><w:ffData><w:checkBox><w:default/></w:checkBox></w:ffData></w:fldChar></w:r>", "☒"),
        (
            '<w:r><w:fldChar><w:ffData><w:checkBox><w:default/><w:checked w:val="0"/></w:checkBox></w:ffData>'
            "</w:fldChar></w:r>",
            "☐",
        ),
        (
            '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent>'
            f"{run('X')}</w:sdtContent></w:sdt>",
            "☒",
        ),
        ("<w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent/></w:sdt>", "☐"),
    ],
)
def test_check_boxes_have_their_state(box: str, expected: str) -> None:
    """Symbols, form fields and content controls."""
    assert text(f"<w:p>{box}{run(' Oats')}</w:p>") == f"{expected} Oats".strip()


def part(name: str, **children: str) -> str:
    """Return a part of an equation."""
    inner = "".join(f"<m:{child}>{content}</m:{child}>" for child, content in children.items())
    return f"<m:{name}>{inner}</m:{name}>"


def letters(words: str) -> str:
    return f"<m:r><m:t>{words}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "expected"),
    [
        (letters("62 kPa"), "62 kPa"),
        (part("f", num=letters("a+b"), den=letters("2")), "(a+b)/2"),
        (part("sSup", e=letters("x"), sup=letters("2")), "x²"),
        (part("sSup", e=letters("x"), sup=letters("k+1")), "x^(k+1)"),
        (part("sSub", e=letters("t"), sub=letters("10")), "t₁₀"),
        (part("rad", deg=letters("3"), e=letters("8")), "³√8"),
        (part("d", e=letters("a")), "(a)"),
        (
            part("nary", naryPr='<m:chr m:val="∑"/>', sub=letters("1"), sup=letters("n"), e=letters("k")),
            "∑₁ⁿ k",
        ),
        (part("f", num=letters("1"), den=part("f", num=letters("1"), den=letters("3"))), "1/(1/3)"),
    ],
)
def test_equations_are_read_on_one_line(equation: str, expected: str) -> None:
    body = f"<w:p>{run('is ')}<m:oMath>{equation}</m:oMath>{run(' or more')}</w:p>"
    assert text(body) == f"is {expected} or more"


def test_a_deep_equation_is_read_in_part() -> None:
    equation = "<m:d><m:e>" * 60 + "</m:e></m:d>" * 60
    assert text(f"<w:p>{run('a')}<m:oMath>{equation}</m:oMath></w:p>").startswith("a(")


def with_margins() -> bytes:
    """Return a document with headers and footers, made by python-docx."""
    document, data = docx.Document(), BytesIO()
    section = document.sections[0]
    section.header.paragraphs[0].text = "File 7-B"
    section.header.add_paragraph("The body.")
    section.first_page_header.paragraphs[0].text = "Only on first pages"
    section.footer.paragraphs[0].text = "Tel. 555 0199"
    section.footer.add_paragraph()._p.append(
        docx.oxml.parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        )
    )
    document.add_paragraph("The body.")
    document.add_section().header.is_linked_to_previous = True
    document.save(data)
    return data.getvalue()


def test_headers_come_first_and_footers_last() -> None:
    """Each is read once, without page numbers; those that no page shows are not read."""
    assert docx_document("a.docx", with_margins()).text == "File 7-B\n\nThe body.\n\nTel. 555 0199"


def test_empty_items_are_counted() -> None:
    """Word gives them a number."""
    item = '<w:p><w:pPr><w:pStyle w:val="ListNumber"/>{}</w:pPr>{}</w:p>'
    deleted = item.format("<w:rPr><w:del/></w:rPr>", "")
    body = item.format("", run("a")) + item.format("", "") + deleted + item.format("", run("b"))
    assert text(body) == "1. a\n\n3. b"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            b"http://schemas.openxmlformats.org/wordprocessingml/2006",
            b"http://purl.oclc.org/ooxml/wordprocessingml",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
        (b"wordprocessingml.document.main", b"wordprocessingml.template.main"),
    ],
)
def test_strict_documents_and_templates_are_read(old: bytes, new: bytes) -> None:
    data, found = BytesIO(), 0
    with ZipFile(BytesIO(plain())) as before, ZipFile(data, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            found += content.count(old)
            after.writestr(name, content.replace(old, new))
    assert found > 0
    assert docx_document("a.docx", data.getvalue()).text == "The only paragraph."


def test_a_template_is_loaded_by_its_suffix(tmp_path: Path) -> None:
    data = BytesIO()
    with ZipFile(BytesIO(plain())) as before, ZipFile(data, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(b"document.main+xml", b"template.main+xml"))
    (tmp_path / "a.dotx").write_bytes(data.getvalue())
    assert load_document(tmp_path / "a.dotx").text == "The only paragraph."
