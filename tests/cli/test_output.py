"""The shell's output for people."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from qa.cli.output import PrintableStream, describe, describe_figures
from qa.documents import Document, Span
from qa.evaluation import Evaluation, GoldQuestion
from qa.evaluation.run import judge
from qa.results import Answer, Passage, Reply
from qa.settings import DEFAULTS
from tests.replies import BROAD, PERHAPS, ROWS, SILENT, YEAR

TEXT = "The mill stood\nby the river. It burnt down in 1822, on a Sunday. Nobody was hurt.\n"


def reply(answer: tuple[Span, Span] | None, text: str = TEXT) -> Reply:
    """Return a reply about a single document that is one passage.

    `answer` has the spans of the answer and of its sentence.
    """
    document = Document("mill.txt", text)
    best = None if answer is None else Answer(document, *answer, confidence=0.876)
    passage = Passage(document, Span(0, len(text)), 1.0, 1, 1)
    return Reply("When was the fire?", best, (), (passage,))


def test_a_printable_stream_cannot_control_a_terminal() -> None:
    """Messages of libraries contain what clients send."""
    shown = io.StringIO()
    stream = PrintableStream(shown)
    print("Gone:\t\x1b[31mall fine\r\x07\u202e", "next", sep="\n", file=stream)
    assert shown.getvalue() == "Gone:\t\\x1b[31mall fine\\r\\x07\\u202e\nnext\n"


def test_an_answer_is_shown_in_its_sentence_with_location_and_confidence() -> None:
    year = Span(TEXT.index("1822"), TEXT.index("1822") + 4)
    sentence = Span(TEXT.index("It burnt"), TEXT.index(" Nobody"))
    lines = describe(reply((year, sentence))).splitlines()
    assert lines[:4] == [
        "1822",
        "",
        "  It burnt down in [1822], on a Sunday.",
        f"  mill.txt:{year.start}-{year.end}",
    ]
    assert lines[4].endswith(" (0.88)")
    assert len(lines) == 5


def test_a_list_that_is_the_answer_is_said_once() -> None:
    text = "Bring:\n- a hat\n- a coat\n"
    start = text.index("- a hat")
    whole = Span(start, len(text) - 1)
    items = tuple(Span(at, at + len(words)) for words in ("a hat", "a coat") for at in (text.index(words),))
    answer = Answer(Document("list.txt", text), whole, whole, 0.876, items=items)
    lines = describe(Reply("What to bring?", answer, (), ())).splitlines()
    assert lines[:4] == ["- a hat", "- a coat", "", f"  list.txt:{whole.start}-{whole.end}"]


def test_a_row_of_a_table_is_shown_as_cells_with_headings() -> None:
    """In place of bars; the offsets stay those of the row."""
    rows = ("[1] Risk: [Ice]; Likelihood: high", "[2] Risk: [A <hot> fire]; Likelihood: low")
    lines = describe(BROAD).splitlines()
    assert tuple(lines[:4:2]) == rows
    assert lines[1] == f"  a.md:{ROWS[0].sentence.start}-{ROWS[0].sentence.end}"


def test_without_an_answer_the_nearest_passage_is_shown_as_what_it_is() -> None:
    assert describe(reply(None)).splitlines() == [
        "I found no answer. Try the document's own words; the nearest I found:",
        "",
        "  The mill stood by the river. It burnt down in 1822, on a Sunday. Nobody was hurt. ",
        f"  mill.txt:0-{len(TEXT)}",
    ]
    marked = describe(SILENT, mark=("<", ">")).splitlines()
    assert marked[2] == "  The mill stood by the river. <It burnt down in 1822, on a Sunday.>"


def test_a_guess_is_shown_with_its_rivals() -> None:
    assert describe(PERHAPS).splitlines() == [
        "I am not sure. Perhaps:",
        "",
        "1822",
        "",
        "  It burnt down in [1822], on a Sunday.",
        "  mill.txt:46-50",
        "  Perhaps (0.44)",
        "",
        "Or: the river",
        "  The mill stood by [the river].",
        "  mill.txt:18-27",
        "  Unlikely (0.21)",
    ]


def test_missing_words_a_high_threshold_and_the_page_are_named() -> None:
    silent = replace(reply(None), missing_words=("waffle", "iron"))
    advice = "These documents do not contain “waffle” or “iron”: try synonyms."
    assert describe(silent).splitlines()[-1] == advice
    light = replace(silent, missing_words=("took", "take", "placed", "waffle"))
    assert describe(light).splitlines()[-1] == "These documents do not contain “waffle”: try a synonym."
    sure = replace(reply(None), perhaps=replace(YEAR, confidence=DEFAULTS.min_confidence))
    assert describe(sure).startswith("Nothing reaches the confidence that you asked for. Perhaps:\n")
    paper = replace(YEAR.document, pages=(0, 10))
    paged = replace(reply(None), answer=replace(YEAR, document=paper))
    assert f"mill.txt:{YEAR.span.start}-{YEAR.span.end}, page 2" in describe(paged)


def test_each_of_several_replies_is_under_its_question() -> None:
    both = replace(PERHAPS, more=(SILENT,))
    first, second = describe(PERHAPS), describe(SILENT)
    assert describe(both) == f"{PERHAPS.question}\n\n{first}\n\n{SILENT.question}\n\n{second}"


@pytest.mark.parametrize("answer", [(Span(0, 8), Span(0, 29)), None])
def test_a_corrected_question_is_shown_first(answer: tuple[Span, Span] | None) -> None:
    plain = reply(answer)
    assert describe(replace(plain, read_as="When\nthen?")) == f"Read as: When then?\n\n{describe(plain)}"


def test_control_characters_of_a_text_are_escaped() -> None:
    text = "a\x1b]0;owned\x07 \u202eb\u200dc\x9b"
    whole = Span(0, len(text))
    shown = describe(reply((whole, whole), text))
    assert "a\\x1b]0;owned\\x07 \\u202eb\u200dc\\x9b" in shown
    assert "\x1b" not in shown


def test_the_suggested_threshold_is_printed_with_all_its_digits() -> None:
    """A rounded threshold would show other answers."""
    gold = GoldQuestion("When?", ("1822",))
    outcomes = [
        judge(gold, best, shown=True, confidence=confidence, rank=1)
        for best, confidence in (("1822", 0.876), ("1822", 0.876), ("1932", 0.8755))
    ]
    table = describe_figures(Evaluation(tuple(outcomes), retrieved=True).to_dict())
    assert "--min-confidence 0.876: 100.0% right" in table
