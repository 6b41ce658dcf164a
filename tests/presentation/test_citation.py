"""Citations: quotations with their source, locations, links that scroll to the words."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from qa.documents import Document, Span, is_web_address
from qa.presentation import compact_location, quotation, text_link
from qa.presentation.citation import location, source
from qa.results import Citation
from tests.replies import AGAIN, MILL, REGISTER, YEAR

WEB = "https://a.example/page"


def link(text: str, words: str, *, url: str | None = WEB, nth: int = 1) -> str | None:
    """Return the link to the `nth` occurrence of `words` in a web page."""
    start = -1
    for _ in range(nth):
        start = text.index(words, start + 1)
    return text_link(Document("page.html", text, url=url), Span(start, start + len(words)))


def test_a_quotation_is_the_sentence_with_its_source() -> None:
    assert quotation(YEAR) == "“It burnt down in 1822, on a Sunday.”\n— mill.txt, characters 46–50"
    assert source(AGAIN) == (
        "Fires, fires.pdf, page 2, characters 32–36, "
        "https://fires.example/list?y=1#top:~:text=The%20mill%3A%201822."
    )


def test_a_location_has_the_page_if_there_is_one() -> None:
    assert location(MILL, YEAR.span) == "mill.txt, characters 46–50"
    assert location(REGISTER, AGAIN.span) == "fires.pdf, page 2, characters 32–36"
    assert compact_location(MILL, YEAR.span) == "mill.txt:46-50"
    assert compact_location(REGISTER, AGAIN.span) == "fires.pdf:32-36, page 2"


def test_a_link_spells_the_words_out() -> None:
    """Characters that are special in a fragment are encoded; white space becomes one space."""
    assert link("See: well-known, R&D  100%.\n", "well-known, R&D  100%") == (
        f"{WEB}#:~:text=well%2Dknown%2C%20R%26D%20100%25"
    )
    assert link("Größe 漢字\n", "Größe 漢字") == f"{WEB}#:~:text=Gr%C3%B6%C3%9Fe%20%E6%BC%A2%E5%AD%97"


def test_repeated_words_are_linked_with_the_words_around_them() -> None:
    """Only words of the same line are used."""
    text = "First, it rained in May.\nThen again IT RAINED in June, all day long, they say.\n"
    assert link(text, "it rained") == f"{WEB}#:~:text=First%2C-,it%20rained,-in%20May."
    assert link(text, "IT RAINED") == (f"{WEB}#:~:text=Then%20again-,IT%20RAINED,-in%20June%2C%20all%20day")
    assert (
        link("It  rained. It\trained, they say.", "It  rained")
        == f"{WEB}#:~:text=It%20rained,-.%20It%20rained%2C%20they"
    )
    assert link("it rained\nit rained", "it rained") == f"{WEB}#:~:text=it%20rained"
    assert link("so it rained\nit rained", "it rained", nth=2) == f"{WEB}#:~:text=it%20rained"


def test_a_long_quotation_is_linked_by_its_first_and_last_words() -> None:
    long = " ".join(f"word{number}" for number in range(100))
    expected = "word0 word1 word2 word3 word4,word95 word96 word97 word98 word99"
    found = link(f"{long}.\n", long)
    assert found is not None
    assert unquote(found) == f"{WEB}#:~:text={expected}"
    assert link("One two\n\nthree four\n", "One two\n\nthree four") == (
        f"{WEB}#:~:text=One%20two,three%20four"
    )


def test_a_long_quotation_whose_first_words_are_repeated_is_linked_with_context() -> None:
    """Otherwise a browser would begin at their first occurrence."""
    long = " ".join(f"word{number}" for number in range(100))
    found = link(f"word0 word1 word2 word3 word4.\nSo {long}.\n", long)
    assert found is not None
    assert unquote(found) == (
        f"{WEB}#:~:text=So-,word0 word1 word2 word3 word4,word95 word96 word97 word98 word99,-."
    )


def test_an_existing_fragment_is_kept() -> None:
    """An existing text directive is replaced."""
    assert link("One.", "One", url=f"{WEB}#part") == f"{WEB}#part:~:text=One"
    assert link("One.", "One", url=f"{WEB}#part:~:text=Two") == f"{WEB}#part:~:text=One"
    assert link("One. \n", " \n") == WEB


@pytest.mark.parametrize(
    "url",
    [None, "", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "page.html", "http://["],
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    """Whatever a page claims as its address, nothing else becomes a link."""
    assert url is None or not is_web_address(url)
    assert link("One.", "One", url=url) is None
    document = Document("page.html", "One.", url=url)
    assert source(Citation(document, Span(0, 3), Span(0, 4))) == "page.html, characters 0–3"
