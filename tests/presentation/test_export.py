"""Exported conversations: Markdown that shows every character, JSON that loses nothing."""

from __future__ import annotations

import json
from dataclasses import replace

from qa.documents import Document, Span, text_document
from qa.errors import QuestionError
from qa.presentation import Turn, quotation, to_json, to_markdown
from qa.results import Answer, Reply
from tests.replies import ANSWERED, HOSTILE, NOTHING, PAGE, PERHAPS, SILENT

TURNS = (
    Turn(ANSWERED.question, ANSWERED),
    Turn(SILENT.question, SILENT),
    Turn("x", QuestionError("The question is *too* long: ask it in fewer words.")),
)


def test_markdown_has_question_answer_sentence_and_source() -> None:
    assert to_markdown(TURNS) == (
        "# Questions and answers\n"
        "\n## When did it burn down?\n\n**1822**\n\n> It burnt down in 1822, on a Sunday.\n"
        "\nVery likely (0.87). Source: mill.txt, characters 46–50\n"
        "\n## Who owned the waffle iron?\n\n"
        "I found no answer. Try the document's own words; the nearest I found:\n"
        "\n> The mill stood by the river. It burnt down in 1822, on a Sunday.\n"
        "\nmill.txt, characters 0–64\n"
        "\n## x\n\nThe question is \\*too\\* long: ask it in fewer words.\n"
    )
    assert to_markdown(()) == "# Questions and answers\n"
    assert to_markdown([Turn("?", NOTHING)]).endswith("There are no documents yet: add one first.\n")
    corrected = to_markdown([Turn("Wen?", replace(ANSWERED, question="Wen?", read_as="*When*?"))])
    assert corrected.startswith("# Questions and answers\n\n## Wen?\n\nRead as: \\*When\\*?\n\n**1822**\n")
    in_a_pdf = to_markdown([Turn("?", replace(SILENT, passages=(PAGE,)))])
    assert in_a_pdf.endswith("\nfires.pdf, page 2, characters 22–37\n")


def test_a_guess_and_its_rivals_are_exported() -> None:
    text = to_markdown([Turn(PERHAPS.question, PERHAPS)])
    assert "\nI am not sure. Perhaps:\n\n**1822**\n" in text
    assert "\nPerhaps (0.44). Source: mill.txt, characters 46–50\n" in text
    assert "\n**the river**\n" in text


def test_a_cell_of_a_table_is_quoted_as_it_is_copied() -> None:
    """With its headings, and without the rest of its row."""
    table = "| Card | Adult | Student |\n| --- | --- | --- |\n| Ten visits | £128.00 | £95.00 |\n"
    prices = text_document(table, name="prices.md")
    start = table.index("£95.00")
    row = Span(table.index("| Ten"), len(table) - 1)
    price = Answer(prices, Span(start, start + 6), row, 0.9)
    differs = replace(price, document=replace(prices, id="other.md"), span=Span(start - 10, start - 3))
    for reply in (
        Reply("?", price, (), ()),
        Reply("?", price, (differs,), ()),
        Reply("?", None, (), (), perhaps=replace(price, confidence=0.4)),
    ):
        text = to_markdown([Turn("?", reply)])
        assert "\n> Student, Ten visits: £95.00\n" in text
        assert "|" not in text
        assert quotation(price).startswith("Student, Ten visits: £95.00\n")
    assert "\n> Adult, Ten visits: £128.00\n" in to_markdown([Turn("?", Reply("?", price, (differs,), ()))])


def test_text_is_never_markup() -> None:
    """Anything that could be a tag, a link, emphasis, a list or a heading is escaped with a backslash."""
    text = f"- {HOSTILE}# heading\n1. one\n+ two\f2) three\n"
    answer = Answer(Document("a_b.txt", text), Span(0, len(text)), Span(0, len(text)), 0.5)
    markdown = to_markdown([Turn(HOSTILE, Reply(HOSTILE, answer, (), ()))])
    assert "\\<script\\>" in markdown
    assert "<script" not in markdown.replace("\\<", "")
    assert "\\[a\\](http" in markdown
    assert "\\*\\*bold\\*\\*" in markdown
    assert "\n> \\- \\<script" in markdown
    assert "\n> \\# heading\n> 1\\. one\n> \\+ two\n> 2\\) three\n" in markdown
    assert "a\\_b.txt" in markdown
    assert all(
        line.startswith(("#", ">", "**", "More likely than not")) or not line for line in markdown.split("\n")
    )


def test_json_is_the_replies_as_plain_data_and_the_errors() -> None:
    rows = json.loads(to_json(TURNS))
    assert rows[:2] == [ANSWERED.to_dict(), SILENT.to_dict()]
    assert rows[2] == {"question": "x", "error": "The question is *too* long: ask it in fewer words."}
