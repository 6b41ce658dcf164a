"""What is read of a passage: prose as it stands, tables cell by cell, every word with its place."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, Span
from qa.reader import Reader
from qa.reader.tables import ReaderInput, reader_input
from tests.tiny_reader import tiny_reader, whole

PUMPS = """Our pumps come in three sizes.

| No. | Model | Price | Warranty |
|----:|:------|-------|---|
| 1 | TP-100 | £900 | 2 years |
| 2 | TP-250 | £1,450 |
  | 3 | TP-900 | £4,200 | 5 years | on request

They are tested in Norvik.
"""


def of(text: str, start: int = 0, end: int | None = None) -> ReaderInput:
    """What is read of a passage of `text`, its stretches checked."""
    end = len(text) if end is None else end
    found = reader_input(Document("d", text), Span(start, end))
    assert found.starts.tolist() == sorted(found.starts.tolist())
    for first, last, place in zip(found.starts, found.ends, found.offsets, strict=True):
        assert found.text[first:last] == text[start:end][place : place + last - first]
    return found


def stretches(found: ReaderInput) -> list[str]:
    """The words that can be answers, stretch by stretch."""
    return [found.text[start:end] for start, end in zip(found.starts, found.ends, strict=True)]


def test_each_cell_is_read_with_its_heading_and_what_its_row_is_about() -> None:
    """A row is named by the first column of words; empty cells are passed over; not all have a heading."""
    found = of(PUMPS)
    assert found.text.split("\n\n")[1].splitlines() == [
        "No. of TP-100: 1. Price of TP-100: £900. Warranty of TP-100: 2 years. ",
        "No. of TP-250: 2. Price of TP-250: £1,450. ",
        "No. of TP-900: 3. Price of TP-900: £4,200. Warranty of TP-900: 5 years. TP-900: on request. ",
    ]
    assert stretches(found)[:4] == ["Our pumps come in three sizes.", "TP-100", "1", "TP-100"]
    assert stretches(found)[-1] == "They are tested in Norvik."


def test_headings_are_found_before_the_passage_and_are_no_answer_there() -> None:
    """A long table is cut into passages: the later ones are read with the headings of the first."""
    found = of(PUMPS, PUMPS.index("| 2 |"), PUMPS.index("\n  | 3"))
    assert found.text == "No. of TP-250: 2. Price of TP-250: £1,450. \n"
    assert stretches(found) == ["TP-250", "2", "TP-250", "£1,450"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| Born | 1932 |\n| Died | 2001 |", "Born: 1932. \nDied: 2001. \n"),
        ("| Town | Then | Now |\n| Berg | 830 | 790 |", "Then of Berg: 830. Now of Berg: 790. \n"),
        (
            "| Oslo | 709 | 1048 |\n| Berg | 291 | 1070 |",
            "Oslo: 709. Oslo: 1048. \nBerg: 291. Berg: 1070. \n",
        ),
        ("| a | b |\n|--|--|\n| One. Two | Who? Me |", "b of One. Two: Who? Me. \n"),
        (f"| a | {'b' * 90} |\n|-|-|\n| {'c' * 90} | d |", f"{'b' * 80} of {'c' * 80}: d. \n"),
        ("| Dose | Age |\r\n|---|---|\r\n| 5 ml | 2 |\r\n", "Age of 5 ml: 2. \n\r\n"),
        ("| Dose | Age |\n|---|---|", "Dose: Age. \n"),
        ("| a \\| b | c", "a \\| b: c. \n"),
        (
            "| Ada Berg | Mayor | Vik |\n| Olav Moe | Priest | Tun |",
            "Ada Berg: Mayor. Ada Berg: Vik. \nOlav Moe: Priest. Olav Moe: Tun. \n",
        ),
        ("| one |\n\n| two | 2 |", "one.\n\n\ntwo: 2. \n"),
        ("|", "\n"),
        ("| |", "\n"),
        ("|-|", ""),
        ("Not | a row.", "Not | a row."),
        ("No table\n- at all\n", "No table\n- at all\n"),
    ],
)
def test_small_tables(text: str, expected: str) -> None:
    """Two columns without a rule have no headings; a bar inside a cell or a sentence is none."""
    assert of(text).text == expected


@given(st.text(alphabet="ab |-\\\n", max_size=60), st.data())
def test_every_stretch_has_its_place(text: str, data: st.DataObject) -> None:
    """For any table however broken, and any passage of it; prose is read as it stands."""
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = of(text, start, end)
    if "|" not in text:
        assert found.text == text[start:end]


def test_no_answer_joins_cells() -> None:
    """Nor does it hold what was put between them."""
    passage = whole("a b\n\n| c | d e | f |\n|---|---|---|\n| g h | i | j |")
    found = {candidate.text for candidate in tiny_reader().read("a", [passage], count=10_000)}
    assert {"a b", "g h", "h", "i", "j"} <= found
    assert not any(set(text) & set("|:cdef") for text in found)
    for bare in ("|", "|---|---|", "| | |\n| | |"):
        assert tiny_reader().read("a", [whole(bare)]) == []


def test_a_long_rule_that_is_none_takes_no_long_time() -> None:
    """Nor do many rows: time grows in line with the text."""
    text = "| a | b | c |\n|" + "-" * 100_000 + "x\n" + "| d | e | f |\n" * 20_000
    began = time.process_time()
    of(text, len(text) - 140)
    assert time.process_time() - began < 2


def test_the_packaged_reader_finds_cells() -> None:
    """The row and the column that are asked for, and the row that has a value."""
    reader, passage = Reader.load(), whole(PUMPS)
    for question, answer in {
        "How much does the TP-250 cost?": "£1,450",
        "How long is the warranty of the TP-900?": "5 years",
        "Which model costs £4,200?": "TP-900",
        "Where are they tested?": "Norvik",
    }.items():
        assert reader.read(question, [passage])[0].text == answer
