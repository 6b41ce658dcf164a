"""PDF parser: paragraphs, running heads, pages, and files without text."""

from __future__ import annotations

import zlib
from itertools import pairwise

import pytest

from qa.documents import Sandbox
from qa.documents.parsers.pdf import pdf_document
from qa.documents.parsers.pdf.document import MAX_PAGES
from qa.errors import DocumentError
from tests.helpers import FILES
from tests.pages import Line, pdf, pdf_of_streams

OPENING = (
    "The island of Skerra lies eleven kilometres off the coast. For ninety years a single ferry, the Maid of "
    "Skerra, has carried its post, its flour and its schoolchildren. She was built in Aberdeen in 1931 by "
    "Douglas Finch, a shipwright who had never been to sea."
)
OFFICE = (
    "for which an affable official from the Office of Fisheries had come, was put off twice because of fog"
)
HARBOUR = (
    "The harbour-master of the time, Elias Brandt, charged fourpence a head. A well-known pamphlet of 1934 "
    "calls the fare “a robbery in broad daylight”, and the well-known answer of the harbour-master hangs in "
    "the waiting room to this day: swim, then."
)
SUCCESSOR = "A successor has been ordered from a yard in Gdańsk."


def page(*words: str, start: int = 700, size: int = 12, leading: int = 14) -> list[Line]:
    """Return lines, one below the other."""
    return [(50, start - leading * position, size, line) for position, line in enumerate(words)]


@pytest.mark.parametrize("name", ["chromium", "latex", "writer", "owner"])
def test_sentences_are_complete(name: str) -> None:
    """In files of three programs, with one column or two, line ends, hyphens, ligatures and accents."""
    document = pdf_document("a.pdf", (FILES / f"{name}.pdf").read_bytes())
    for sentence in (OPENING, OFFICE, HARBOUR, SUCCESSOR):
        assert sentence in document.text
    assert OPENING in document.text.split("\n\n")
    assert document.title == "The Ferry of Skerra"


@pytest.mark.parametrize(
    ("name", "second"), [("chromium", "| Season"), ("latex", "2 What"), ("writer", "The engine")]
)
def test_each_offset_has_its_page(name: str, second: str) -> None:
    """A page begins at its first word."""
    document = pdf_document("a.pdf", (FILES / f"{name}.pdf").read_bytes())
    assert document.pages[0] == 0
    assert document.text[document.pages[1] :].startswith(second)
    assert document.page(document.text.index("ninety years")) == 1
    assert document.page(document.pages[1] - 1) == 1
    assert document.page(document.pages[1]) == 2
    assert document.page(len(document.text) - 1) == len(document.pages)


def test_a_damaged_page_is_named_and_the_others_are_read() -> None:
    """A file with no page that can be read is damaged."""
    data = pdf([page("The ferry is old."), page("The mill is new."), page("The inn is shut.")])
    document = pdf_document("a.pdf", data.replace(b"6 0 obj\n<<", b"6 0 obj\n[["))
    assert document.text == "The ferry is old.\n\nThe inn is shut."
    assert document.notes == ("page 2 could not be read",)
    assert document.page(document.text.index("inn")) == 3


def test_running_heads_are_dropped() -> None:
    """The title and the number at the top of each page of a TeX file."""
    text = pdf_document("a.pdf", (FILES / "latex.pdf").read_bytes()).text
    assert "WHAT SHE CARRIES" not in text
    assert text.startswith("The island")


@pytest.mark.parametrize(
    "begins",
    [
        ("1 Explain why the ferry sank.", "2 Name the captain of her.", "3 Say who owned the ferry."),
        ("2019 was a year of fog.", "2020 was a year of storms.", "2021 was a year of frost."),
    ],
)
def test_numbered_sentences_are_kept(begins: tuple[str, ...]) -> None:
    """A number that counts the pages is dropped only alone or beside text that occurs elsewhere."""
    text = pdf_document("a.pdf", pdf([page(begin, "More of it.") for begin in begins])).text
    assert all(begin in text for begin in begins)
    text = pdf_document("a.pdf", pdf([page("More of it.", begin) for begin in begins])).text
    assert all(begin in text for begin in begins)


