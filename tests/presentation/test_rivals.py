"""Rivals: what is shown beside an answer or a guess."""

from __future__ import annotations

from dataclasses import replace

from qa.cli.output import describe
from qa.documents import Document, Span, text_document
from qa.page.views.turns import turn_html
from qa.presentation import Turn, evidence, rivals, to_markdown
from qa.settings import DEFAULTS
from tests.page.dom import looks, texts
from tests.replies import ANSWERED, PERHAPS, RIVER, SILENT, YEAR

PAPER = Document("paper.txt", "Date: 3 February 2026\n\nThe fire of 1823 was seen from the sea.")
OTHER = replace(YEAR, document=PAPER, span=Span(35, 39), sentence=Span(23, 62), confidence=0.6, also_at=())


def test_an_answer_that_another_document_contradicts_is_shown_with_it() -> None:
    """In the shell, on the page and in exports: side by side, the newest document first."""
    reply = replace(ANSWERED, alternatives=(RIVER, OTHER))
    assert reply.disagreement == (OTHER, YEAR)
    place = "paper.txt, 3 February 2026"
    assert describe(reply).endswith(
        f"\n\nThe documents differ:\n- 1823 ({place})\n  The fire of [1823] was seen from the sea.\n"
        "- 1822 (mill.txt)"
    )
    page = turn_html(0, Turn("?", reply))
    assert texts(page, ".rivals li") == [
        f"1823 {place}The fire of 1823 was seen from the sea.",
        "1822 mill.txt",
    ]
    assert [look["position"] for look in looks(page)[-3:-1]] == [3, 0]
    assert evidence(reply)[3].document == PAPER
    assert "\nThe documents differ:\n\n**1823** (paper.txt, 3 February 2026)\n" in to_markdown(
        [Turn("?", reply)]
    )
    told = reply.to_dict()["disagreement"]
    assert [(one["answer"], one["date"]) for one in told] == [("1823", "2026-02-03"), ("1822", None)]


def test_what_is_not_a_contradiction() -> None:
    """The same in other words, an unlikely candidate, and one from a document that also gives the answer."""
    same = replace(OTHER, document=Document("a.txt", "In the year 1822 it burnt."), span=Span(3, 16))
    unsure = replace(OTHER, confidence=DEFAULTS.disagreeing - 0.01)
    here = replace(OTHER, document=YEAR.document, span=Span(18, 27))
    there = replace(OTHER, document=YEAR.also_at[0].document, span=Span(0, 10), sentence=Span(0, 20))
    for alternative in (same, unsure, here, there):
        assert replace(ANSWERED, alternatives=(alternative,)).disagreement == ()
        assert "The documents differ" not in describe(replace(ANSWERED, alternatives=(alternative,)))
    assert SILENT.disagreement == PERHAPS.disagreement == ()


def test_a_guess_has_its_best_alternatives_and_no_answer_has_none() -> None:
    assert rivals(PERHAPS) == (RIVER,)
    paper = Document("a.txt", "One came. Two went. Three stayed.")
    sentences = (Span(0, 9), Span(10, 19), Span(20, 33))
    many = tuple(replace(RIVER, document=paper, span=one, sentence=one) for one in sentences)
    assert rivals(replace(PERHAPS, alternatives=many)) == many[: DEFAULTS.rivals]
    assert rivals(SILENT) == ()


def test_what_is_not_a_rival() -> None:
    """Unlikely candidates, headings, and candidates in a sentence that is shown, in any document."""
    unlikely = replace(RIVER, confidence=DEFAULTS.least_rival - 0.01)
    inside = replace(RIVER, span=Span(58, 64), sentence=YEAR.sentence)
    paper = Document("b.txt", f"Of old. {YEAR.document.text[:28]}")
    again = replace(RIVER, document=paper, span=Span(26, 35), sentence=Span(8, 36))
    markdown = text_document("# The river fire\n\nIt burnt by the river.\n", name="page.md")
    heading = replace(RIVER, document=markdown, span=Span(2, 16), sentence=Span(2, 16))
    below = replace(RIVER, document=markdown, span=Span(30, 39), sentence=Span(18, 40))
    reply = replace(PERHAPS, alternatives=(unlikely, inside, RIVER, again, heading, below))
    assert rivals(reply) == (RIVER, below)


def test_words_that_are_their_whole_sentence_are_shown_once() -> None:
    """In the shell and in exports; beside a guess, and where documents differ."""
    whole = replace(RIVER, span=RIVER.sentence)
    words = "The mill stood by the river."
    differs = replace(OTHER, span=OTHER.sentence)
    for reply, said in (
        (replace(PERHAPS, alternatives=(whole,)), words),
        (replace(ANSWERED, alternatives=(differs,)), differs.text),
    ):
        assert describe(reply).count(said) == 1
        assert to_markdown([Turn("?", reply)]).count(said) == 1
