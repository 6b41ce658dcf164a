"""The documents: which there are, whose, and what became of what was added."""

from __future__ import annotations

import html

from qa.documents import Document
from qa.page.views.document_list import Arrival, arrivals_html, document_list_html
from qa.settings import DEFAULTS
from tests.helpers import asked, plain
from tests.replies import HOSTILE, MILL, REGISTER


def test_each_document_can_be_opened_and_removed() -> None:
    """By its very name, whatever letters it has; the visitor's own are called that."""
    hostile = Document(HOSTILE, "x")
    markup = document_list_html([MILL, REGISTER, hostile], {hostile.id}, kept=False)
    names = [MILL.id, REGISTER.id, HOSTILE]
    assert [wish["document"] for wish in asked(markup)] == names
    removed = [html.unescape(part.split('"', 1)[0]) for part in markup.split('data-remove="')[1:]]
    assert removed == names
    assert [item.count("yours, in this session") for item in markup.split("<li>")[1:]] == [0, 0, 1]
    assert "Fires" in markup
    assert 'Documents <span class="count">3</span>' in markup
    assert "<script" not in markup
    assert 'data-twice="0"' in markup


def test_deleting_a_file_is_asked_for_twice() -> None:
    """Where it is kept in the corpus, and the button says what it does."""
    markup = document_list_html([MILL], (), kept=True)
    assert 'data-twice="1"' in markup
    assert 'aria-label="Delete the file mill.txt"' in markup


def test_so_many_are_listed_and_the_rest_is_counted() -> None:
    """Thousands of documents do not make a page slow; none is said to be none."""
    many = [Document(f"{number}.txt", "x") for number in range(DEFAULTS.listed_documents + 1_200)]
    markup = document_list_html(many, (), kept=False)
    assert markup.count("<li>") == DEFAULTS.listed_documents
    assert "and 1,200 more" in markup
    assert "No documents yet" in document_list_html([], (), kept=False)


def test_what_was_added_tells_how_far_it_is() -> None:
    """Name and reason letter for letter, and good, bad and unfinished told apart."""
    arrivals = [
        Arrival("a.txt", "is ready", done=True),
        Arrival(HOSTILE, f"{HOSTILE!r} is bad", failed=True),
        Arrival("c.txt", "waits"),
    ]
    markup = arrivals_html(arrivals)
    assert [part.split('"', 1)[0] for part in markup.split('<li class="')[1:]] == ["done", "failed", "busy"]
    assert HOSTILE in plain(markup)
    assert f"{HOSTILE!r} is bad" in plain(markup)
    assert arrivals_html([]) == ""
