from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.documents import Document, Span
from qa.page.views.document import PART_CHARACTERS, Track, document_html, evidence_html, parts
from qa.presentation import Evidence, evidence
from tests.page.dom import attributes, count, letters, looks, one, texts
from tests.replies import ANSWERED, HOSTILE, REGISTER


def test_a_document_is_shown_completely_under_its_name() -> None:
    """Name and text are both escaped. An empty text can be opened too."""
    markup = document_html(Document('a/<b>"&amp;.txt', HOSTILE))
    assert letters(markup) == HOSTILE
    assert texts(markup, "h2.source") == ['a/<b>"&amp;.txt']
    assert count(markup, "script, img, b") == 0
    assert letters(document_html(Document("empty.txt", ""))) == ""


def test_title_page_and_address_are_shown() -> None:
    """The title, if any, replaces the name. The link opens the quoted words in a new window."""
    markup = evidence_html(Track(3, "evidence", evidence(ANSWERED)), 1)
    assert texts(markup, "h2.source") == ["Fires"]
    assert texts(markup, ".facts > *") == ["fires.pdf", "Page 2 of 2", "On the web"]
    assert one(markup, "a").attributes == {
        "href": "https://fires.example/list?y=1#top:~:text=The%20mill%3A%201822.",
        "target": "_blank",
        "rel": "noopener noreferrer",
    }
    assert attributes(markup, "data-page") == ["1", "2"]
    assert count(document_html(Document("x.html", "One.", url="javascript:alert(1)")), "a") == 0


def test_evidence_is_marked_and_has_buttons_for_the_next_and_previous() -> None:
    """It shows its number and the total, and wraps around after the last."""
    track = Track(3, "evidence", evidence(ANSWERED))
    markup = evidence_html(track, 0)
    assert texts(markup, "mark.sentence.answer") == ["1822"]
    assert texts(markup, ".steps p") == ["1 of 3 The answer"]
    assert looks(markup) == [{"turn": 3, "track": "evidence", "position": position} for position in (2, 1)]
    assert [target["position"] for target in looks(evidence_html(track, 2))] == [1, 0]
    alone = evidence_html(Track(0, "evidence", track.evidence[:1]), 0)
    assert count(alone, "button.step[disabled]") == 2


@given(st.text(alphabet="ab \n\r", max_size=60).map(lambda text: text * 4_000))
def test_parts_add_up_to_the_text(text: str) -> None:
    """None is longer than the limit. Each ends at the end of a line if one is near."""
    shown = parts(text)
    assert "".join(text[part.start : part.end] for part in shown) == text
    assert all(len(part) <= PART_CHARACTERS for part in shown)
    for part in shown[:-1]:
        assert text[part.end - 1] == "\n" or "\n" not in text[part.start + PART_CHARACTERS // 2 : part.end]


def test_a_long_document_opens_at_the_mark_with_buttons_for_other_parts() -> None:
    """Buttons lead to the previous and next parts. This also works for a line of a megabyte."""
    for filler in ("One line after another.\n", "word "):
        text = filler * 50_000
        document = Document("long.txt", f"{text}The mill burnt down in 1822. {text}")
        start = document.text.index("1822")
        track = Track(0, "evidence", (answer_at(document, Span(start, start + 4)),))
        markup = evidence_html(track, 0)
        assert texts(markup, "mark.answer") == ["1822"]
        assert len(markup) < 4 * PART_CHARACTERS
        *_, before, after = looks(markup)
        assert before["part"] == after["part"] - 2
        later = evidence_html(track, 0, part=after["part"])
        assert document.text[parts(document.text)[after["part"]].start :].startswith(letters(later))
        assert texts(document_html(document), ".other-part button") == ["Later text"]
        last = document_html(document, part=10**9)
        assert document.text.endswith(letters(last))
        assert texts(last, ".other-part button") == ["Earlier text"]


def test_a_mark_over_two_parts_is_shown_completely() -> None:
    """The part is extended to the end of the mark."""
    text = "x" * (PART_CHARACTERS - 3) + " twelve crowns " + "y" * PART_CHARACTERS
    span = Span(PART_CHARACTERS - 2, PART_CHARACTERS + 11)
    markup = evidence_html(Track(0, "evidence", (answer_at(Document("a.txt", text), span),)), 0)
    assert texts(markup, "mark.answer") == ["twelve crowns"]


def test_long_lines_are_laid_out_as_paragraphs_and_short_ones_as_rows() -> None:
    """Rows keep their author's spacing."""
    rows = Document("poem.txt", "One row\nand another\n" * 90)
    prose = Document("prose.txt", f"Short.\n{'word ' * 40}\n")
    assert count(document_html(rows), ".text.rows") == 1
    assert count(document_html(prose), ".text.paragraphs") == 1


def test_only_pages_that_begin_in_the_part_are_named() -> None:
    document = Document("a.pdf", "x\n" * PART_CHARACTERS, pages=(0, PART_CHARACTERS + 10))
    assert attributes(document_html(document), "data-page") == ["1"]
    assert attributes(document_html(document, part=1), "data-page") == ["2"]
    assert REGISTER.page(22) == 2


def answer_at(document: Document, span: Span) -> Evidence:
    return Evidence("The answer", document, {"sentence": span, "answer": span})