def test_pages_of_one_form_keep_their_lines() -> None:
    """Lines that differ in their numbers are running heads only if these count with the pages."""
    sums = ["101", "17", "250", "9" * 60]
    bills = [f"Invoice {invoice} was paid by Ada." for invoice in range(1, 5)]
    pages = [page(bill, f"Sum {sums[number]} crowns", "Page 1 of 4") for number, bill in enumerate(bills)]
    text = pdf_document("a.pdf", pdf(pages)).text
    assert all(bill in text for bill in bills)
    assert all(f"Sum {money} crowns" in text for money in sums)
    assert "of 4" not in text
    counted = [
        [(50, 760, 9, f"The Ferry 12/{number}"), *page(f"A text of {money} crowns.")]
        for number, money in enumerate(sums, start=3)
    ]
    assert "Ferry" not in pdf_document("a.pdf", pdf(counted)).text


def test_running_heads_of_chapters_are_dropped() -> None:
    """The title is on left pages, the chapter on right pages, each with the page number on the outer side."""
    heads = ["The Ferry 1", "2 THE ENGINE", "The Ferry 3", "4 THE CREW", "The Ferry 5"]
    bodies = ["The Engine", "One.", "The Crew", "Two.", "Three."]
    pages = [page(head, body) for head, body in zip(heads, bodies, strict=True)]
    assert pdf_document("a.pdf", pdf(pages)).text.split() == " ".join(bodies).split()


FULL = "A line of words as long as others"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            [*page(FULL, FULL, size=18, leading=20), *page(FULL, FULL, start=660)], id="another size"
        ),
        pytest.param([*page(FULL, FULL), *page(FULL, FULL, start=665)], id="a gap"),
        pytest.param(page(FULL, "short", FULL, FULL), id="a short line"),
        pytest.param(page(FULL, f"{FULL}.", f"- {FULL}", FULL), id="an item"),
        pytest.param([*page(FULL, f"{FULL}."), (65, 672, 12, FULL), *page(FULL, start=658)], id="an indent"),
        pytest.param(
            [*page(FULL, f"{FULL}."), *[(300, y, 12, FULL) for y in (700, 686)]], id="another column"
        ),
    ],
)
def test_a_paragraph_ends(lines: list[Line]) -> None:
    """At another size, a gap, a short line, an item, an indent, or a new column after a full stop."""
    first, second = pdf_document("a.pdf", pdf([lines])).text.split("\n\n")
    assert first in (f"{FULL} {FULL}", f"{FULL} {FULL}.", f"{FULL} short")
    assert second in (f"{FULL} {FULL}", f"- {FULL} {FULL}")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(page(FULL, f"{FULL}.", FULL), id="a full stop"),
        pytest.param([*page(f"- {FULL}."), (65, 686, 12, FULL), (65, 672, 12, FULL)], id="an indented item"),
        pytest.param([*page(FULL), (65, 686, 12, FULL), *page(FULL, start=672)], id="a shifted line"),
        pytest.param([*page(FULL, FULL), (300, 700, 12, FULL)], id="another column"),
    ],
)
def test_a_paragraph_continues(lines: list[Line]) -> None:
    """After a full stop at a line end, a hanging indent, and a new column inside a sentence."""
    assert pdf_document("a.pdf", pdf([lines])).text.count("\n") == 0


def test_hyphens() -> None:
    """A word split at a line end is joined; one that is written with a hyphen keeps it."""
    lines = page(
        "He spoke of a well-known compromise and of infor-",
        "mation that he got from another well-",
        "known man, at a post-",
        "War meeting in 1914-",
        "1918 with an inter\xad",
        "national public.",
    )
    assert pdf_document("a.pdf", pdf([lines])).text == (
        "He spoke of a well-known compromise and of information that he got from another well-known man, "
        "at a post-War meeting in 1914-1918 with an international public."
    )


