from __future__ import annotations

from qa.documents import Document
from qa.page.views.document_list import Upload, document_list_html, uploads_html
from qa.settings import DEFAULTS
from tests.page.dom import attributes, count, looks, plain, texts
from tests.replies import HOSTILE, MILL, REGISTER

KINDS = ("done", "failed", "busy")


def test_each_document_can_be_opened_and_removed() -> None:
    """By its exact name, whatever characters it has. The session's own documents are marked."""
    hostile = Document(HOSTILE.replace("\0", "").replace("\r", ""), "x")
    documents = [MILL, REGISTER, hostile]
    names = [document.id for document in documents]
    markup = document_list_html(documents, {hostile.id}, keep=False)
    assert [target["document"] for target in looks(markup)] == names
    assert attributes(markup, "data-remove") == attributes(markup, "data-asked") == names
    assert texts(markup, ".name") == [names[0], "Fires", names[2]]
    assert texts(markup, ".facts") == [
        f"text · {len(MILL.text)} characters",
        "fires.pdf · PDF · 2 pages",
        "text · 1 characters · yours",
    ]
    assert attributes(markup, "data-added") == [hostile.id]
    assert texts(markup, "h2") == ["Documents 3"]
    assert count(markup, "script, img, [data-confirm]") == 0


def test_deleting_a_file_needs_a_second_click() -> None:
    """If the file belongs to the corpus. The label of the button says so."""
    markup = document_list_html([MILL], (), keep=True)
    assert count(markup, "button[data-confirm][aria-label='Delete the file mill.txt']") == 1


def test_documents_beyond_the_limit_are_counted_and_an_empty_list_says_so() -> None:
    """A list of thousands would make the page slow."""
    many = [Document(f"{number}.txt", "x") for number in range(DEFAULTS.listed_documents + 1_200)]
    markup = document_list_html(many, (), keep=False)
    assert count(markup, "li") == DEFAULTS.listed_documents
    assert texts(markup, ".note") == ["and 1,200 more"]
    assert texts(document_list_html([], (), keep=False), ".note") == ["No documents yet: add some below."]


def test_a_document_being_read_shows_progress_and_can_be_stopped() -> None:
    uploads = [
        Upload("a.pdf", "page 12 of 43", number=4, share=0.28),
        Upload("b.pdf", "is waiting", number=5),
        Upload("c.pdf", "is ready", done=True, number=6),
    ]
    markup = uploads_html(uploads)
    assert attributes(markup, "value") == ["28"]
    assert attributes(markup, "data-stop") == ["4", "5"]
    assert texts(markup, "button") == ["×", "×"]


def test_uploads_show_their_status() -> None:
    """Name and reason are shown literally; success, failure and unfinished look different."""
    uploads = [
        Upload("a.txt", "is ready", done=True),
        Upload(HOSTILE, f"{HOSTILE!r} is bad", failed=True),
        Upload("c.txt", "is waiting"),
    ]
    markup = uploads_html(uploads)
    assert [count(markup, f"li:nth-child({n}).{kind}") for n, kind in enumerate(KINDS, 1)] == [1, 1, 1]
    assert f"{HOSTILE} {HOSTILE!r} is bad" in plain(markup)
    assert uploads_html([]) == ""
