"""The text read for a passage: prose unchanged, tables cell by cell, every word with its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, Span, text_document
from qa.documents.parsing import parse
from qa.reader import Reader
from qa.reader.input_writer import ReaderInput
from qa.reader.linearization import reader_input
from qa.results import Passage
from tests.growth import assert_grows_in_line
from tests.tiny_reader import tiny_reader

PUMPS = """Our pumps come in three sizes.

| No. | Model | Price | Warranty |
|----:|:------|-------|---|
| 1 | TP-100 | £900 | 2 years |
| 2 | TP-250 | £1,450 |
  | 3 | TP-900 | £4,200 | 5 years | on request

They are tested in Norvik.
"""


def of(text: str, start: int = 0, end: int | None = None, *, question: str = "") -> ReaderInput:
    """Return the text read for a passage of `text`, with its segments checked."""
    document = text_document(text, name="d.txt")
    return checked(document, Span(start, len(text) if end is None else end), question)


def checked(document: Document, passage: Span, question: str = "") -> ReaderInput:
    found = reader_input(document, passage, question)
    assert found.starts.tolist() == sorted(found.starts.tolist())
    for first, last, place in zip(found.starts, found.ends, found.offsets, strict=True):
        assert found.text[first:last] == document[passage][place : place + last - first]
    return found


def stretches(found: ReaderInput) -> list[str]:
    """Return the words that can be answers, by segment."""
    return [found.text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


def test_each_cell_is_read_with_its_heading_and_what_its_row_is_about() -> None:
    """A row is named by the first column of words; empty cells are skipped; not all have a heading."""
    found = of(PUMPS)
    assert found.text.split("\n\n")[1].splitlines() == [
        "The no. of TP-100 is 1. The price of TP-100 is £900. The warranty of TP-100 is 2 years. ",
        "The no. of TP-250 is 2. The price of TP-250 is £1,450. ",
        "The no. of TP-900 is 3. The price of TP-900 is £4,200. The warranty of TP-900 is 5 years. "
        "TP-900: on request. ",
    ]
    assert stretches(found)[:4] == ["Our pumps come in three sizes.", "TP-100", "1", "TP-100"]
    assert stretches(found)[-1] == "They are tested in Norvik."


def test_headings_are_found_before_the_passage_and_are_no_answer_there() -> None:
    """A long table is cut into passages: later ones are read with the headings from the first."""
    found = of(PUMPS, PUMPS.index("| 2 |"), PUMPS.index("\n  | 3"))
    assert found.text.endswith("\n\nThe no. of TP-250 is 2. The price of TP-250 is £1,450. \n")
    assert stretches(found) == ["TP-250", "2", "TP-250", "£1,450"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| Born | 1932 |\n| Died | 2001 |", "Born: 1932. \nDied: 2001. \n"),
        (
            "| Town | Then | Now |\n| Berg | 830 | 790 |",
            "The then of Berg is 830. The now of Berg is 790. \n",
        ),
        (
            "| Oslo | 709 | 1048 |\n| Berg | 291 | 1070 |",
            "Oslo: 709. Oslo: 1048. \nBerg: 291. Berg: 1070. \n",
        ),
        ("| a | b |\n|--|--|\n| One. Two | Who? Me |", "The b of One. Two is Who? Me. \n"),
        (
            f"| a | {'b' * 90} |\n|-|-|\n| {'c' * 90} | d |",
            f"The {'b' * 80} of {'c' * 80} is d. \n",
        ),
        ("| Dose | Age |\r\n|---|---|\r\n| 5 ml | 2 |\r\n", "The age of 5 ml is 2. \n\r\n"),
        ("| Dose | Age |\n|---|---|", "Dose: Age. \n"),
        ("| a \\| b | c", "a \\| b: c. \n"),
        ("| one |\n\n| two | 2 |", "one.\n\n\ntwo: 2. \n"),
        ("Not | a row.", "Not | a row."),
        ("No table\n- at all\n", "No table\n- at all\n"),
    ],
)
def test_small_tables(text: str, expected: str) -> None:
    """Two columns without a rule have no headings; a bar in a cell or sentence separates nothing."""
    assert of(text).text == expected


CARDS = """# Courses

## Pottery

