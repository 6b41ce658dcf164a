"""PDF parser: what is on the page is what is read."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from qa.documents.parsers.pdf import pdf_document
from qa.documents.parsers.pdf.document import pdf_text
from qa.documents.parsers.pdf.letters import is_letter_salad
from qa.errors import DocumentError
from tests.helpers import FILES
from tests.pages import Line, pdf, pdf_of_streams


def read(*pages: Sequence[Line]) -> str:
    return pdf_document("a.pdf", pdf(pages)).text


def column(left: float, *words: str, start: float = 700, size: float = 10) -> list[Line]:
    return [(left, start - 12 * number, size, line) for number, line in enumerate(words)]


def test_a_raised_mark_is_set_apart_from_the_number_before_it() -> None:
    marked = [(50, 700, 10, "In May 120"), (103, 704, 6, "4"), (108, 700, 10, "canoes were sold.")]
    assert read(marked) == "In May 120 ⁴ canoes were sold."


def test_exponents_indices_and_fractions_keep_their_meaning() -> None:
    power = [(50, 700, 10, "a plot of 850 m"), (116.2, 704, 6, "2"), (128, 700, 10, "there")]
    assert read(power) == "a plot of 850 m² there"
    water = [(50, 700, 10, "of H"), (70, 698, 6, "2"), (73.4, 700, 10, "O.")]
    assert read(water) == "of H₂O."
    walk = [
        (50, 700, 10, "of 2"),
        (67, 704, 6, "1"),
        (70.4, 700, 10, "/"),
        (73.2, 698, 6, "2"),
        (80, 700, 10, "hours"),
    ]
    assert read(walk) == "of 2 1/2 hours"


LEFT = (
    "The club met in the old mill on a wet evening",
    "in March. The chair said that the new hives",
    "would stand on the south slope and that the",
    "key to the shed lies with the miller.",
)
RIGHT = (
    "The museum bought a lamp from the first light",
    "house of the coast. It weighs ninety kilograms",
    "and was lifted by four divers. The director is",
    "Samir Khoury, who came from Lund last year.",
)


@pytest.mark.parametrize("order", ["columns", "rows", "backwards"])
def test_columns_are_read_one_after_the_other(order: str) -> None:
    """In whatever order they are drawn."""
    left, right = column(60, *LEFT), column(320, *RIGHT)
    rows = [line for pair in zip(left, right, strict=True) for line in pair]
    lines = {"columns": left + right, "rows": rows, "backwards": rows[::-1]}[order]
    heading = [(60, 740, 16, "News of the coast and of the old mill in March of this wet year")]
    title, first, second = read([*heading, *lines]).split("\n\n")
    assert title == heading[0][3]
    assert first == " ".join(LEFT)
    assert second == " ".join(RIGHT)


TABLE = [
    ("Product", "Weight", "Price"),
    ("Rye loaf", "750 g", "38"),
    ("Spelt roll", "90 g", "11"),
    ("Seed crisp", "200 g", "45"),
]


@pytest.mark.parametrize("by_column", [False, True])
def test_rows_of_a_table_are_kept(by_column: bool) -> None:
    """Whether the file draws them row by row or column by column."""
    cells = [
        (x, 700 - 14 * y, 10, text)
        for y, row in enumerate(TABLE)
        for x, text in zip((60, 200, 300), row, strict=True)
    ]
    if by_column:
        cells.sort(key=lambda cell: cell[0])
    text = read(
        [(60, 740, 10, "The prices of the bakery, from the first of May on, with all taxes."), *cells]
    )
    assert text.split("\n\n")[1] == "\n".join(f"| {' | '.join(row)} |" for row in TABLE)


def test_a_cell_of_several_lines_is_one_cell() -> None:
    rows = [
        *[(60, 700, 10, "Rye loaf"), (200, 700, 10, "of dark flour,"), (340, 700, 10, "38")],
        *[(200, 688, 10, "with seeds")],
        *[(60, 670, 10, "Spelt roll"), (200, 670, 10, "of white flour"), (340, 670, 10, "11")],
        *[(60, 652, 10, "Crisp"), (200, 652, 10, "of oats"), (340, 652, 10, "45")],
    ]
    assert read(rows).splitlines()[0] == "| Rye loaf | of dark flour, with seeds | 38 |"


def test_the_marker_of_an_item_is_not_a_column() -> None:
    items = [
        line
        for number in range(1, 5)
        for line in (
            (60.0, 720.0 - 14 * number, 10.0, f"{number}."),
            (85.0, 720.0 - 14 * number, 10.0, f"Bring the boat number {number} home."),
        )
    ]
    assert "1. Bring the boat number 1 home." in read(items)


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [
        ("It is paid by self-", "employed members of the club.", "by self-employed members"),
        ("She must be at least twenty-", "one years old to sail.", "twenty-one years"),
        ("He asked for more infor-", "mation about the boat.", "information about"),
        ("Das ist die Dampfschiff-", "fahrt auf dem See.", "Dampfschifffahrt auf"),
        (
            "See https://harbour-",
            "club.example.org/boats and pay.",
            "https://harbour-club.example.org/boats and",
        ),
        (
            "See https://forms.example.org/a/",
            "apply-2031 and send it.",
            "https://forms.example.org/a/apply-2031 and",
        ),
        ("See www.example.org/apply", "?year=2031 and send it.", "www.example.org/apply?year=2031 and"),
        (
            "Write to harbour.master@lesund-",
            "havn.example.org today.",
            "harbour.master@lesund-havn.example.org today",
        ),
        ("It is at https://example.org/form.", "The club is open.", "https://example.org/form. The club"),
        ("The form is at https://example.org", "and must be signed.", "https://example.org and must"),
        ("The DOI is 10.5555/lamp.2031.", "17 since last year.", "10.5555/lamp.2031.17 since"),
    ],
)
def test_words_and_addresses_are_whole_across_a_line_end(above: str, below: str, expected: str) -> None:
    assert expected in read(column(60, above, below))


def test_running_heads_of_two_lines_are_kept_once() -> None:
    """They do not split the sentence that continues on the next page."""
    bodies = [
        (
            "It was agreed that the cost of the new sluice would be carried in equal",
            "parts by the town and by",
        ),
        (
            "the guild of millers, and that work on it begins in the first week of",
            "October. The mayor thanked all who had come to the hall in the",
        ),
        ("evening of the fair, and the engineer will report in the spring again.", "All of them went home."),
    ]
    head = [(60, 770, 10, "Aldermoor Town Council"), (60, 758, 10, "Minutes of the autumn session")]
    text = read(*[[*head, *column(60, *body, start=728)] for body in bodies])
    assert text.count("Aldermoor Town Council") == text.count("Minutes of the autumn session") == 1
    assert "by the town and by the guild of millers" in text
    assert "in the evening of the fair" in text


def test_contents_that_recur_are_kept() -> None:
    """Numbers of invoices and weeks that count with the pages, and a sum that is the same on each page."""
    for kind, first in (("Invoice", 3104), ("Week", 1)):
        pages = [
            [
                (72, 770, 11, f"{kind} {first + n}"),
                (72, 742, 11, f"Customer: {name}"),
                (72, 714, 11, "Total: 850 EUR"),
            ]
            for n, name in enumerate(("Ole Haug", "Marta Lund", "Ines Roca", "Piet Vos"))
        ]
        text = read(*pages)
        assert all(f"{kind} {first + n}" in text for n in range(4))
        assert text.count("Total: 850 EUR") == 4


def test_a_letterhead_is_kept_once() -> None:
    letters = [
        "The members spoke about the roof.",
        "The cook promised fish for May.",
        "All are asked to come again.",
    ]
    pages = [[*column(60, letter), (60, 40, 8, "Lesund Boat Club, phone 555 0123")] for letter in letters]
    assert read(*pages).count("phone 555 0123") == 1


def test_a_footnote_does_not_cut_a_sentence_over_two_pages() -> None:
    first = column(
        60,
        "It was agreed that the cost, which the engineer put at forty thousand",
        "crowns, would be carried in equal parts by the town and by",
    )
    note = [(60, 90, 7, "1 The engineer is Ms Tola Werf of Harne.")]
    second = column(
        60,
        "the guild of millers, and that work on it begins in the first week of",
        "October. All of them went home.",
    )
    document = pdf_document("a.pdf", pdf([[*first, *note], second]))
    assert "by the town and by the guild of millers" in document.text
    assert document.page(document.text.index("Tola Werf")) == 1
    assert document.page(document.text.index("guild of millers")) == 2


def with_annotations(*annotations: DictionaryObject) -> bytes:
    """Return a page with two labels and these annotations."""
    writer = PdfWriter(
        clone_from=PdfReader(BytesIO(pdf([[(72, 740, 12, "Name of the boat:"), (72, 700, 12, "Insured:")]])))
    )
    added = ArrayObject(writer._add_object(annotation) for annotation in annotations)
    writer.pages[0][NameObject("/Annots")] = added
    fields = [one for one in added if one.get_object().get("/FT") is not None]
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): ArrayObject(fields)}
    )
    data = BytesIO()
    writer.write(data)
    return data.getvalue()


def annotation(box: tuple[float, ...], **entries: object) -> DictionaryObject:
    result = DictionaryObject(
        {NameObject("/Type"): NameObject("/Annot"), NameObject("/Rect"): ArrayObject(map(FloatObject, box))}
    )
    for key, value in entries.items():
        result[NameObject(f"/{key}")] = value
    return result


def test_filled_fields_checked_boxes_and_notes_are_read() -> None:
    name = annotation(
        (180, 735, 330, 755),
        Subtype=NameObject("/Widget"),
        FT=NameObject("/Tx"),
        T=TextStringObject("name"),
        V=TextStringObject("Silver Tern"),
    )
    states = DictionaryObject(
        {
            NameObject("/N"): DictionaryObject(
                {NameObject("/Yes"): DictionaryObject(), NameObject("/Off"): DictionaryObject()}
            )
        }
    )
    box = annotation(
        (130, 698, 142, 710),
        Subtype=NameObject("/Widget"),
        FT=NameObject("/Btn"),
        T=TextStringObject("insured"),
        V=NameObject("/Yes"),
        AS=NameObject("/Yes"),
        AP=states,
    )
    note = annotation(
        (400, 600, 420, 620),
        Subtype=NameObject("/Text"),
        Contents=TextStringObject("The harbour master has seen it."),
    )
    hidden = annotation(
        (180, 600, 330, 620),
        Subtype=NameObject("/Widget"),
        FT=NameObject("/Tx"),
        T=TextStringObject("secret"),
        V=TextStringObject("Nobody sees it"),
        F=NumberObject(2),
    )
    text = pdf_document("a.pdf", with_annotations(name, box, note, hidden)).text
    assert text == "Name of the boat: Silver Tern\n\nInsured: ☒\n\nThe harbour master has seen it."


def test_text_off_the_page_or_not_drawn_is_not_read() -> None:
    stream = b"BT /F 12 Tf 50 700 Td (Seen.) Tj 0 200 Td (Off the page.) Tj 3 Tr 0 -300 Td (Not drawn.) Tj ET"
    assert pdf_document("a.pdf", pdf_of_streams([stream])).text == "Seen."


def test_turned_text_is_read() -> None:
    """A page whose text runs upwards, and a line at right angles to the others."""
    lines = b"BT /F 12 Tf 0 1 -1 0 100 50 Tm (The ferry sails at nine) Tj 0 -14 Td (from the old pier.) Tj ET"
    assert pdf_document("a.pdf", pdf_of_streams([lines])).text == "The ferry sails at nine from the old pier."
    across = (
        b"BT /F 12 Tf 50 700 Td (The ferry sails at nine from the pier.) Tj 0 1 -1 0 20 300 Tm (Stamp) Tj ET"
    )
    assert (
        pdf_document("a.pdf", pdf_of_streams([across])).text
        == "The ferry sails at nine from the pier.\n\nStamp"
    )


def test_letters_that_are_drawn_one_by_one_make_words() -> None:
    """Upright and turned, in files without spaces: only wide gaps are spaces."""
    upright = b"".join(
        b"BT /F 12 Tf 1 0 0 1 %d 700 Tm (%c) Tj ET " % (50 + 7 * place, letter)
        for place, letter in enumerate(b"No 0042")
        if letter != 32
    )
    turned = b"".join(
        b"BT /F 12 Tf 0.001 1 -1 0.001 20 %d Tm (%c) Tj ET " % (300 + 7 * place, letter)
        for place, letter in enumerate(b"quad 7")
        if letter != 32
    )
    words = "The ferry sails at nine from the pier."
    text = pdf_document("a.pdf", pdf_of_streams([upright + turned])).text
    assert set(text.split("\n\n")) == {"No 0042", "quad 7"}
    mirrored = f"BT /F 12 Tf 0 1 -1 0 100 50 Tm ({words}) Tj ET".encode()
    assert pdf_document("a.pdf", pdf_of_streams([mirrored])).text == words


def test_white_text_is_read_only_where_it_is_seen() -> None:
    """On a coloured area, not on white paper."""
    shown = b"BT /F 12 Tf 50 700 Td (Shown) Tj ET 0 0 1 rg 40 590 200 30 re f "
    white = b"1 g BT /F 12 Tf 50 600 Td (White on blue) Tj 0 -100 Td (White on white) Tj ET"
    assert pdf_document("a.pdf", pdf_of_streams([shown + white])).text == "Shown\n\nWhite on blue"


def test_a_list_box_shows_what_is_chosen() -> None:
    choices = annotation(
        (72, 600, 200, 660),
        Subtype=NameObject("/Widget"),
        FT=NameObject("/Ch"),
        T=TextStringObject("deck"),
        V=TextStringObject("Upper"),
        Opt=ArrayObject([TextStringObject("Lower"), TextStringObject("Upper")]),
    )
    text = pdf_document("a.pdf", with_annotations(choices)).text
    assert "☐ Lower ☒ Upper" in " ".join(text.split())


def test_words_of_several_scripts_are_refused_with_advice() -> None:
    words = [f"щω{chr(0x0E01 + number)}a{chr(0x0561 + number)}" for number in range(30)]
    assert is_letter_salad(" ".join(words))
    assert not is_letter_salad("Где находится маяк? Ὁ φάρος. 灯台はどこですか。 " * 20)


@pytest.mark.parametrize("shift", [-29, 3])
def test_letter_salad_is_refused_with_advice(shift: int) -> None:
    """Fonts that map to the wrong letters."""
    words = (
        "The ranger of the western hut is Petra Lohne and she has two helpers in July. Water is carried "
        "up by mule every Friday, weather permitting, and the stove of the hut is lit at four in the "
        "afternoon by the first guest of the day. "
    )
    swapped = "".join(chr(ord(letter) + shift) if letter.isalpha() else letter for letter in words)
    lines = column(
        60,
        *(
            swapped.replace("\\", "/").replace("(", "[").replace(")", "]")[n : n + 70]
            for n in range(0, len(swapped), 70)
        ),
    )
    with pytest.raises(DocumentError, match="map to the wrong letters"):
        read(lines)
    assert read(column(60, *(words[n : n + 70] for n in range(0, len(words), 70))))


def test_lines_and_bookmarks_are_kept_for_headings() -> None:
    """Each line knows its font size, weight, page and offsets."""
    found = pdf_text("a.pdf", (FILES / "writer.pdf").read_bytes())
    heading = next(placed for placed in found.lines if placed.line.text == "The first crossing")
    body = next(placed for placed in found.lines if placed.line.text.startswith("The island of"))
    assert found.text[heading.start : heading.end] == "The first crossing"
    assert heading.line.size > body.line.size
    assert ("The engine", 1) in [(mark.title, mark.page) for mark in found.bookmarks]
    ends = [placed.end for placed in found.lines]
    assert ends == sorted(ends)


def test_what_is_drawn_again_to_make_it_bold_is_read_once() -> None:
    """The same words elsewhere on the page are read again."""
    words = column(50, *(f"Ferry {number} sails." for number in range(8)))
    again = [(x + 0.5, y, size, text) for x, y, size, text in words]
    assert read([*words, *again]) == read(words)
    assert read([*words, (50, 500, 10, "Ferry 0 sails.")]).count("Ferry 0 sails.") == 2


@pytest.mark.parametrize("turn", ["1 0 0 1 50 700", "0 1 -1 0 300 50"])
def test_a_blank_of_any_kind_separates_words(turn: str) -> None:
    """Fonts may map it to a tab."""
    data = pdf_of_streams([f"BT /F 12 Tf {turn} Tm (Procurement\tof\tpickups) Tj ET".encode()])
    data = data.replace(
        b"/Encoding /WinAnsiEncoding", b"/Encoding << /Differences [9 /space] >> /ToUnicode 9 0 R"
    )
    mapping = (
        b"begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfchar <09> <0009> endbfchar "
        b"1 beginbfrange <20> <7e> <0020> endbfrange endcmap"
    )
    stream = b"9 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\nxref" % (len(mapping), mapping)
    assert pdf_document("a.pdf", data.replace(b"xref", stream, 1)).text == "Procurement of pickups"
