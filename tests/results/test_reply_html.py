"""A reply in a notebook: escaped, and with the evidence marked."""

from __future__ import annotations

import re

from qa import Answer, Document, Reply, Span
from tests.helpers import plain
from tests.replies import ANSWERED, HOSTILE, NOTHING, SILENT


def test_the_answer_is_marked_in_its_sentence() -> None:
    markup = ANSWERED._repr_html_()
    assert "It burnt down in <mark>1822</mark>, on a Sunday." in markup
    assert "mill.txt:46-50 · confidence 0.87" in markup
    assert "Other candidates" in markup
    assert "<mark>the river</mark>" in markup or "<mark>y the river</mark>" in markup


def test_without_an_answer_the_candidates_are_rejected_ones() -> None:
    markup = plain(SILENT._repr_html_())
    assert "No answer found." in markup
    assert "In no document: waffle, iron" in markup
    assert "Rejected candidates" in markup
    assert "No answer found." in plain(NOTHING._repr_html_())


def test_every_text_is_escaped() -> None:
    """The question, the document, its name and the words: only our own tags, and no attributes."""
    document = Document(HOSTILE.splitlines()[0], HOSTILE)
    whole = Span(0, len(HOSTILE))
    answer = Answer(document, Span(8, 40), whole, 0.5)
    reply = Reply(HOSTILE, answer, (answer,), (), (HOSTILE,), HOSTILE)
    for shown in (reply, Reply(HOSTILE, None, (answer,), (), (HOSTILE,), HOSTILE)):
        markup = shown._repr_html_()
        ours = {"div", "p", "em", "strong", "blockquote", "mark", "br", "small", "details", "summary"}
        assert {tag.strip("</>") for tag in re.findall("<[^>]*>", markup)} <= ours
        assert HOSTILE in plain(markup)