def test_a_sentence_continues_over_pages_without_their_numbers() -> None:
    """Running heads are dropped, so that a sentence over two pages is complete."""
    body = [
        page("The sentence of the first page is long and it goes", "on without an end"),
        page(
            "on the second page, where it ends after some words.", "Another one begins there and is cut be-"
        ),
        page("tween two pages, the second and the third of these."),
    ]
    pages = [
        [(50, 780, 9, f"Report of {1900 + number}"), *lines, (300, 20, 9, f"{number + 7}")]
        for number, lines in enumerate(body)
    ]
    document = pdf_document("a.pdf", pdf(pages))
    assert document.text == (
        "The sentence of the first page is long and it goes on without an end on the second page, where it "
        "ends after some words. Another one begins there and is cut between two pages, the second and the "
        "third of these."
    )
    assert [document.text[offset:].split()[0] for offset in document.pages] == ["The", "on", "tween"]


def test_two_pages_may_begin_alike() -> None:
    """What is at the top of only a few pages is not a running head."""
    pages = [
        page("Summary", "of one thing"),
        page("Summary", "of another"),
        page("Else"),
        page("Last"),
        page("No"),
    ]
    assert pdf_document("a.pdf", pdf(pages)).text.count("Summary") == 2


@pytest.mark.parametrize(
    ("words", "producer", "expected"),
    [
        ("Gda\xb4nsk and G\xa8odel", "pdfTeX-1.40", "Gdańsk and Gödel"),
        ("it\xb4s", "Word", "it´s"),
        ("a\xadb \x01c", "Word", "a-b c"),
    ],
)
def test_letters(words: str, producer: str, expected: str) -> None:
    """Drawn accents are put on their letters if TeX made the file; control characters are dropped."""
    stream = b"BT /F 12 Tf 50 700 Td (" + words.encode("latin-1") + b") Tj ET"
    assert pdf_document("a.pdf", pdf_of_streams([stream], producer=producer)).text == expected


def test_an_empty_page_is_a_page() -> None:
    document = pdf_document("a.pdf", pdf([page("one"), [], page("three")]))
    assert document.page(document.text.index("three")) == 3
    assert all(a <= b for a, b in pairwise(document.pages))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("locked.pdf", "is locked with a password: save it without one"),
        ("scanned.pdf", r"contains images but no text: run text recognition \(OCR\) on it"),
    ],
)
def test_a_locked_file_and_a_scan_are_refused(name: str, message: str) -> None:
    with pytest.raises(DocumentError, match=f"^'a.pdf' {message}"):
        pdf_document("a.pdf", (FILES / name).read_bytes())


def test_a_file_without_text_or_images_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"^'a\.pdf' contains no text$"):
        pdf_document("a.pdf", pdf([[]]))


def test_too_many_pages_are_refused() -> None:
    """The limit counts pages, even if they are all the same."""
    tree = f"<< /Type /Pages /Kids [{'4 0 R ' * (MAX_PAGES + 1)}] /Count {MAX_PAGES + 1} >>"
    with pytest.raises(DocumentError, match=r"3,001 pages and at most 3,000"):
        pdf_document("a.pdf", pdf_of_streams([b""], tree=tree))


def test_a_page_tree_that_contains_itself_ends() -> None:
    """A loop in the page tree is an error or is read once; it never hangs."""
    tree = "<< /Type /Pages /Kids [4 0 R 2 0 R] /Count 9 >>"
    try:
        text = pdf_document("a.pdf", pdf_of_streams([b"BT /F 12 Tf (once) Tj ET"], tree=tree)).text
    except Exception as error:
        assert not isinstance(error, MemoryError | RecursionError)  # noqa: PT017 (any error will do but these)
    else:
        assert text == "once"


def test_a_stream_that_unpacks_to_much_is_read_within_the_limits() -> None:
    """100 MB of spaces, compressed to 100 kB, and a word."""
    packed = zlib.compress(b" " * 100_000_000 + b"BT /F 12 Tf (once) Tj ET")
    data = pdf_of_streams([packed], more="/Filter /FlateDecode")
    with Sandbox(seconds=20, memory=512 * 1024 * 1024) as sandbox:
        assert sandbox.parse("a.pdf", ".pdf", data).text == "once"
