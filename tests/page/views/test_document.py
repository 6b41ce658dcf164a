"""The reading panel: the whole document, in parts where it is long, and the way from place to place."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, Span
from qa.page.views.document import PART_CHARACTERS, Track, document_html, evidence_html, parts
from qa.presentation import Evidence, evidence
from tests.helpers import asked, letters, plain
from tests.replies import ANSWERED, HOSTILE, REGISTER


def test_a_document_is_shown_whole_under_its_name() -> None:
    """Name and text are both escaped, and a text with nothing in it can be opened too."""
    markup = document_html(Document('a/<b>"&amp;.txt', HOSTILE))
    assert letters(markup) == HOSTILE
    assert '<h2 class="source">a/&lt;b&gt;&quot;&amp;amp;.txt</h2>' in markup
    assert "<script" not in markup
    assert "<img" not in markup
    assert letters(document_html(Document("empty.txt", ""))) == ""


def test_title_page_and_address_are_told() -> None:
    """The title is the name where there is one; the address leads to the very words, in a new window."""
    markup = evidence_html(Track(3, "evidence", evidence(ANSWERED)), 1)
    assert '<h2 class="source">Fires</h2>' in markup
    assert "<span>fires.pdf</span>" in markup
    assert "Page 2 of 2" in markup
    assert 'href="https://fires.example/list?y=1#top:~:text=The%20mill%3A%201822."' in markup
    assert 'rel="noopener noreferrer"' in markup
    assert re.findall('data-page="([0-9])"', markup) == ["1", "2"]
    assert "<a " not in document_html(Document("x.html", "One.", url="javascript:alert(1)"))


def test_evidence_is_marked_and_leads_to_the_pieces_beside_it() -> None:
    """Where it is, which of how many, and round again from the last."""
    track = Track(3, "evidence", evidence(ANSWERED))
    markup = evidence_html(track, 0)
    assert 'class="sentence answer">1822</mark>' in markup
    assert plain(markup).count("1 of 3 The answer") == 1
    assert asked(markup) == [{"turn": 3, "track": "evidence", "number": number} for number in (2, 1)]
    assert [wish["number"] for wish in asked(evidence_html(track, 2))] == [1, 0]
    alone = evidence_html(Track(0, "evidence", track.evidence[:1]), 0)
    assert alone.count(" disabled>") == 2


@given(st.text(alphabet="ab \n\r", max_size=60).map(lambda text: text * 4_000))
def test_parts_make_the_text(text: str) -> None:
    """Each stretch once, none longer than what can be shown, cut at the end of a line where one is near."""
    shapes = parts(text)
    assert "".join(text[shape.start : shape.end] for shape in shapes) == text
    assert all(len(shape) <= PART_CHARACTERS for shape in shapes)
    for shape in shapes[:-1]:
        assert text[shape.end - 1] == "\n" or "\n" not in text[shape.start + PART_CHARACTERS // 2 : shape.end]


def test_a_long_document_opens_at_the_mark_and_can_be_read_on() -> None:
    """The part with the mark, and buttons to those before and after it; so does a line of a megabyte."""
    for filler in ("One line after another.\n", "word "):
        text = filler * 50_000
        document = Document("long.txt", f"{text}The mill burnt down in 1822. {text}")
        place = len(text) + 23
        found = Document.__getitem__(document, Span(place, place + 4))
        assert found == "1822"
        reply_like = Track(0, "evidence", (_at(document, Span(place, place + 4)),))
        markup = evidence_html(reply_like, 0)
        assert letters(markup).count("The mill burnt down in 1822.") == 1
        assert len(markup) < 4 * PART_CHARACTERS
        *_, before, after = asked(markup)
        assert before["part"] == int(after["part"]) - 2
        later = evidence_html(reply_like, 0, part=int(after["part"]))
        assert document.text[parts(document.text)[int(after["part"])].start :].startswith(letters(later))
        assert letters(document_html(document, part=10**9)) in document.text
        assert "Earlier" not in document_html(document)
        assert "Later" not in document_html(document, part=10**9)


def test_a_mark_over_two_parts_is_shown_whole() -> None:
    """The part is longer for it."""
    text = "x" * (PART_CHARACTERS - 3) + " twelve crowns " + "y" * PART_CHARACTERS
    span = Span(PART_CHARACTERS - 2, PART_CHARACTERS + 11)
    markup = evidence_html(Track(0, "evidence", (_at(Document("a.txt", text), span),)), 0)
    assert 'class="sentence answer">twelve crowns</mark>' in markup


def test_long_lines_are_laid_out_as_paragraphs_and_short_ones_as_rows() -> None:
    """A text broken into rows by its author keeps their spacing."""
    assert 'class="text rows"' in document_html(Document("poem.txt", "One row\nand another\n" * 90))
    assert 'class="text paragraphs"' in document_html(Document("prose.txt", f"Short.\n{'word ' * 40}\n"))


def test_the_part_is_that_of_the_page_too() -> None:
    """A page that begins in a part not shown is not named."""
    document = Document("a.pdf", "x\n" * PART_CHARACTERS, pages=(0, PART_CHARACTERS + 10))
    assert 'data-page="2"' not in document_html(document)
    assert 'data-page="2"' in document_html(document, part=1)
    assert REGISTER.page(22) == 2


def _at(document: Document, span: Span) -> Evidence:
    return Evidence("The answer", document, {"sentence": span, "answer": span})
