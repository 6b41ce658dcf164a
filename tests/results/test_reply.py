"""Replies as plain data: the section, cell and list of an answer."""

from __future__ import annotations

from qa.cli.output import describe
from qa.documents import Document, Span, sentence_at, text_document
from qa.page.views.turns import turn_html
from qa.presentation import Turn, quotation
from qa.results import Answer, Reply
from tests.blocks import at
from tests.page.dom import texts

LAMPS = """# Lamps

## Models

| Model | Tray capacity |
|-------|---------------|
| LX-40 | 50 sheets |

You need:

- a screw
- oil
"""
DOCUMENT = text_document(LAMPS, name="lamps.md")


def test_a_reply_is_printed_without_its_documents() -> None:
    long = text_document("A bridge stands here. " * 500, name="long.txt")
    printed = repr(answered(Span(2, 8), document=long))
    assert "long.txt" in printed
    assert len(printed) < 1_000


def answered(span: Span, *items: Span, document: Document = DOCUMENT) -> Reply:
    answer = Answer(document, span, sentence_at(document, span), confidence=0.9, items=items)
    return Reply("What?", answer, (), ())


CELL = answered(at(DOCUMENT, "50 sheets"))
LIST = answered(at(DOCUMENT, "a screw\n- oil"), at(DOCUMENT, "a screw"), at(DOCUMENT, "oil"))
PLAIN = answered(Span(0, 5), document=Document("a.txt", "Plain text."))


def test_a_cell_has_its_section_and_headings() -> None:
    found = CELL.to_dict()
    assert found["section"] == ["Lamps", "Models"]
    assert found["cell"] == {"row": ["LX-40"], "column": ["Tray capacity"]}
    assert found["spans"] == [{"text": "50 sheets", "start": LAMPS.index("50"), "end": LAMPS.index("50") + 9}]
    assert found["sentence"] is not None
    assert found["sentence"]["text"] == "| LX-40 | 50 sheets |"


def test_a_list_has_its_items() -> None:
    """The span of the answer is the whole list."""
    found = LIST.to_dict()
    assert found["answer"] == "a screw\n- oil"
    assert [span["text"] for span in found["spans"] or []] == ["a screw", "oil"]
    assert found["cell"] is None


def test_without_an_answer_or_structure_there_is_none() -> None:
    assert (PLAIN.to_dict()["section"], PLAIN.to_dict()["cell"]) == ([], None)
    nothing = Reply("What?", None, (), ()).to_dict()
    assert (nothing["section"], nothing["cell"], nothing["spans"]) == (None, None, None)


def test_a_cell_is_quoted_with_its_headings() -> None:
    """On the clipboard, in the shell, and on the page."""
    assert CELL.answer is not None
    assert quotation(CELL.answer).startswith("Tray capacity, LX-40: 50 sheets\n— Lamps › Models, lamps.md")
    lines = describe(CELL).splitlines()
    assert lines[:4] == ["50 sheets", "", "  Tray capacity, LX-40: [50 sheets]", "  Lamps › Models"]
    assert texts(turn_html(0, Turn("What?", CELL)), "blockquote p") == ["Tray capacity, LX-40: 50 sheets"]


def test_a_list_is_shown_as_one() -> None:
    assert describe(LIST).splitlines()[:2] == ["- a screw", "- oil"]
    assert texts(turn_html(0, Turn("What?", LIST)), "ul.answer-text > li") == ["a screw", "oil"]
