"""What is shown beside an answer or a guess."""

from __future__ import annotations

from dataclasses import replace

from qa.cli.output import describe
from qa.documents import Document, Span
from qa.page.views.turns import turn_html
from qa.presentation import Turn, rivals, to_markdown
from qa.settings import DEFAULTS
from tests.page.dom import texts
from tests.replies import ANSWERED, PERHAPS, RIVER, SILENT, YEAR

PAPER = Document("paper.txt", "The fire of 1823 was seen from the sea.")
OTHER = replace(YEAR, document=PAPER, span=Span(12, 16), sentence=Span(0, 39), confidence=0.6, also_at=())


def test_an_answer_that_another_document_contradicts_is_shown_with_it() -> None:
    """In the shell, on the page and in what is saved."""
    reply = replace(ANSWERED, alternatives=(RIVER, OTHER))
    assert rivals(reply) == (OTHER,)
    assert "\nAnother document: 1823\n  The fire of [1823] was seen from the sea.\n" in describe(reply)
    assert texts(turn_html(0, Turn("?", reply)), ".rivals li")[0].startswith("Another document: 1823")
    assert "\nAnother document:\n\n**1823**\n" in to_markdown([Turn("?", reply)])


def test_the_same_in_other_words_an_unsure_one_or_one_of_the_same_document_is_no_contradiction() -> None:
    same = replace(OTHER, document=Document("a.txt", "In the year 1822 it burnt."), span=Span(3, 16))
    unsure = replace(OTHER, confidence=DEFAULTS.perhaps - 0.01)
    here = replace(OTHER, document=YEAR.document, span=Span(18, 27))
    for alternative in (same, unsure, here):
        assert rivals(replace(ANSWERED, alternatives=(alternative,))) == ()


def test_a_guess_has_its_best_alternatives_and_silence_none() -> None:
    assert rivals(PERHAPS) == (RIVER,)
    assert len(rivals(replace(PERHAPS, alternatives=(RIVER,) * 3))) == DEFAULTS.rivals
    assert rivals(SILENT) == ()