- Teacher: Berit Sol
- Fee: 900 crowns. Half of it is paid at once.
"""


def test_labels_are_read_with_their_section() -> None:
    """A label and its value are a segment each; the title and headings before a passage are not segments."""
    document = text_document(CARDS, name="a.md")
    found = checked(document, Span(CARDS.index("- Teacher"), len(CARDS)))
    assert found.text == (
        "Courses. Pottery\n\n"
        "The Teacher of Pottery is Berit Sol.\n"
        "The Fee of Pottery is 900 crowns. Half of it is paid at once..\n\n"
    )
    assert stretches(found) == ["Teacher", "Berit Sol", "Fee", "900 crowns. Half of it is paid at once."]


def test_records_are_named_by_their_first_entry() -> None:
    text = "Invoice: F-1\nDue: May\n\nInvoice: F-2\nDue: June"
    assert of(text).text.splitlines()[3] == "The Due of Invoice F-2 is June."
    assert stretches(of(text, question="When is invoice F-2 due?")) == ["Due", "June"]


def test_what_a_page_does_not_show_is_not_read() -> None:
    document = text_document("Seen.\n\n<!-- code RUSK -->\n\n- item\n", name="a.md")
    found = checked(document, Span(0, len(document.text)))
    assert "RUSK" not in found.text
    assert stretches(found) == ["Seen.", "item"]


LAMPS = "| Model | Tray | Price |\n|-|-|-|\n| LX-40 | 50 | 1,190 |\n| LX-60 | 80 | 1,690 |\n"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How fast is it?", ["LX-40", "50", "LX-40", "1,190", "LX-60", "80", "LX-60", "1,690"]),
        ("What does the LX-60 offer?", ["80", "1,690"]),
        ("What does the LX-60 cost?", ["1,690"]),
        ("What is the price of the LX-60?", ["1,690"]),
        ("Which model costs 1,690?", ["LX-60"]),
        ("What has a price of 1,690?", ["LX-60", "80"]),
        ("What is the price?", ["1,190", "1,690"]),
    ],
)
def test_named_rows_and_columns_leave_no_other_cells(question: str, expected: list[str]) -> None:
    assert stretches(of(LAMPS, question=question)) == expected


def test_a_value_that_the_question_gives_names_its_row() -> None:
    """With the heading of its column, if it is a number."""
    found = of(LAMPS, question="Which model has a price of 1,690?").text
    assert "The model of price 1,690 is LX-60. The tray of price 1,690 is 80." in found


@given(st.text(alphabet="ab |-\\\n", max_size=60), st.data())
def test_every_stretch_has_its_place(text: str, data: st.DataObject) -> None:
    """For any table, however broken, and any passage of it."""
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if text.strip():
        of(text, start, end, question="a b")


def test_no_answer_joins_cells() -> None:
    """Nor does it contain the words put between them."""
    text = "a b\n\n| c | d e | f |\n|---|---|---|\n| g h | i | j |"
    document = text_document(text, name="d.md")
    passage = Passage(document, Span(0, len(text)), 0.0, None, None)
    found = {candidate.text for candidate in tiny_reader().read("a", [passage], count=10_000)}
    assert {"a b", "g h", "i", "j"} <= found
    assert not any(set(words) & set("|:cdef") for words in found)


def test_time_grows_in_line_with_a_table() -> None:
    """Neither does a long line that only looks like a rule take long."""

    def read(rows: int) -> None:
        text = "| a | b | c |\n|" + "-" * 5 * rows + "x\n" + "| d | e | f |\n" * rows
        of(text, len(text) - 140)

    assert_grows_in_line(read, 250)


def test_the_packaged_reader_finds_cells() -> None:
    """The cell at a requested row and column, and the row that has a value."""
    reader, document = Reader.load(), text_document(PUMPS, name="d.md")
    passage = Passage(document, Span(0, len(PUMPS)), 0.0, None, None)
    for question, answer in {
        "How much does the TP-250 cost?": "£1,450",
        "How long is the warranty of the TP-900?": "5 years",
        "Which model costs £4,200?": "TP-900",
        "Where are they tested?": "Norvik",
    }.items():
        assert reader.read(question, [passage])[0].text == answer


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "Name of the tenant: Ingrid Moe\nName of the guarantor:\nRent: 850 a month\n"),
        ("a.txt", "Name of the tenant: Ingrid Moe\nRent: 850 a month\nName of the guarantor: ______"),
        ("a.md", "**Rent:** 850 a month\n\n**Name of the tenant:** Ingrid Moe\n\nName of the guarantor:\n"),
        ("a.html", "<dl><dt>Name of the tenant<dd>Ingrid Moe<dt>Name of the guarantor<dd></dl>"),
    ],
)
def test_a_field_that_was_left_empty_has_no_value(name: str, text: str) -> None:
    """Text beside it does not answer a question about it."""
    is_page = name.endswith(".html")
    document = parse(name, ".html", text.encode()) if is_page else text_document(text, name=name)
    passage = Span(0, len(document.text))
    found = checked(document, passage, "What is the name of the guarantor?")
    assert "The Name of the guarantor is not given." in found.text
    assert stretches(found) == []
    assert stretches(checked(document, passage, "What is the name of the tenant?"))[-1] == "Ingrid Moe"


def test_a_label_above_others_is_no_empty_field() -> None:
    text = "Filling:\nApples: 3\nSugar: 80 g\n\nNote:\nServe it warm.\n"
    assert "not given" not in of(text, question="What is the filling?").text


@pytest.mark.parametrize(
    "text",
    [
        "☑ Paid by card\n\n☐ Paid in cash\n\nThanks for coming.\n",
        "☐ Paid in cash ☒ Paid by card\n\nThanks for coming.\n",
        "- ☐ Paid in cash\n- ✓ Paid by card\n\nThanks for coming.\n",
    ],
)
def test_what_is_not_checked_is_not_read_where_something_is(text: str) -> None:
    """A checked option is an answer as a whole."""
    found = of(text)
    assert "cash" not in found.text
    assert stretches(found) == ["Paid by card", "Thanks for coming."]
    assert "cash" in of(text.replace("☑", "☐").replace("☒", "☐").replace("✓", "☐")).text
